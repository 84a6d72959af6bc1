"""The stack and its real servers."""
