"""The outbox: the records that the stack lacks, in batches, in the order in which they came in.

What is in the store came to the recorder, so the stack never had it. A batch is *sending* from
before it is sent until the stack has taken it. One that a later run finds so is in doubt: the same
batch is given out again.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ccotel_tui.store.file.connection import open_to_write
from ccotel_tui.store.file.faults import translate_errors
from ccotel_tui.store.file.transaction import transaction
from ccotel_tui.store.rows import unqualified
from ccotel_tui.store.shared_attributes import canonical, context_without_service
from ccotel_tui.store.stored_records import event_of_row
from ccotel_tui.telemetry.records import Event, Point

OutboxSignal = Literal["events", "increments"]
SIGNALS: tuple[OutboxSignal, OutboxSignal] = ("events", "increments")
_BY_TIME = {"events": "event_identity", "increments": "increment_times"}

SENT_AT_ONCE = 1000
"""Records, and those of the same time as the last."""

_EVENTS = """\
SELECT e.id, e.time_ns, o.service, e.name, o.attributes, e.attributes, o.version, o.scope,
    o.context
FROM events e CROSS JOIN origins o ON o.id = e.origin
WHERE e.id > ? AND e.id <= ? AND e.time_ns > ? ORDER BY e.id LIMIT ?"""

_INCREMENTS = """\
SELECT i.id, i.time_ns, i.start_ns, i.value, i.total, i.series,
    s.service, s.metric, s.unit, s.attributes, s.version, s.scope, s.context
FROM increments i CROSS JOIN series s ON s.id = i.series
WHERE i.id > ? AND i.id <= ? AND i.time_ns > ? ORDER BY i.id LIMIT ?"""

_Increment = tuple[int, int, int, float, float | None, int, str, str, str, str, str, str, str]

_MAX_ID = 2**63 - 1


class Batch(NamedTuple):
    """Records of one signal, up to the id `to`; `in_doubt`: the stack may have them."""

    signal: OutboxSignal
    to: int
    in_doubt: bool
    events: list[Event]
    points: list[Point]


class Outbox:
    """The sender's side of the SQLite file. Every method raises BadDatabase."""

    def __init__(self, path: Path, after_ns: int) -> None:
        """Only records after that time are given out: the stack takes no older ones."""
        self._path = path
        self._after_ns = after_ns
        self._connection = open_to_write(path)

    @property
    def mark(self) -> int:
        """The mark that identifies the stack that was sent to last; 0 where there was none."""
        return self._number("SELECT mark FROM stack")

    @mark.setter
    def mark(self, mark: int) -> None:
        self._change("UPDATE stack SET mark = ?", mark)

    def heard_ns(self, now_ns: int) -> int:
        """Return the last time up to now at which a recorder listened, by its heartbeats.

        Later ones are of a clock that was ahead.
        """
        return self._number("SELECT ifnull(max(to_ns), 0) FROM listening WHERE to_ns <= ?", now_ns)

    def start_over(self) -> None:
        """Another stack: nothing is known to be there, and any event may be."""
        self._change("UPDATE backlog SET sent = 0, sending = 0")
        self._change(
            "UPDATE backlog SET sending = (SELECT ifnull(max(id), 0) FROM events) "
            "WHERE signal = 'events'"
        )

    def waiting(self) -> int:
        """Records that will be given out."""
        return self._count(">")

    def too_old(self) -> int:
        """Records that were not sent and never will be."""
        return self._count("<=")

    def next(self, signal: OutboxSignal) -> Batch | None:
        """Return the next batch of the signal; None where the stack has all."""
        with translate_errors(self._path):
            ((sent, sending),) = self._connection.execute(
                "SELECT sent, sending FROM backlog WHERE signal = ?", (signal,)
            )
            in_doubt = sending > sent
            parameters = (sent, sending if in_doubt else _MAX_ID, self._after_ns, 2 * SENT_AT_ONCE)
            text = _EVENTS if signal == "events" else _INCREMENTS
            rows = _of_whole_times(self._connection.execute(text, parameters).fetchall())
        if not rows:
            if in_doubt:
                self._change("UPDATE backlog SET sending = sent WHERE signal = ?", signal)
                return self.next(signal)
            return None
        if signal == "events":
            return Batch(signal, rows[-1][0], in_doubt, [event_of_row(row[1:]) for row in rows], [])
        return Batch(signal, rows[-1][0], in_doubt, [], _points(rows))

    def begin(self, batch: Batch) -> None:
        """Say that the batch is about to be sent."""
        self._change(
            "UPDATE backlog SET sending = max(sending, ?) WHERE signal = ?", batch.to, batch.signal
        )

    def done(self, batch: Batch) -> None:
        """Say that the stack has taken the batch; ids deleted meanwhile may be given again."""
        self._change(
            "UPDATE backlog SET sent = min(?, sending) WHERE signal = ?", batch.to, batch.signal
        )

    def close(self) -> None:
        self._connection.close()

    def _count(self, comparison: str) -> int:
        return sum(
            self._number(
                f"SELECT count(*) FROM {signal} INDEXED BY {index} WHERE time_ns {comparison} ? "
                "AND id > (SELECT sent FROM backlog WHERE signal = ?)",
                *(self._after_ns, signal),
            )
            for signal, index in _BY_TIME.items()
        )

    def _number(self, text: str, *parameters: str | int) -> int:
        with translate_errors(self._path):
            return int(self._connection.execute(text, parameters).fetchone()[0])

    def _change(self, text: str, *parameters: str | int) -> None:
        with translate_errors(self._path), transaction(self._connection):
            self._connection.execute(text, parameters)


