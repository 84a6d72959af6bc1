"""Rules that hold and what fired, in words and lines."""
