"""Who takes telemetry in: the only receiver, a process of its own."""
