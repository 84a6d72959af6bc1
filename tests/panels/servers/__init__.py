"""Panels from the real servers, as they are kept and as they fail."""
