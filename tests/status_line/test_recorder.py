"""A recorder keeps what `line` hands on like any row, and no number is different for it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import ACTIVITY, COST, TOKENS
from ccotel_tui.query.query import EventKind, EventRow, Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, MINUTE, Window
from ccotel_tui.recorder.lock_file import read_document
from ccotel_tui.status_line.delivery import StatusReceiver, handing_on, receiver_of
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.conventions import API_REQUEST, OWN_SCOPE, OWN_SERVICE, STATUS_LINE
from ccotel_tui.telemetry.records import Event
from ccotel_tui.telemetry.status_line import Scalar, kept_fields
from tests.recorder.running import WITHIN, post, recorder
from tests.tools.otlp import logs_request, request

STATUS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "statusline.json").read_text()
)
UTC = ZoneInfo("UTC")
STATUS_LINES = [EventKind(STATUS_LINE)]


def window() -> Window:
    now_ns = time.time_ns()
    return Window.between(now_ns - DAY, now_ns + DAY, UTC)


@contextmanager
def opened(path: Path) -> Iterator[Backend]:
    backend = open_embedded(path)
    with closing(backend):
        yield backend


def rows(path: Path, kinds: list[EventKind]) -> list[EventRow]:
    with opened(path) as backend:
        return backend.source.rows(kinds, window(), Scope(), 10_000)


def wait_for(path: Path, number: int) -> list[EventRow]:
    """The status lines, when there are so many."""
    end = time.monotonic() + WITHIN
    while len(kept := rows(path, STATUS_LINES)) < number:
        assert time.monotonic() < end, f"{len(kept)} of {number} records came"
    return kept


def line(path: Path, status: Mapping[str, Any], *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "ccotel_tui", "line", "--json", "--source", "embedded"]
    done = subprocess.run(
        [*command, "--db", str(path), *words],
        capture_output=True,
        text=True,
        input=json.dumps(status),
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_record_comes_when_a_field_changed(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with recorder(path):
        assert line(path, STATUS)["handed_on"] is True
        assert line(path, STATUS)["handed_on"] is False
        # What lasts is no change, and neither is what is not kept.
        longer = STATUS | {
            "cost": STATUS["cost"] | {"total_duration_ms": 99_999},
            "transcript_path": "/elsewhere",
        }
        assert line(path, longer)["handed_on"] is False
        renamed = STATUS | {"session_name": "another"}
        assert line(path, renamed)["handed_on"] is True
        kept = wait_for(path, 2)
    assert [row["session_name"] for row in kept] == ["quarterly-cleanup", "another"]
    assert {row["session_id"] for row in kept} == {STATUS["session_id"]}
    assert not any("transcript" in name or "elsewhere" in str(row) for row in kept for name in row)


def test_hundreds_of_calls_beside_a_busy_recorder(tmp_path: Path) -> None:
    """They leave a record a change and no more, and what else comes in is kept too."""
    path = tmp_path / "telemetry.db"
    done, sent = Signal(), 0

    def export() -> None:
        nonlocal sent
        while not done.is_set():
            events = (request(0.5, time.time_ns(), "busy", sent + n) for n in range(20))
            body = logs_request(*events).SerializeToString()
            assert post(running.http, "/v1/logs", body)[0] == 200
            sent += 20

    with recorder(path) as running:
        busy = Thread(target=export)
        busy.start()
        receiver = receiver_of(read_document(path), reads_own_stack=False)
        delivered = 0
        for call in range(300):
            fields: dict[str, Scalar] = {**kept_fields(STATUS), "cost.total_cost_usd": call // 10}
            with handing_on(fields, receiver, tmp_path / "handed-on") as handed_on:
                delivered += handed_on
        done.set()
        busy.join()
        kept = wait_for(path, 30)
    assert delivered == 30
    assert [row["cost_total_cost_usd"] for row in kept] == [str(cost) for cost in range(30)]
    assert sent > 0
    assert len(rows(path, [EventKind(API_REQUEST)])) == min(sent, 10_000)


def test_nothing_is_handed_on_where_nobody_of_ours_listens(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    assert line(path, STATUS)["handed_on"] is False
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        host, port = stranger.getsockname()
        stranger.close()
        fields = kept_fields(STATUS)
        with handing_on(fields, StatusReceiver(host, port), tmp_path / "handed-on") as handed_on:
            assert not handed_on
    with recorder(path):
        # What was not delivered is not remembered as if it were.
        assert line(path, STATUS)["handed_on"] is True


def test_another_users_server_is_written_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def foreign(connection: socket.socket, wait: bool = True) -> str:
        return "belongs to user nobody"

    monkeypatch.setattr("ccotel_tui.network.ownership.foreign_owner", foreign)
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        receiver = StatusReceiver(*theirs.getsockname())
        with handing_on(kept_fields(STATUS), receiver, tmp_path / "x") as handed_on:
            assert not handed_on
        connection, _ = theirs.accept()
        with connection:
            assert connection.recv(1) == b""
    assert not (tmp_path / "x").exists()


def test_a_line_without_a_session_is_not_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with recorder(path):
        assert line(path, {"cost": {"total_cost_usd": 3}})["handed_on"] is False


def status_line(at: int, session: str = "s1", fields: Mapping[str, Scalar] | None = None) -> Event:
    attributes = {"event.name": STATUS_LINE, "session.id": session, **(fields or {})}
    return Event(at, OWN_SERVICE, STATUS_LINE, attributes, scope=OWN_SCOPE)


def test_it_enters_no_number_and_makes_nothing_live(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    now_ns = time.time_ns() // 1_000_000 * 1_000_000
    fields: dict[str, Scalar] = {"cost_usd": 99.0, "input_tokens": 9, "model": "m"}
    with closing(Database(path)) as database:
        database.append(
            [
                request(2.0, at=now_ns - 30 * MINUTE),
                status_line(now_ns - MINUTE, fields=fields),
                status_line(now_ns - MINUTE, "s2", fields),
            ]
        )
    queries = [
        Query(COST),
        Query(TOKENS),
        Query(ACTIVITY, stat="sessions"),
        Query(ACTIVITY, by=("session_id",), stat="last"),
    ]
    within = Window.between(now_ns - DAY, now_ns, UTC)
    with opened(path) as backend:
        source = backend.source
        answers = source.numbers(queries, within, Scope())
        current = source.current(now_ns, Scope())
        newest_ns = source.last_record_ns(now_ns)
        every = source.rows([], within, Scope(), 100)
        of_session = source.rows([], within, Scope("s2"), 100)
        named = source.rows(STATUS_LINES, within, Scope("s2"), 100)
    numbers = [[number for series in answers[q] for _, number in series.points] for q in queries]
    assert numbers == [[2.0], [0.0], [1.0], [now_ns - 30 * MINUTE]]
    assert current is not None
    assert current.session_id == "s1"
    assert newest_ns == now_ns - 30 * MINUTE
    assert ([row["event_name"] for row in every], of_session) == (["api_request"], [])
    assert [row["event_name"] for row in named] == [STATUS_LINE]


def test_another_scope_of_that_name_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        ours = status_line(time.time_ns())
        database.append([Event(ours.time_ns, "x", "api_request", ours.attributes, scope=OWN_SCOPE)])
    assert [row["event_name"] for row in rows(path, [])] == ["x/api_request"]
