"""The tmux panes in which sessions run: a process's terminal is the one of its pane."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ccotel_tui.claude.session_registry import Running

_PATIENCE = 2.0
"""Seconds that tmux has."""

_LOOK_AGAIN = 2.0
"""Seconds for which the panes are taken to be where they were."""

_FORMAT = "#{pane_tty} #{pane_id} #{window_id} #{session_name}:#{window_index}.#{pane_index}"
"""A session's name may hold blanks: it comes last."""


class Pane(NamedTuple):
    """A pane, the window it is in, and its address as tmux takes it: work:2.1."""

    id: str
    window: str
    address: str


def panes() -> dict[int, Pane]:
    """Return tmux's panes by the device number of their terminals; none where tmux is not."""
    by_terminal: dict[int, Pane] = {}
    for line in _tmux("list-panes", "-a", "-F", _FORMAT).splitlines():
        tty, *fields = line.split(" ", 3)
        # A pane may have ended meanwhile.
        with suppress(OSError):
            by_terminal[os.stat(tty).st_rdev] = Pane(*fields)
    return by_terminal


def terminal_of(pid: int) -> int | None:
    """Return the device number of a process's terminal; None where it has none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        number = int(stat.rpartition(")")[2].split()[4])
    except (OSError, ValueError, IndexError):
        return _terminal_by_ps(pid)
    # As the kernel packs it: the minor number stands on both sides of the major one.
    return os.makedev(number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00) or None


def pane_of(session: Running) -> Pane | None:
    """Return the pane that a session runs in; None where it runs in none."""
    terminal = terminal_of(session.pid) if session.lives else None
    return None if terminal is None else panes().get(terminal)


def jump_to(pane: Pane) -> bool:
    """Show the pane in this tmux; return whether it is the one in its window now."""
    done = _runs("select-window", "-t", pane.id) and _runs("select-pane", "-t", pane.id)
    # Without a client of this tmux there is none to be switched.
    _runs("switch-client", "-t", pane.id)
    return done


class TmuxNeighbours:
    """The sessions that run in the tmux window of this program."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._own = environment.get("TMUX_PANE", "") if environment.get("TMUX") else ""
        self._panes: dict[int, Pane] = {}
        self._looked = float("-inf")

    def __call__(self, sessions: Iterable[Running]) -> set[str]:
        """Return the ids of those of the sessions."""
        if not self._own:
            return set()
        if time.monotonic() - self._looked > _LOOK_AGAIN:
            self._panes, self._looked = panes(), time.monotonic()
        window = next((pane.window for pane in self._panes.values() if pane.id == self._own), None)
        return {
            session.session_id
            for session in sessions
            if session.lives and window is not None and self._window(session.pid) == window
        }

    def _window(self, pid: int) -> str | None:
        terminal = terminal_of(pid)
        pane = None if terminal is None else self._panes.get(terminal)
        return pane.window if pane else None


Neighbours = Callable[[Iterable[Running]], set[str]]


def _terminal_by_ps(pid: int) -> int | None:
    try:
        command = ["ps", "-o", "tty=", "-p", str(pid)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
        name = done.stdout.strip()
        return os.stat(f"/dev/{name}").st_rdev if name.strip("?-") else None
    except (OSError, subprocess.SubprocessError):
        return None


def _tmux(*words: str) -> str:
    try:
        done = subprocess.run(
            ["tmux", *words], capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""
    return done.stdout


def _runs(*words: str) -> bool:
    try:
        command = ["tmux", *words]
        return not subprocess.run(command, capture_output=True, timeout=_PATIENCE).returncode
    except (OSError, subprocess.SubprocessError):
        return False
