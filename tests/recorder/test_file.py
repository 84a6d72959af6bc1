"""What becomes of the database while a recorder runs: told, refused where need be, and mended."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC
from pathlib import Path

import grpc
import pytest

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import COST
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.state import RecorderState
from ccotel_tui.store.file.connection import connect
from tests.recorder.campaigns.disk import CAN_MOUNT, small_disk
from tests.recorder.running import (
    JSON,
    LOGS,
    WITHIN,
    Recorder,
    export,
    export_lines,
    post,
    recorder,
)
from tests.servers.servers import until
from tests.store.file import acts
from tests.telemetry.test_nesting import arrays
from tests.telemetry.test_nesting import body as nested
from tests.tools.otlp import T0, logs_request, request

needs_root = pytest.mark.skipif(not CAN_MOUNT, reason="only root on Linux mounts a small disk")


def body(number: int) -> bytes:
    return logs_request(request(1.0, at=T0 + number, sequence=number)).SerializeToString()


def spent(database: Path) -> float:
    with closing(connect(database)) as connection:
        (total,) = connection.execute("SELECT total(cost_usd) FROM events").fetchone()
        return float(total)


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ccotel_tui", *words]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )


def status(database: Path) -> tuple[int, str, dict[str, object]]:
    """Exit status, text and JSON of `record --status`."""
    text = run("record", "--status", "--db", str(database))
    as_json = run("record", "--status", "--json", "--db", str(database))
    assert text.returncode == as_json.returncode
    return text.returncode, text.stdout, json.loads(as_json.stdout)


def waited_for(database: Path, true_of: Callable[[RecorderState], bool]) -> RecorderState:
    states = [RecorderState()]

    def holds() -> bool:
        states.append(read_state(database) or RecorderState())
        return true_of(states[-1])

    assert until(holds, WITHIN), states[-1]
    return states[-1]


def refused_by_grpc(running: Recorder, number: int) -> bool:
    """Whether the request is refused in the way that a sender may try again."""
    try:
        export(running.grpc, LOGS, body(number))
    except grpc.RpcError as error:
        return error.code() is grpc.StatusCode.UNAVAILABLE
    return False


def refused_by_http(running: Recorder, number: int) -> bool:
    """The same over HTTP."""
    answer = post(running.http, "/v1/logs", body(number))[0]
    assert answer in (200, 503)
    return answer == 503


def refused(running: Recorder, number: int) -> bool:
    return refused_by_grpc(running, number) and refused_by_http(running, number)


def status_tells_of_a_full_disk(database: Path) -> bool:
    text = run("record", "--status", "--db", str(database))
    as_json = run("record", "--status", "--json", "--db", str(database))
    document = json.loads(as_json.stdout)
    return (
        (text.returncode, as_json.returncode, document["recording"]) == (1, 1, False)
        and document["fault"]["reason"] == "disk_full"
        and text.stdout.startswith("not stored (disk full): process")
        and "There is no room left on the disk" in text.stdout
    )


def line_tells_of_a_full_disk(database: Path) -> bool:
    return "not stored (disk full)" in run("line", "--db", str(database)).stdout


@needs_root
def test_a_full_disk_is_told_and_recording_goes_on_when_there_is_room(tmp_path: Path) -> None:
    database = tmp_path / "disk" / "telemetry.db"
    with small_disk(database.parent, 2) as disk, recorder(database) as running:
        export(running.grpc, LOGS, body(0))
        number = 1

        def refuses(by: Callable[[Recorder, int], bool]) -> bool:
            """Whether it does in the end: the log has blocks that it goes on with."""
            nonlocal number
            while not by(running, number):
                number += 1
            return True

        with disk.kept_full():
            assert refuses(refused_by_http)
            assert refuses(refused_by_grpc)
            # What little it writes itself may find room for a moment: then all seems well to it
            # until somebody sends.
            assert until(
                lambda: refuses(refused_by_http) and status_tells_of_a_full_disk(database), WITHIN
            )
            assert until(
                lambda: refuses(refused_by_http) and line_tells_of_a_full_disk(database), WITHIN
            )
        waited_for(database, lambda state: state.records)
        assert status(database)[0] == 0
        export(running.grpc, LOGS, body(number))
        assert spent(database) == number + 1


@needs_root
def test_a_disk_that_is_read_only_is_told_and_writable_again_used(tmp_path: Path) -> None:
    database = tmp_path / "disk" / "telemetry.db"
    with small_disk(database.parent, 2), recorder(database) as running:
        export(running.grpc, LOGS, body(0))
        # It must not make the new file between the two mounts: the second would be refused.
        running.process.send_signal(signal.SIGSTOP)
        database.rename(database.with_name("elsewhere.db"))
        subprocess.run(["mount", "--bind", database.parent, database.parent], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", database.parent], check=True)
            running.process.send_signal(signal.SIGCONT)
            assert refused(running, 1)
            waited_for(database, lambda state: state.fault is not None)
            exit_status, text, _ = status(database)
            assert (exit_status, text.split(":")[0]) == (1, "not stored (read-only)")
        finally:
            subprocess.run(["umount", "-l", database.parent], check=True)
        waited_for(database, lambda state: state.records)
        export(running.grpc, LOGS, body(1))
        assert spent(database) == 1.0


def test_a_folder_that_is_deleted_is_made_anew_with_the_lock_in_it(database: Path) -> None:
    with recorder(database) as running:
        export(running.grpc, LOGS, body(0))
        shutil.rmtree(database.parent)
        export(running.grpc, LOGS, body(1))
        assert spent(database) == 1.0
        state = waited_for(database, lambda state: state.records)
        assert state.pid == running.process.pid
        exit_status, text, _ = status(database)
        assert (exit_status, text.split(":")[0]) == (0, "recording")


def test_a_recorder_whose_lock_another_has_taken_ends(database: Path) -> None:
    with recorder(database) as first:
        lock = database.with_name(database.name + ".lock")
        lock.rename(lock.with_suffix(".away"))
        with recorder(database) as second:
            if second.said.startswith("recording"):
                assert first.process.wait(WITHIN) == 1
                assert "another recorder holds it" in first.process.stdout.read()  # type: ignore[union-attr]
            else:
                # The first took it anew before the second looked.
                assert first.process.poll() is None
        assert spent(database) == 0.0


def test_a_file_of_another_program_is_told_and_a_new_one_begun_when_it_is_away(
    database: Path,
) -> None:
    with recorder(database) as running:
        export(running.grpc, LOGS, body(0))
        database.unlink()
        database.write_bytes(b"somebody's notes " * 1000)
        assert refused(running, 1)
        waited_for(database, lambda state: state.fault is not None)
        exit_status, text, _ = status(database)
        assert (exit_status, text.split(":")[0]) == (1, "not stored (not our file)")
        assert "not stored (not our file)" in run("line", "--db", str(database)).stdout
        database.unlink()
        waited_for(database, lambda state: state.records)
        export(running.grpc, LOGS, body(1))
        assert spent(database) == 1.0


def test_the_log_of_a_replaced_file_is_kept_apart_from_the_file_in_its_place(
    database: Path,
) -> None:
    before = database.with_name("before.db")
    with recorder(database) as running:
        for number in range(5):
            export(running.grpc, LOGS, body(number))
        os.link(database, before)
        acts.replace(database)
        running.process.kill()
    with recorder(database) as running:
        [log] = database.parent.glob("telemetry.db-wal.*")
        assert str(log) in running.said
        running.read()
        export(running.grpc, LOGS, body(7))
        assert spent(database) == 33.0
    log.rename(f"{before}-wal")
    assert spent(before) == 5.0


@pytest.mark.parametrize(
    ("act", "there"),
    [(acts.delete_log, 3.0), (acts.delete_shared_memory, 3.0), (acts.replace, 34.0)],
)
def test_a_dashboard_that_looks_before_the_recorder_has_noticed_shows_what_comes_then(
    database: Path, act: Callable[[Path], None], there: float
) -> None:
    """It reads and watches on two connections, in a process that is not the recorder's."""
    with recorder(database) as running:
        export(running.grpc, LOGS, body(0))
        with closing(open_embedded(database)) as backend:
            assert shown(backend) == 1.0
            running.process.send_signal(signal.SIGSTOP)
            act(database)
            with suppress(SourceUnavailable):
                shown(backend)
            running.process.send_signal(signal.SIGCONT)
            export(running.grpc, LOGS, body(1))
            export(running.grpc, LOGS, body(2))
            assert shown(backend) == there


