"""Sessions, usage, durations and differences, asked on every path."""
