"""In a real terminal: every way out leaves it as it was."""

import os
import signal
import time
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from tests.otlp import SECOND, request
from tests.screen.terminal import terminal

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
