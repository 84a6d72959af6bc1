"""Panes of a real tmux, by the terminals of the processes in them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccotel_tui.claude.tmux import TmuxNeighbours, jump_to, pane_of, panes, terminal_of
from tests.tools.tmux import Tmux, sessions, tmux_server


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tmux]:
    with tmux_server(tmp_path, monkeypatch) as run:
        yield run


def test_each_session_is_in_its_pane(tmux: Tmux) -> None:
    for pane_id, session in sessions(tmux):
        pane = pane_of(session)
        assert pane is not None
        assert pane.id == pane_id
        assert pane.address.startswith("my work:")
    assert len(panes()) == 3


def test_the_neighbours_are_those_of_the_window(tmux: Tmux) -> None:
    running = sessions(tmux)
    (first, _), _, (alone, _) = running
    environment = {"TMUX": os.environ["TMUX"], "TMUX_PANE": first}
    every = [session for _, session in running]
    assert TmuxNeighbours(environment)(every) == {"s0", "s1"}
    assert TmuxNeighbours(environment | {"TMUX_PANE": alone})(every) == {"s2"}
    assert TmuxNeighbours({"TMUX_PANE": first})(every) == set()


def test_a_jump_shows_the_pane(tmux: Tmux) -> None:
    for pane_id, session in sessions(tmux):
        pane = pane_of(session)
        assert pane is not None
        assert jump_to(pane)
        assert tmux("display-message", "-p", "-t", "my work", "#{pane_id}") == pane_id


def test_without_tmux_there_are_no_panes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path}/nobody,1,0")
    assert panes() == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert panes() == {}


def test_a_process_without_a_terminal_has_none() -> None:
    with subprocess.Popen(
        ["sleep", "1000"], stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert terminal_of(process.pid) is None
        process.kill()
    assert terminal_of(process.pid) is None
