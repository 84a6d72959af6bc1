"""The one line, as the command tells it."""
