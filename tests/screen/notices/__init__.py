"""Ways to reach who does not look."""
