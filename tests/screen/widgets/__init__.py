"""Bars, lists and tiles, driven by keys."""
