"""Finds what is missing of a stack's records, or is there and never read."""
