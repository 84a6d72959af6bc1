"""The dashboard as a process: its terminal, its end, its garbage."""
