"""A terminal dashboard for Claude Code's telemetry."""

__version__ = "0.1.0"
