"""The recorder's ports: who has them, what comes in by them, and how much."""
