"""The panes of WezTerm and kitty in which sessions run, where their remote control is on.

Whatever surprises in what they answer, they have no pane.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.claude.tmux import terminal_of

_PATIENCE = 2.0
"""Seconds that a terminal has."""


class TerminalPane(NamedTuple):
    """A pane of a terminal program, and the command that shows it."""

    address: str
    command: tuple[str, ...]

    def show(self) -> bool:
        """Show the pane; return whether it was."""
        return _output(*self.command) is not None


def terminal_pane_of(session: Running, environment: Mapping[str, str]) -> TerminalPane | None:
    """Return the pane that a session runs in; None where it runs in none that can be reached.

    A terminal is asked only by a program that runs in it: kitty by its socket, as what is asked by
    the terminal itself is written on the screen.
    """
    if environment.keys() & {"WEZTERM_PANE", "WEZTERM_UNIX_SOCKET"}:
        for id, terminals, _ in _wezterm_panes():
            if terminal_of(session.pid) in terminals:
                show = ("wezterm", "cli", "activate-pane", "--pane-id", id)
                return TerminalPane(f"WezTerm {id}", show)
    if environment.get("KITTY_LISTEN_ON"):
        for id, terminals, pids in _kitty_windows():
            if session.pid in pids or terminal_of(session.pid) in terminals:
                show = ("kitten", "@", "focus-window", "--match", f"id:{id}")
                return TerminalPane(f"kitty {id}", show)
    return None


def terminal_name(pid: int) -> str:
    """Return the name of a process's terminal, such as pts/3; empty where it has none."""
    output = _output("ps", "-o", "tty=", "-p", str(pid)) or ""
    return output.strip().strip("?-")


_Place = tuple[str, set[int], set[int]]
"""Its id, the device numbers of its terminals, its processes."""


def _wezterm_panes() -> Iterator[_Place]:
    for pane in _dicts(_parsed("wezterm", "cli", "list", "--format", "json")):
        match pane:
            case {"pane_id": int(id), "tty_name": str(tty)}:
                # A pane may have ended meanwhile.
                with suppress(OSError, ValueError):
                    yield str(id), {os.stat(tty).st_rdev}, set()


def _kitty_windows() -> Iterator[_Place]:
    for os_window in _dicts(_parsed("kitten", "@", "ls")):
        for tab in _dicts(os_window.get("tabs")):
            for window in _dicts(tab.get("windows")):
                processes = [window, *_dicts(window.get("foreground_processes"))]
                pids = {pid for each in processes if type(pid := each.get("pid")) is int}
                if type(id := window.get("id")) is int:
                    terminals = {number for pid in pids if (number := terminal_of(pid))}
                    yield str(id), terminals, pids


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _parsed(*command: str) -> Any:
    try:
        return json.loads(_output(*command) or "null")
    except (ValueError, RecursionError):
        return None


def _output(*command: str) -> str | None:
    """Return what the command prints; None where it fails."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return None
    return done.stdout
