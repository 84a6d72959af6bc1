"""Where telemetry is kept: one SQLite file that one recorder writes and any dashboard reads."""
