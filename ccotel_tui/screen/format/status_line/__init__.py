"""Lines of what Claude Code told its status line."""
