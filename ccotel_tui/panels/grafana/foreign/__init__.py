"""Boards that others made for Claude Code, rewritten for this stack."""
