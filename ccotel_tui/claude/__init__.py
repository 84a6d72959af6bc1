"""Claude Code on this machine."""
