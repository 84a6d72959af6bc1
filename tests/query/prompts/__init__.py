"""Prompts: which a person typed, and what belongs to each."""
