"""Rows and lines of text. Pure."""
