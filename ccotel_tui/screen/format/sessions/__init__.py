"""Session rows as lines, and their order."""
