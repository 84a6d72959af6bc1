"""What lists read of the past: pages of the log, the whole life of a session."""
