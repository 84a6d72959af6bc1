"""The recorder, and what it takes in."""
