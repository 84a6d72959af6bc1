"""A marked block in the file that a shell reads when it starts. Pure but for where that is."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ccotel_tui.claude.environment import Shell

FIRST, LAST = "# >>> ccotel-tui >>>", "# <<< ccotel-tui <<<"


def shell_file(shell: Shell) -> Path:
    """Return the file that the shell of a terminal reads."""
    if shell == "fish":
        config = os.environ.get("XDG_CONFIG_HOME")
        return (Path(config) if config else Path.home() / ".config") / "fish" / "config.fish"
    if shell == "zsh":
        return Path(os.environ.get("ZDOTDIR") or Path.home()) / ".zshrc"
    if sys.platform == "darwin":
        # A terminal there starts a login shell, which reads the first of these and no .bashrc.
        profiles = (Path.home() / name for name in (".bash_profile", ".bash_login", ".profile"))
        return next(filter(Path.exists, profiles), Path.home() / ".bash_profile")
    return Path.home() / ".bashrc"


def with_block(text: str, lines: Sequence[str]) -> str:
    """Return the text with these lines in the block, which comes last where there is none yet."""
    block = "\n".join((FIRST, *lines, LAST, ""))
    start, end = _span(text)
    if start < end:
        return text[:start] + block + text[end:]
    return text + ("" if not text or text.endswith("\n") else "\n") + block


def without_block(text: str) -> str:
    """Return the text without the block."""
    start, end = _span(text)
    return text[:start] + text[end:]


def _span(text: str) -> tuple[int, int]:
    start = text.find(FIRST)
    end = text.find(LAST, start)
    if start < 0 or end < 0:
        return 0, 0
    line_end = text.find("\n", end)
    return start, len(text) if line_end < 0 else line_end + 1
