"""What a recorder does beside recording."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.errors import NotStored
from ccotel_tui.recorder.maintenance import maintenance
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from tests.recorder.running import WITHIN, recorder
from tests.store.reading import count
from tests.tools.otlp import SECOND, T0, request


def test_it_writes_down_when_it_listened(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    ends = []
    for _ in range(2):
        with recorder(path) as running:
            ends.append(time.time_ns())
            running.process.terminate()
            assert running.process.wait(WITHIN) == 0
    with closing(connect(path)) as connection:
        (first, second) = connection.execute("SELECT from_ns, to_ns FROM listening").fetchall()
    assert first[0] <= ends[0] <= first[1] <= second[0] <= ends[1] <= second[1]


async def test_it_deletes_what_is_too_old_when_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([request(1.0, at=SECOND), request(2.0, at=T0 * 2)])
    with closing(Writer(Database(path))) as writer:
        async with maintenance(writer, lambda: True):
            while count(path, "events") == 2:
                await writer.keep([])
    assert count(path, "events") == 1


async def test_who_has_no_port_does_not_listen(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Writer(Database(path))) as writer:
        async with maintenance(writer, lambda: False):
            await writer.do(lambda database: database.retain(T0))
    assert count(path, "listening") == 0


async def test_what_fails_beside_recording_is_told_to_who_asked(tmp_path: Path) -> None:
    with closing(Writer(Database(tmp_path / "telemetry.db"))) as writer:
        with pytest.raises(OverflowError):
            await writer.do(lambda database: database.record_listening(2**70))
        await writer.keep([request(1.0)])
    assert count(tmp_path / "telemetry.db", "events") == 1


async def test_a_fault_is_seen_until_something_is_kept_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "telemetry.db"
    monkeypatch.setattr("ccotel_tui.store.file.open_file._WAIT_MS", 1)
    writer = Writer(Database(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotStored):
            await writer.keep([request(1.0)])
        writer.close()
    assert isinstance(writer.fault, NotStored)
    assert writer.fault.reason == "locked"
