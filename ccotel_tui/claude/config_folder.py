"""Where Claude Code keeps what is the user's."""

import os
from pathlib import Path


def config_folder() -> Path:
    """Return the folder of the user's settings and of the registry of sessions."""
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    return Path(configured) if configured else Path.home() / ".claude"
