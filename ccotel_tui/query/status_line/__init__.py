"""What Claude Code told its status line of sessions and plan limits, from the kept records."""
