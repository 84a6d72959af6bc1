"""Usage by keys, and its total."""
