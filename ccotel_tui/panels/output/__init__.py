"""Answers as text, CSV and JSON, and the strings and units in them."""
