"""Ways to reach a person who does not look: bell, desktop notice, the terminal's title.

In tmux a notice is a message of tmux: what a program in a pane says by OSC 9 is dropped there.
"""

import subprocess
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress

from ccotel_tui.panels.output.sanitize import sanitize

_PATIENCE = 2.0
"""Seconds that tmux has."""

_LONGEST = 120
"""Characters of a notice."""

_BELL = "\a"
_SAVE_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"


class Channels:
    """Tells by the ways that are switched on; the title tells in any case."""

    def __init__(
        self,
        write: Callable[[str], None],
        ways: Collection[str],
        environment: Mapping[str, str],
        name: str,
    ) -> None:
        """`write` puts characters on the terminal, `name` is this program's."""
        self._write, self._ways, self._name = write, ways, name
        self._in_tmux = bool(environment.get("TMUX"))
        self._pane = environment.get("TMUX_PANE", "")
        self._title = ""

    def notify(self, text: str) -> None:
        """Tell it once; may wait for tmux."""
        line = sanitize(f"{self._name}: {text}", _LONGEST)
        if "bell" in self._ways:
            self._write(_BELL)
        if "desktop" not in self._ways:
            return
        if self._in_tmux:
            self._display(line)
        else:
            self._write(f"\x1b]9;{line}\a")

    def show_title(self, text: str) -> None:
        """Have the terminal's title say it; empty gives back the former title."""
        if text == self._title:
            return
        if text:
            saved = "" if self._title else _SAVE_TITLE
            self._write(f"{saved}\x1b]2;{sanitize(f'{text} - {self._name}', _LONGEST)}\a")
        else:
            self._write(_RESTORE_TITLE)
        self._title = text

    def _display(self, line: str) -> None:
        # tmux takes both for the beginning of formats, one of which runs a command.
        literal = line.replace("#", "##").replace("%", "%%")
        target = ["-t", self._pane] if self._pane else []
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                ["tmux", "display-message", *target, literal],
                capture_output=True,
                timeout=_PATIENCE,
            )
