"""Prompts: what a person typed, and all that followed it."""