def shown(backend: Backend) -> float:
    """What has been spent, by a look of the screen's."""
    assert backend.changes
    backend.changes.version()
    window = Window.between(T0 - HOUR, T0 + HOUR, UTC)
    [answer] = backend.source.numbers([Query(COST)], window, Scope()).values()
    return sum(number or 0.0 for series in answer for _, number in series.points)


def test_an_idle_recorder_notices_that_its_file_is_gone(database: Path) -> None:
    with recorder(database) as running:
        export(running.grpc, LOGS, body(0))
        database.unlink()
        assert until(database.exists, WITHIN)


def test_a_stopped_recorder_is_not_one_that_records(database: Path) -> None:
    with recorder(database) as running:
        export(running.grpc, LOGS, body(0))
        running.process.send_signal(signal.SIGSTOP)
        try:
            state = waited_for(database, lambda state: bool(state.silent))
            assert not state.records
            exit_status, text, document = status(database)
            assert (exit_status, text.split(":")[0]) == (1, "not recording")
            assert f"`kill -CONT {running.process.pid}`" in text
            assert not document["recording"]
            assert "not recording" in run("line", "--db", str(database)).stdout
        finally:
            running.process.send_signal(signal.SIGCONT)
        waited_for(database, lambda state: state.records)
        assert status(database)[0] == 0


