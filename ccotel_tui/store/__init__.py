"""The store: one SQLite file that one recorder writes and any dashboard reads."""
