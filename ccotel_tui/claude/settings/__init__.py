"""Claude Code's settings files, and the files of shells: read, changed, and given back."""
