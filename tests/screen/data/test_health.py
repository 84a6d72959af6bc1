"""A recorder that cannot keep what comes in, or does not go on, is seen at a glance."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from ccotel_tui.errors import BadDatabase
from ccotel_tui.recorder.health import Health, health_of
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.lock_file import lock_file_of
from ccotel_tui.recorder.state import Fault, Moved, PortState, RecorderState, endpoints
from ccotel_tui.screen.data import recorder_child
from ccotel_tui.screen.data.messages import RecorderReported
from ccotel_tui.screen.data.recorder_child import RecorderChild
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.store.database import Database
from tests.recorder.running import post
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import request

PORTS = (PortState("grpc", "127.0.0.1", 14317, bound=True),)
FULL = RecorderState(1, 0.0, PORTS, fault=Fault("disk_full", "No room: make some."))
MOVED = RecorderState(1, 0.0, PORTS, moved=Moved(21 * 86_400.0, 23.2 * 3600))


def reported(state: RecorderState) -> RecorderReported:
    return RecorderReported(RecorderReport(True, state.ports, health=health_of(state)))


@pytest.mark.parametrize("size", [(100, 30), (40, 12)])
async def test_what_is_not_stored_is_the_state_and_its_cause_is_below(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    database.append([request(1.0, at=NOW - 1)])
    async with dashboard(tmp_path, size) as running:
        running.app.post_message(reported(FULL))
        screen = await running.until("No room: make some.")
        assert "not stored (disk full)" in screen.splitlines()[0]
        running.app.post_message(reported(RecorderState(1, 0.0, PORTS)))
        assert "live" in await running.until("embedded,")


async def test_a_clock_that_moved_is_told_below_and_nothing_else_changes(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.0, at=NOW - 1)])
    async with dashboard(tmp_path, (120, 30)) as running:
        running.app.post_message(reported(MOVED))
        screen = await running.until("The clock moved by 21 d: nothing is deleted by age until")
        assert "live" in screen.splitlines()[0]
        assert "recorders have run for 24 h more" in await running.press("i")


@pytest.mark.parametrize(
    ("deleted", "said"),
    [
        ({"ahead": 1}, "1 record dated more than a day ahead was deleted for want of room."),
        ({"oldest": 1}, "The oldest record was deleted for want of room."),
        ({"oldest": 1200}, "The oldest 1,200 records were deleted for want of room."),
    ],
)
def test_one_record_that_was_deleted_is_one(deleted: dict[str, int], said: str) -> None:
    assert health_of(RecorderState(1, 0.0, PORTS, deleted=deleted)).notices == (said,)


async def test_a_stopped_recorder_is_not_one_that_records(tmp_path: Path) -> None:
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(tmp_path / "telemetry.db", "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        assert (await reports.get()).report.recording
        state = read_state(tmp_path / "telemetry.db")
        assert state is not None
        os.kill(state.pid, signal.SIGSTOP)
        while not (news := (await reports.get()).report).health.wrong:
            pass
        assert news.health.wrong == "not recording"
        assert f"kill -CONT {state.pid}" in news.health.cause
        os.kill(state.pid, signal.SIGCONT)
        while (news := (await reports.get()).report).health != Health():
            pass
        assert news.recording
        await recording.stop()
        await going


async def test_a_lock_that_cannot_be_read_for_a_while_ends_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, unreadable = tmp_path / "telemetry.db", asyncio.Event()

    def read(path: Path) -> RecorderState | None:
        try:
            return read_state(path)
        except BadDatabase:
            unreadable.set()
            raise

    monkeypatch.setattr(recorder_child, "read_state", read)
    monkeypatch.setattr(recorder_child, "STATE_POLL_INTERVAL", 0.05)
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    going = asyncio.create_task(recording.keep_going(reports.put_nowait))
    async with asyncio.timeout(60):
        report = (await reports.get()).report
        lock, beside = Path(lock_file_of(database)), tmp_path / "beside"
        lock.rename(beside)
        lock.symlink_to(lock.name)
        await unreadable.wait()
        beside.replace(lock)
        await asyncio.to_thread(post, endpoints(report.ports)["http"], "/v1/foo", b"")
        while report.not_taken.counts != {"path": 1}:
            report = (await reports.get()).report
        await recording.stop()
        await going
