"""Panes of WezTerm and kitty, as their own commands tell of them: here fakes on the PATH."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ccotel_tui.claude.session_registry import Running, process_start
from ccotel_tui.claude.terminals import TerminalPane, terminal_pane_of
from ccotel_tui.screen.views.pane import go_to_pane

WEZTERM = {"WEZTERM_PANE": "0"}
KITTY = {"KITTY_LISTEN_ON": "unix:/tmp/kitty"}


class InTerminal(NamedTuple):
    """A session whose process has this terminal."""

    session: Running
    tty: str


@pytest.fixture
def there() -> Iterator[InTerminal]:
    ours, theirs = pty.openpty()
    # The shell takes the terminal that it opens first as its own.
    command = ["sh", "-c", f"exec <{os.ttyname(theirs)}; echo ready; exec sleep 1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        began = process_start(process.pid) or ""
        session = Running(process.pid, began, "s1", "web-shop", "/home/dev/shop", 0, "busy", "")
        yield InTerminal(session, os.ttyname(theirs))
        process.kill()
    os.close(ours)
    os.close(theirs)


class Fakes:
    """Commands on the PATH that print an answer, and note what they were given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def make(self, name: str, answer: Any, status: int = 0) -> None:
        path = self._folder / name
        text = answer if isinstance(answer, str) else json.dumps(answer)
        (self._folder / f"{name}.json").write_text(text)
        noted = self._folder / f"{name}.calls"
        path.write_text(f'#!/bin/sh\necho "$@" >>{noted}\ncat {path}.json\nexit {status}\n')
        path.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        noted = self._folder / f"{name}.calls"
        return noted.read_text().splitlines() if noted.exists() else []


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", f"{tmp_path}/nobody,1,0")
    return Fakes(tmp_path / "bin")


def windows(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": 1, "tabs": [{"id": 1, "windows": list(rows)}]}]


def test_a_session_in_a_wezterm_pane_is_gone_to(there: InTerminal, fakes: Fakes) -> None:
    panes = [{"pane_id": 3, "tty_name": "/dev/null"}, {"pane_id": 7, "tty_name": there.tty}]
    fakes.make("wezterm", panes)
    assert go_to_pane(there.session, WEZTERM) == "went to WezTerm 7"
    assert fakes.calls("wezterm") == ["cli list --format json", "cli activate-pane --pane-id 7"]


def test_a_session_in_a_kitty_window_is_gone_to(there: InTerminal, fakes: Fakes) -> None:
    pid = there.session.pid
    fakes.make("kitten", windows({"id": 4, "pid": 1}, {"id": 9, "pid": pid}))
    assert go_to_pane(there.session, KITTY) == "went to kitty 9"
    assert fakes.calls("kitten") == ["@ ls", "@ focus-window --match id:9"]


def test_a_kitty_window_is_told_by_what_runs_in_it_too(there: InTerminal, fakes: Fakes) -> None:
    inner = {"id": 5, "pid": 1, "foreground_processes": [{"pid": there.session.pid}]}
    fakes.make("kitten", windows(inner))
    assert terminal_pane_of(there.session, KITTY) == TerminalPane(
        "kitty 5", ("kitten", "@", "focus-window", "--match", "id:5")
    )


def test_who_does_not_run_in_a_terminal_does_not_ask_it(there: InTerminal, fakes: Fakes) -> None:
    fakes.make("wezterm", [{"pane_id": 7, "tty_name": there.tty}])
    fakes.make("kitten", windows({"id": 9, "pid": there.session.pid}))
    told = go_to_pane(there.session, {})
    assert told.startswith(f"process {there.session.pid}, ")
    assert told.endswith(f"{there.tty.removeprefix('/dev/')}, /home/dev/shop")
    assert fakes.calls("wezterm") == fakes.calls("kitten") == []


STRANGE = ["", "{", "null", "[3]", '[{"tabs": 3}]', '[{"pane_id": "7", "tty_name": 3}]', "[" * 9999]


@pytest.mark.parametrize("answer", STRANGE)
def test_a_strange_answer_is_no_pane(there: InTerminal, fakes: Fakes, answer: str) -> None:
    fakes.make("wezterm", answer)
    fakes.make("kitten", answer)
    assert terminal_pane_of(there.session, WEZTERM | KITTY) is None


def test_a_refused_jump_tells_the_address(there: InTerminal, fakes: Fakes) -> None:
    pane = TerminalPane("kitty 9", ("kitten", "@", "focus-window", "--match", "id:9"))
    fakes.make("kitten", "[]", status=1)
    assert not pane.show()
    assert go_to_pane(there.session, KITTY).startswith("process ")
