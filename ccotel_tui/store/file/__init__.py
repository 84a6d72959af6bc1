"""The SQLite file itself: opened, watched at its path, and written as a whole or not at all."""
