"""Batches for the stack: each record once, and the same again where it is in doubt."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.store import outbox as backlog_module
from ccotel_tui.store.database import Database
from ccotel_tui.store.erase import forget_session
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.file.migrations import MIGRATIONS
from ccotel_tui.store.file.version import APPLICATION_ID
from ccotel_tui.store.outbox import Batch, Outbox, OutboxSignal
from tests.tools.otlp import SECOND, T0, lines, request


@pytest.fixture
def backlog(database: Database, path: Path) -> Iterator[Outbox]:
    with closing(Outbox(path, T0 - 1)) as backlog:
        yield backlog


def sent(backlog: Outbox, signal: OutboxSignal = "events") -> list[Batch]:
    """What is given out until nothing is left."""
    batches = []
    while batch := backlog.next(signal):
        backlog.begin(batch)
        backlog.done(batch)
        batches.append(batch)
    return batches


def test_every_event_is_given_out_once(
    database: Database, backlog: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog_module, "SENT_AT_ONCE", 2)
    events = [request(1.0, at=T0 + number, sequence=number) for number in range(5)]
    database.append(events)
    assert backlog.waiting() == 5
    batches = sent(backlog)
    assert [event for batch in batches for event in batch.events] == events
    assert [len(batch.events) for batch in batches] == [2, 2, 1]
    assert not any(batch.in_doubt for batch in batches)
    late = request(1.0, at=T0, sequence=9)
    database.append([late])
    assert [batch.events for batch in sent(backlog)] == [[late]]
    assert backlog.waiting() == 0


@pytest.mark.parametrize("signal", ["events", "increments"])
def test_a_batch_that_was_cut_off_comes_again_as_it_was(
    database: Database, path: Path, signal: OutboxSignal
) -> None:
    database.append([request(1.0), lines(1)])
    with closing(Outbox(path, 0)) as backlog:
        first = backlog.next(signal)
        assert first
        backlog.begin(first)
    database.append([request(2.0, at=T0 + 1), lines(2, at=T0 + 2 * SECOND, start=T0 + SECOND)])
    with closing(Outbox(path, 0)) as backlog:
        again, *rest = sent(backlog, signal)
    assert again == first._replace(in_doubt=True)
    assert [batch.in_doubt for batch in rest] == [False]


def test_deltas_are_a_stream_of_their_batch(database: Database, backlog: Outbox) -> None:
    second = lines(2, at=T0 + 2 * SECOND, start=T0 + SECOND)
    database.append([second, lines(3), lines(4, start=T0 + 1)])
    [batch] = sent(backlog, "increments")
    assert [(one.time_ns - T0, one.value) for one in batch.points] == [(SECOND, 7), (2 * SECOND, 9)]
    assert {one.start_ns - T0 for one in batch.points} <= {0, 1}
    assert len({one.start_ns for one in batch.points}) == 1
    assert {one.attributes["backfill"] for one in batch.points} == {"1"}
    database.append([lines(5, at=T0 + 3 * SECOND, start=T0 + 2 * SECOND)])
    [batch] = sent(backlog, "increments")
    assert [(one.value, one.attributes["backfill"]) for one in batch.points] == [(5, "4")]


def test_a_cumulative_stream_is_what_the_client_sent(
    database: Database, backlog: Outbox, path: Path
) -> None:
    points = [
        lines(value, at=T0 + number * SECOND, cumulative=True)
        for number, value in enumerate([3, 5, 11], start=1)
    ]
    database.append(points[:2])
    assert [batch.points for batch in sent(backlog, "increments")] == [points[:2]]
    forget_session(path, "s1")
    database.append(points)
    assert [batch.points for batch in sent(backlog, "increments")] == [points[2:]]


def test_what_comes_under_the_id_of_something_forgotten_is_given_out(
    database: Database, backlog: Outbox, path: Path
) -> None:
    database.append([request(1.0, session="a"), request(1.0, session="b")])
    sent(backlog)
    forget_session(path, "b")
    database.append([request(2.0, session="c")])
    [batch] = sent(backlog)
    assert [event.attributes["session.id"] for event in batch.events] == ["c"]


def test_what_comes_under_the_id_of_something_forgotten_on_its_way_is_given_out(
    database: Database, backlog: Outbox, path: Path
) -> None:
    database.append([request(1.0, session="a")])
    batch = backlog.next("events")
    assert batch
    backlog.begin(batch)
    forget_session(path, "a")
    database.append([request(2.0, session="b")])
    backlog.done(batch)
    [batch] = sent(backlog)
    assert [event.attributes["session.id"] for event in batch.events] == ["b"]


def test_what_is_too_old_stays_and_is_told(database: Database, backlog: Outbox) -> None:
    database.append([request(1.0, at=T0 - 2), request(1.0), lines(1, at=T0 - 1, start=T0 - 9)])
    assert (backlog.waiting(), backlog.too_old()) == (1, 2)
    [batch] = sent(backlog)
    assert [event.time_ns for event in batch.events] == [T0]
    assert sent(backlog, "increments") == []


def test_another_stack_is_given_all_and_its_events_are_doubtful(
    database: Database, backlog: Outbox
) -> None:
    database.append([request(1.0), lines(1)])
    before = [*sent(backlog), *sent(backlog, "increments")]
    backlog.start_over()
    events, increments = [*sent(backlog), *sent(backlog, "increments")]
    assert [events._replace(in_doubt=False), increments] == before
    assert events.in_doubt


def test_increments_of_the_version_before_know_what_was_cumulative(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("part", 3, lambda *_: "")
        connection.executescript("".join(MIGRATIONS[:2]))
        connection.executescript(f"""
            INSERT INTO series VALUES
                (1, 71, 's', '', 'm', '', 's1', NULL, NULL, NULL, NULL, NULL, '{{}}'),
                (2, 72, 's', '', 'n', '', 's1', NULL, NULL, NULL, NULL, NULL, '{{}}');
            INSERT INTO increments VALUES
                (1, 20, 5, 3), (1, 10, 5, 2), (2, 10, 5, 4), (2, 20, 10, 1);
            INSERT INTO streams VALUES (71, 5, 20, 6);
            PRAGMA user_version = 2; PRAGMA application_id = {APPLICATION_ID};
        """)
    with closing(connect(path)) as connection:
        found = connection.execute(
            "SELECT series, time_ns, value, total FROM increments ORDER BY 1, 2"
        )
        assert found.fetchall() == [
            (1, 10, 2, 3),
            (1, 20, 3, 6),
            (2, 10, 4, None),
            (2, 20, 1, None),
        ]
