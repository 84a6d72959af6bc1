"""In a real terminal: every way out leaves it as it was."""

import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from ccotel_tui.recorder.lock import read_state
from ccotel_tui.store.database import Database
from tests.screen.quit import set_modes
from tests.screen.tools.terminal import (
    IN_CONTROL,
    Terminal,
    command_terminal,
    dashboard_on,
    terminal,
)
from tests.tools.otlp import SECOND, request

TAKE_ALTERNATE_SCREEN = "\x1b[?1049h"
LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"
PROMPT = "in the shell: "


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


def shell(home: Path) -> AbstractContextManager[Terminal]:
    """A shell that has the terminal."""
    command = [sys.executable, "-c", IN_CONTROL, "/bin/bash", "--norc", "--noprofile"]
    return command_terminal(command, environment={"CLAUDE_CONFIG_DIR": str(home), "PS1": PROMPT})


def test_ctrl_z_leads_to_the_shell_and_fg_back(database: Database, tmp_path: Path) -> None:
    """Also where it was started by another program, that waits for it, such as make."""
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with shell(tmp_path) as shown:
        script = f"{shlex.join(dashboard_on(tmp_path / 'telemetry.db'))}; exit $?"
        shown.ask(shlex.join(["sh", "-c", script]) + "\n", "$1.25")
        # A page that changes by nothing: what comes of it after the stop is painted for that.
        shown.ask("?", "Keys")
        left = shown.ask("\x1a", "Stopped")
        assert LEAVE_ALTERNATE_SCREEN in left
        assert SHOW_CURSOR in left
        shown.ask("fg\n", "Keys", after=TAKE_ALTERNATE_SCREEN)
        shown.ask("\x03", PROMPT)
        shown.ask("echo ended: $?\n", "ended: 0")


def test_ctrl_z_changes_nothing_where_there_is_no_shell(database: Database, tmp_path: Path) -> None:
    """As in a pane of tmux that was opened for it: nobody there could have it go on."""
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with terminal(tmp_path / "telemetry.db", in_control=True) as shown:
        shown.read_until("$1.25")
        shown.ask("?", "Keys")
        shown.ask("\x1a", "Keys", after=TAKE_ALTERNATE_SCREEN)
        shown.press("\x03")
        assert shown.end() == 0


def test_it_goes_on_after_a_stop_of_which_it_was_told_nothing(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with terminal(tmp_path / "telemetry.db", in_control=True) as shown:
        before = shown.attributes()
        shown.read_until("$1.25")
        shown.ask("?", "Keys")
        os.kill(shown.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, shown.pid, os.WSTOPPED | os.WNOWAIT)
        os.kill(shown.pid, signal.SIGCONT)
        shown.read_until("Keys", after=TAKE_ALTERNATE_SCREEN)
        shown.press("\x03")
        assert shown.end() == 0
        assert shown.attributes() == before
        assert set_modes(shown.output) == []


def test_one_that_ctrl_z_stopped_ends_where_its_shell_kills_it(
    database: Database, tmp_path: Path
) -> None:
    """The shell lets it go on for that, and has the terminal itself."""
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with shell(tmp_path) as shown:
        shown.ask(shlex.join(dashboard_on(tmp_path / "telemetry.db")) + "\n", "$1.25")
        shown.ask("\x1a", "Stopped")
        kill = "p=$(jobs -p %1); kill %1; while kill -0 $p; do :; done\n"
        shown.ask(kill, f"Exit {128 + signal.SIGTERM}")


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
def test_it_has_its_terminal_again_where_no_editor_opens(
    database: Database, tmp_path: Path, editor: str, why: str
) -> None:
    variables = {"VISUAL": "", "EDITOR": editor, "XDG_CONFIG_HOME": str(tmp_path)}
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with terminal(tmp_path / "telemetry.db", environment=variables) as shown:
        shown.read_until("$1.25")
        shown.ask(",", why)
        shown.ask("\x1b", "6 Events")
        shown.press("q")
        assert shown.end() == 0


EDITOR = """#!/bin/sh
trap 'echo interrupted' INT
echo opened
read line
read line
"""


def test_ctrl_c_in_the_editor_is_the_editors(database: Database, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    variables = {"VISUAL": "", "EDITOR": str(editor), "XDG_CONFIG_HOME": str(tmp_path)}
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    with terminal(tmp_path / "telemetry.db", in_control=True, environment=variables) as shown:
        shown.read_until("$1.25")
        shown.ask(",", "opened")
        shown.ask("\x03", "interrupted")
        shown.ask("\n\n", "6 Events")
        shown.press("q")
        assert shown.end() == 0


def test_each_way_out_of_a_first_steps_command_leads_back(
    database: Database, tmp_path: Path
) -> None:
    with terminal(tmp_path / "telemetry.db", in_control=True) as shown:
        shown.read_until("Nothing has been received yet")
        shown.ask("\r", "[y/N]")
        shown.ask("\x03", "Enter goes back")
        shown.ask("\x04", "Nothing has been received yet")
        shown.press("q")
        assert shown.end() == 0


def test_a_character_that_the_locale_lacks_takes_one_column(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    variables = {"PYTHONIOENCODING": "euc_kr"}
    with terminal(tmp_path / "telemetry.db", environment=variables) as shown:
        # The bars under the numbers.
        assert b"???" in shown.read_until("in 5 min") + shown.read_until()
        assert b"\\u" not in shown.output
        shown.press("q")
        assert shown.end() == 0
