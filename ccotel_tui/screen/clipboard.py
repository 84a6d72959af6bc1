"""Copy a text out of the dashboard: to tmux's own buffer, else by the terminal (OSC 52)."""

import subprocess
from collections.abc import Callable, Mapping
from typing import Literal, Protocol, runtime_checkable

from ccotel_tui.panels.output.sanitize import without_emails

CopyTarget = Literal["tmux", "terminal"]

_PATIENCE = 2.0
"""Seconds that tmux has."""


@runtime_checkable
class Copyable(Protocol):
    """A widget of which something can be copied."""

    def copied(self, *, as_json: bool) -> str:
        """Return what is marked in it, or all of it; empty where there is nothing."""


def copy_text(
    text: str, environment: Mapping[str, str], to_terminal: Callable[[str], None]
) -> CopyTarget:
    """Copy the text and return where it went.

    In tmux its `load-buffer -w` also hands it to the terminal: what a program in a pane says by
    OSC 52 does not come through by default.
    """
    text = without_emails(text)
    if environment.get("TMUX"):
        try:
            subprocess.run(
                ["tmux", "load-buffer", "-w", "-"],
                input=text.encode("utf-8", "replace"),
                timeout=_PATIENCE,
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.SubprocessError):
            pass
        else:
            return "tmux"
    to_terminal(text)
    return "terminal"
