"""A tmux of a test's own, and sessions in its panes."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import Running, process_start

Tmux = Callable[..., str]


@contextmanager
def tmux_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tmux]:
    """A server of its own, in which the test is; two windows: of two panes, and of one."""
    if shutil.which("tmux") is None:
        pytest.skip("no tmux on this machine")
    socket = folder / "tmux.sock"

    def run(*words: str) -> str:
        command = ["tmux", "-S", str(socket), "-f", "/dev/null", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def stays(number: int) -> str:
        """What a pane runs; it says when it does, for then its process has its terminal."""
        return f"tmux -S '{socket}' wait-for -S pane{number}; exec sleep 1000"

    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setattr("ccotel_tui.claude.tmux._PATIENCE", 60.0)
    run("new-session", "-d", "-s", "my work", "-x", "120", "-y", "40", stays(0))
    run("split-window", "-t", "my work", stays(1))
    run("new-window", "-d", "-t", "my work", stays(2))
    for number in range(3):
        run("wait-for", f"pane{number}")
    monkeypatch.setenv("TMUX", f"{socket},{run('display-message', '-p', '#{pid}')},0")
    try:
        yield run
    finally:
        run("kill-server")


def sessions(tmux: Tmux) -> list[tuple[str, Running]]:
    """The panes' ids, each with a session whose process is the one in it."""
    rows = [
        row.split() for row in tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}").split("\n")
    ]
    return [
        (pane, Running(int(pid), process_start(int(pid)) or "", f"s{n}", "", "", 0, "busy", ""))
        for n, (pane, pid) in enumerate(rows)
    ]
