"""Lines of what was dear."""
