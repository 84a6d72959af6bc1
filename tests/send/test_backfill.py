"""Who may not be sent what was kept, and who may not send it."""

import fcntl
import os
import time
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.errors import NotOurs
from ccotel_tui.recorder.child.child_process import Subprocess
from ccotel_tui.send.backfill import backfill
from ccotel_tui.store.database import Database
from ccotel_tui.store.outbox import Outbox
from tests.cli.test_words import run
from tests.recorder.running import recorder
from tests.store.reading import count
from tests.tools import other_user
from tests.tools.other_user import Servers, require_root
from tests.tools.otlp import SECOND, lines, request

NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "telemetry.db"
    now_ns = time.time_ns()
    with closing(Database(path)) as database:
        database.append([request(1.0, at=now_ns), lines(5, at=now_ns, start=now_ns - SECOND)])
    return path


def test_what_was_kept_does_not_come_back_to_the_recorder(kept: Path) -> None:
    with recorder(kept) as running:
        done = run("backfill", "--db", str(kept), "--endpoint", running.grpc, "--loki-url", NOBODY)
    assert done.returncode == 1
    assert "a recorder has the port" in done.stderr
    assert (count(kept, "events"), count(kept, "increments")) == (1, 1)
    with closing(Outbox(kept, 0)) as backlog:
        assert backlog.waiting() == 2


def test_one_at_a_time(kept: Path) -> None:
    with kept.with_name("telemetry.db.backfill").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = run("backfill", "--db", str(kept), "--loki-url", NOBODY)
    assert done.returncode == 1
    assert "Another process" in done.stderr


def test_nobody_there_is_told_and_nothing_is_lost(kept: Path) -> None:
    with closing(Outbox(kept, 0)) as backlog:
        backlog.mark = 7
    done = run("backfill", "--db", str(kept), "--loki-url", NOBODY)
    assert done.returncode == 1
    assert "Nobody listens at 127.0.0.1:1" in done.stderr
    with closing(Outbox(kept, 0)) as backlog:
        assert (backlog.mark, backlog.waiting()) == (7, 2)


async def test_a_child_tells_how_far_it_is_and_whether_it_is_done(kept: Path) -> None:
    child = await Subprocess.backfill(kept, "127.0.0.1:1", NOBODY)
    said = [line async for line in child.lines()]
    assert "Nobody listens at 127.0.0.1:1" in said[-1]
    assert not child.succeeded


def test_it_waits_for_what_a_recorder_may_still_take_and_for_no_time_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that was ahead, and was set back since, leaves a heartbeat there."""
    path, said = tmp_path / "telemetry.db", list[str]()

    def waits(seconds: float) -> None:
        raise TimeoutError(seconds)

    monkeypatch.setattr(time, "sleep", waits)
    with closing(Database(path)) as database:
        database.record_listening(time.time_ns() + 3600 * SECOND, begins=True)
        backfill(path, "127.0.0.1:1", NOBODY, said.append)
        database.record_listening(time.time_ns(), begins=True)
        with pytest.raises(TimeoutError):
            backfill(path, "127.0.0.1:1", NOBODY, said.append)
    assert [sentence.split()[0] for sentence in said] == ["Nothing", "Nothing", "waiting"]


@pytest.mark.parametrize("theirs_first", [True, False], ids=["collector", "loki"])
def test_another_user_gets_nothing_from_one_that_goes_on_unasked(
    kept: Path, theirs_first: bool
) -> None:
    """As after `stack up`: also where the other one of the two servers is ours."""
    require_root()
    with closing(Outbox(kept, 0)) as backlog:
        backlog.mark = 0 if theirs_first else 7
    with Servers(other_user.NOBODY, [0]) as theirs, Servers(os.geteuid(), [0]) as ours:
        collector, loki = (theirs, ours) if theirs_first else (ours, theirs)
        endpoint, url = f"127.0.0.1:{collector.ports[0]}", f"http://127.0.0.1:{loki.ports[0]}"
        with pytest.raises(NotOurs, match="belongs to user nobody"):
            backfill(kept, endpoint, url, lambda _: None)
        assert theirs.received == []