def clamp_to_last_id(connection: sqlite3.Connection) -> None:
    """Lower the ids sent to the last one there is: ids deleted from the end are given again."""
    for signal in SIGNALS:
        connection.execute(
            "UPDATE backlog SET sent = min(sent, top), sending = min(sending, top) "
            f"FROM (SELECT ifnull(max(id), 0) AS top FROM {signal}) WHERE signal = ?",
            (signal,),
        )


def _of_whole_times(rows: list[Any]) -> list[Any]:
    """The first rows, a batch and what else has the time of its last: equal ones stay together."""
    end = SENT_AT_ONCE
    while end < len(rows) and rows[end][1] == rows[end - 1][1]:
        end += 1
    return rows[:end]


def _points(rows: Iterable[_Increment]) -> list[Point]:
    """The increments as cumulative points, a point for each stream and time.

    What a client sent as cumulative is the point that it was: its stream may go on elsewhere.
    Deltas become a stream of this batch alone, told by an attribute from all others that add up
    to the same counter; sent again it is the same.
    """
    ordered = sorted(rows, key=lambda row: row[1])
    batch = str(min(row[0] for row in ordered))
    sums: defaultdict[int, float] = defaultdict(float)
    starts: dict[int, int] = {}
    points = {}
    for _, time_ns, start_ns, value, total, series, *rest in ordered:
        service, metric, unit, text, version, scope, context = rest
        attributes = json.loads(text)
        if total is None:
            sums[series] += value
            start_ns, total = starts.setdefault(series, start_ns), sums[series]
            attributes["backfill"] = batch
        metric = unqualified(scope, service, metric)
        points[series, start_ns, time_ns] = Point(
            *(time_ns, start_ns, service, metric, unit, True),
            value=total,
            attributes=attributes,
            version=version,
            scope=scope,
            context=context_without_service(context),
        )
    return sorted(points.values(), key=_metric)


def _metric(point: Point) -> tuple[str, ...]:
    """Return the fields that points of one metric share in a request."""
    context = canonical(point.context)
    return point.service, point.version, point.scope, context, point.metric, point.unit
