"""The dashboard's process: its terminal, and its ends."""
