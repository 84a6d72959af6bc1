"""The views, driven by keys."""
