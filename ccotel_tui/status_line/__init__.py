"""Hands on what Claude Code tells its status line: as one log record, to a receiver of ours."""
