"""In a real terminal: every way out leaves it as it was."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from ccotel_tui.recorder.lock import read_state
from ccotel_tui.store.database import Database
from tests.screen.tools.terminal import terminal
from tests.tools.otlp import SECOND, request

LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"


@pytest.mark.parametrize("way", ["q", "\x03", signal.SIGTERM, signal.SIGHUP], ids=str)
def test_every_way_out_restores_the_terminal(
    database: Database, tmp_path: Path, way: object
) -> None:
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with terminal(tmp_path / "telemetry.db") as shown:
        shown.read_until("$1.25")
        if isinstance(way, signal.Signals):
            os.kill(shown.pid, way)
        else:
            shown.press(str(way))
        status = shown.end()
        assert LEAVE_ALTERNATE_SCREEN in shown.output
        assert SHOW_CURSOR in shown.output
    assert status == (0 if way in ("q", "\x03") else 128 + int(str(int(way))))  # type: ignore[call-overload]


@pytest.mark.parametrize("in_control", [True, False], ids=["signalled", "not signalled"])
def test_it_ends_with_its_terminal(database: Database, tmp_path: Path, in_control: bool) -> None:
    """Several at once: which thread notices first is a matter of load."""
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with ExitStack() as stack:
        dashboards = [
            stack.enter_context(terminal(tmp_path / "telemetry.db", in_control=in_control))
            for _ in range(3)
        ]
        for dashboard in dashboards:
            dashboard.read_until("$1.25")
        assert [dashboard.hang_up() for dashboard in dashboards] == [128 + signal.SIGHUP] * 3


def test_its_recorder_ends_with_its_terminal(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    path = tmp_path / "telemetry.db"
    with terminal(path, in_control=True) as shown:
        shown.read_until("$1.25")
        until(lambda: read_state(path) is not None)
        shown.hang_up()
        until(lambda: read_state(path) is None)


def test_it_ends_where_its_terminal_takes_nothing_more(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with terminal(tmp_path / "telemetry.db", 200, 60) as shown:
        shown.read_until("$1.25")
        shown.fill()
        os.kill(shown.pid, signal.SIGTERM)
        assert shown.wait() == 128 + signal.SIGTERM


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_ctrl_z_leads_to_the_shell_and_fg_back(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with terminal(tmp_path / "telemetry.db", in_control=True) as shown:
        shown.read_until("$1.25")
        left = shown.ask("\x1a", LEAVE_ALTERNATE_SCREEN.decode())
        os.waitid(os.P_PID, shown.pid, os.WSTOPPED | os.WNOWAIT)
        left += shown.read_until()
        assert LEAVE_ALTERNATE_SCREEN in left
        assert SHOW_CURSOR in left
        os.kill(shown.pid, signal.SIGCONT)
        assert b"\x1b[?1049h" in shown.read_until("$1.25")
        shown.press("q")
        assert shown.end() == 0


def test_the_size_is_the_terminals_own(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    exported = {"COLUMNS": "40", "LINES": "12"}
    with terminal(tmp_path / "telemetry.db", environment=exported) as shown:
        shown.read_until("6 Events")
        assert b"4 Performance" not in shown.output
        shown.resize(120, 40, "4 Performance")


@pytest.mark.parametrize(
    ("editor", "why"), [("", "Set VISUAL or EDITOR"), ("false", "it ended with exit status 1")]
)
def test_an_editor_that_fails_gives_the_screen_back(
    editor: str, why: str, database: Database, tmp_path: Path
) -> None:
    """Textual takes the terminal back only where nothing is raised while another has it."""
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    environment = {"VISUAL": "", "EDITOR": editor, "HOME": str(tmp_path)}
    with terminal(tmp_path / "telemetry.db", environment=environment) as shown:
        shown.read_until("$1.25")
        shown.ask(",", why)
        shown.ask("\x1b", "$1.25")
        shown.press("q")
        assert shown.end() == 0