def test_a_heartbeat_is_no_news_to_who_reads(database: Path) -> None:
    with recorder(database) as running, closing(connect(database)) as connection:
        export(running.grpc, LOGS, body(0))

        def version() -> int:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

        lock = database.with_name(database.name + ".lock")
        before, beat = version(), lock.stat().st_mtime_ns
        assert until(lambda: lock.stat().st_mtime_ns != beat, WITHIN)
        assert version() == before


def test_status_of_a_database_without_a_log(database: Path) -> None:
    with recorder(database):
        pass
    log = database.with_name(database.name + "-wal")
    assert not log.exists()
    exit_status, text, _ = status(database)
    assert exit_status == 1
    assert "newest record: none yet" in text


def test_status_while_somebody_takes_the_log_away(database: Path) -> None:
    """It is asked by who sees that something is wrong: it answers, and makes nothing worse."""
    with recorder(database) as running:
        export(running.grpc, LOGS, body(1))
        database.with_name(database.name + "-wal").unlink()
        exit_status, text, document = status(database)
        assert (exit_status, document["recording"]) == (0, True)
        assert f"database: {database}" in text
        export(running.grpc, LOGS, body(2))
        assert spent(database) == 2.0


def test_a_dangling_link_is_recorded_into_and_read(tmp_path: Path) -> None:
    target, link = tmp_path / "disk" / "telemetry.db", tmp_path / "telemetry.db"
    link.symlink_to(target)
    asked = ("--source", "embedded", "--db", str(link), "--from", "2026-01-01")
    done = run("line", *asked[:4])
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("panels", "sessions"):
        done = run(command, *asked)
        assert (done.returncode, "nothing was recorded there." in done.stderr) == (0, True)
    assert status(link)[0] == 1
    assert not target.exists()
    with recorder(link) as running:
        export(running.grpc, LOGS, body(1))
        assert status(link)[0] == 0
        assert "$1.00" in run("panels", *asked).stdout
    assert spent(target) == 1.0


def test_however_deep_a_request_is_nested_the_recorder_answers_and_goes_on(database: Path) -> None:
    with recorder(database) as running:
        answers = [
            post(running.http, "/v1/logs", b'{"resourceLogs":' + b"[" * depth, JSON)
            for depth in (50, 400, 100_000)
        ]
        assert {answer for answer, _ in answers} == {400}
        assert b"it is nested too deeply" in answers[-1][1]
        for depth in (40, 90, 5_000):
            deep = nested("logs", arrays(depth))
            assert post(running.http, "/v1/logs", deep)[0] == 200
            export(running.grpc, LOGS, deep)
        export(running.grpc, LOGS, body(1))
        asked = ("--db", str(database), "--from", "2026-01-01")
        events = run("events", "--json", "--source", "embedded", *asked)
        # Equal ones are told once.
        assert len(events.stdout.splitlines()) == 3
        exported = run("export", *asked)
        assert (events.stderr, exported.stderr, exported.returncode) == ("", "", 0)
        export_lines(running, exported.stdout)
