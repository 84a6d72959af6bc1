"""Where Claude Code keeps what is the user's."""

import os


def config_folder() -> str:
    """Return the folder of the user's settings and of the registry of sessions."""
    return os.environ.get("CLAUDE_CONFIG_DIR") or os.path.expanduser("~/.claude")
