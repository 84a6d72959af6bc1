"""The screen's words, in each language."""
