"""The environment of what is measured: that of a user, whatever this shell has set."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
"""Where `python -m ccotel_tui` runs what is measured."""

_NOT_PASSED_ON = ("PYTHON", "TEXTUAL", "COLUMNS", "LINES", "NO_COLOR")


def environment(**more: str) -> dict[str, str]:
    """Without what changes Python, such as to compile at each start, or Textual."""
    passed = {
        name: text for name, text in os.environ.items() if not name.startswith(_NOT_PASSED_ON)
    }
    return passed | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | more
