"""The recorder's side of the SQLite file."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ccotel_tui.errors import BadDatabase, NotStored
from ccotel_tui.sentences import Sentence
from ccotel_tui.store import change_log, coverage, retention
from ccotel_tui.store.clock import StoreClock, beat
from ccotel_tui.store.file.faults import translate_errors
from ccotel_tui.store.file.open_file import OpenFile
from ccotel_tui.store.file.place import FilePlace
from ccotel_tui.store.file.transaction import transaction
from ccotel_tui.store.rows import (
    EVENT_COLUMNS,
    SERIES_COLUMNS,
    SPAN_COLUMNS,
    Column,
    placeholders,
    repeat_identity,
    series_row,
    span_row,
    stored_event,
)
from ccotel_tui.store.shared_attributes import (
    SharedAttributes,
    context_of,
    service_alone,
    split_attributes,
)
from ccotel_tui.telemetry.conventions import VARYING
from ccotel_tui.telemetry.records import Attributes, Event, Point, Record, TraceSpan
from ccotel_tui.telemetry.temporality import Last, increment

KEPT_DAYS = 400
KEPT_BYTES = 2_000_000_000

_DAY_NS = 86_400 * 1_000_000_000

_TRIES = 3

_SELDOM = 1000
"""An attribute of more values than this is not one that seldom changes."""

_ORIGIN = """\
SELECT id FROM origins
WHERE service = ? AND version = ? AND scope = ? AND attributes = ? AND names = ? AND context = ?"""

_NEW_ORIGIN = """\
INSERT INTO origins (service, version, scope, attributes, names, context)
VALUES (?, ?, ?, ?, ?, ?) RETURNING id"""

_NEW_EVENT = (
    f"INSERT OR IGNORE INTO events ({EVENT_COLUMNS}) VALUES ({placeholders(EVENT_COLUMNS)})"
)
_NEW_SERIES = f"""\
INSERT INTO series ({SERIES_COLUMNS}) VALUES ({placeholders(SERIES_COLUMNS)}) RETURNING id"""
_SERIES = """\
SELECT id, context FROM series WHERE identity = ? AND context IN (?, ?) ORDER BY context = ?"""
_NEW_INCREMENT = """\
INSERT OR IGNORE INTO increments (series, time_ns, start_ns, value, total, repeat)
VALUES (?, ?, ?, ?, ?, ?)"""
_NEW_SPAN = f"INSERT OR IGNORE INTO spans ({SPAN_COLUMNS}) VALUES ({placeholders(SPAN_COLUMNS)})"


Numbering = Counter[tuple[object, ...]]
"""How many records of a request came so far, by what makes two of them equal."""


class Rejected(NamedTuple):
    """A count of the records of a request that cannot be kept, and why the first cannot."""

    records: int = 0
    reason: str = ""

    def and_then(self, more: "Rejected") -> "Rejected":
        """Return the sum for this part of a request and the next."""
        return Rejected(self.records + more.records, self.reason or more.reason)


class Database:
    """The recorder's side: what is appended is on the disk when `append` returns.

    It is in the file at the path then, whatever became of the one that was opened. Every method
    raises BadDatabase where the file cannot take what it is given, and may be called again.
    """

    def __init__(
        self,
        path: Path,
        most_bytes: int = KEPT_BYTES,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        tell_place: Callable[[FilePlace], object] = lambda _: None,
    ) -> None:
        """Open the file, made with user-only permissions where there is none.

        `tell_place` is told which file is open, each time before it is written to. Raises
        BadDatabase.
        """
        self._path = path
        self._most_bytes = most_bytes
        self._monotonic_ns = monotonic_ns
        self._beat_ns: int | None = None
        self._heard_ns: int | None = None
        self._varying = set(VARYING)
        self._origins: dict[SharedAttributes, int] = {}
        self._values: defaultdict[str, set[int]] = defaultdict(set)
        self._numbering: Numbering = Counter()
        self._context: tuple[Attributes, str] = ({}, "")
        self._file = OpenFile(path, tell_place)
        self._connection = self._file.connection()
        self.clock: StoreClock | None = None
        self.deleted: Counter[str] = Counter()

    @property
    def openings(self) -> int:
        """The number of times the file was opened: what came before the last may be in another."""
        return self._file.openings

    @property
    def in_place(self) -> bool:
        """True while what was appended is in the file at the path; any thread may ask."""
        return self._file.in_place

    def append(self, records: Iterable[Record], now_ns: int | None = None) -> Rejected:
        """Keep the records of one request, as `append_requests` does."""
        return self.append_requests([records], now_ns)[0]

    def append_requests(
        self,
        requests: Sequence[Iterable[Record]],
        now_ns: int | None = None,
        numberings: Sequence[Numbering] | None = None,
    ) -> list[Rejected]:
        """Keep the records of these requests; one that is kept already changes nothing.

        Equal records of one request are distinct; the same request again is a repetition. A record
        that no database could hold is rejected alone. `now_ns`, where it is given, is a sign that
        somebody listens. A request may come in several parts, one after the other: each time with
        the same one of `numberings`, which begins empty.
        """
        numberings = numberings or [Counter() for _ in requests]
        for _ in range(_TRIES):
            with self._writing():
                times: list[int] = []
                self._origins.clear()
                rejected = []
                for records, self._numbering in zip(requests, numberings, strict=True):
                    rejected.append(self._append(records, times, now_ns))
                if times:
                    change_log.append(self._connection, min(times), max(times))
                if now_ns is not None:
                    coverage.record_heartbeat(self._connection, now_ns, self._heard_ns)
            # It may have been replaced since it was opened, and what is in another file is lost.
            if self._file.in_place:
                if now_ns is not None:
                    self._heard_ns = now_ns
                return rejected
            for numbering in numberings:
                numbering.clear()
        form = "{path} is replaced again and again: let it be."
        raise NotStored("replaced", Sentence("store_replaced_again", form, path=str(self._path)))

    def record_listening(self, now_ns: int, begins: bool = False) -> None:
        """Write down that somebody listens: when that begins, every 30 s, and when it ends."""
        if begins:
            self._heard_ns = None
        self.append((), now_ns)

    def beat(self, now_ns: int, listens: bool = False) -> StoreClock:
        """Write down a heartbeat, which tells whether the clock is believed.

        It is a sign that somebody listens, where that is so.
        """
        monotonic_ns = self._monotonic_ns()
        ran_ns = 0 if self._beat_ns is None else monotonic_ns - self._beat_ns
        with self._writing():
            self.clock = beat(self._connection, now_ns, ran_ns)
            if listens:
                coverage.record_heartbeat(self._connection, now_ns, self._heard_ns)
        self._beat_ns = monotonic_ns
        if listens:
            self._heard_ns = now_ns
        return self.clock

    def retain(self, now_ns: int, days: int = KEPT_DAYS) -> bool:
        """Delete a batch of what is too old, where the clock is believed, or of too many bytes.

        Call it again while it returns True: there may be more.
        """
        if self.beat(now_ns).wait_ns:
            return self.trim(now_ns)
        with self._using():
            more = retention.delete_oldest(self._connection, now_ns - days * _DAY_NS)
            if not more:
                silence_ns = max(days * _DAY_NS, retention.LONGEST_SILENCE_NS)
                retention.delete_ended_streams(self._connection, now_ns - silence_ns)
        return more or self.trim(now_ns)

    def trim(self, now_ns: int) -> bool:
        """Delete a batch of records while the file is too large; whether it was.

        What is dated more than a day ahead goes first, then the oldest.
        """
        with self._using():
            if self._size() <= self._most_bytes:
                return False
            ahead = 0
            if self.clock is not None and not self.clock.wait_ns:
                # A record of the sender's wrong clock would stay for ever, in history's place.
                ahead = retention.delete_latest(self._connection, now_ns + _DAY_NS)
                self.deleted["ahead"] += ahead
            oldest = 0 if ahead else retention.delete_first(self._connection)
            self.deleted["oldest"] += oldest
        return bool(ahead or oldest)

    def close(self) -> None:
        self._file.close()

    @contextmanager
    def _using(self) -> Iterator[None]:
        """Use the file that is at the path now."""
        self._connection = self._file.connection()
        try:
            with translate_errors(self._path):
                yield
        except BadDatabase:
            self._file.suspect()
            raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._using(), transaction(self._connection):
            yield

    def _size(self) -> int:
        """Bytes of the pages that are in use."""
        pages, free, bytes_a_page = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * bytes_a_page)

    def _append(self, records: Iterable[Record], times: list[int], now_ns: int | None) -> Rejected:
        rejected = Rejected()
        for record in records:
            try:
                if isinstance(record, Event):
                    self._append_event(record)
                elif isinstance(record, TraceSpan):
                    row = span_row(record, self._context_of(record))
                    self._connection.execute(_NEW_SPAN, row)
                    # No number is made of spans: what was summed of their time still holds.
                    continue
                else:
                    self._append_point(record, now_ns)
            except (ArithmeticError, ValueError) as error:
                reason = rejected.reason or f"a record that cannot be kept: {error}"
                rejected = Rejected(rejected.records + 1, reason)
            else:
                times.append(record.time_ns)
        return rejected

    def _repeat(self, *key: object) -> int:
        """Return how many equal records of this request came before this one."""
        repeat = self._numbering[key]
        self._numbering[key] = repeat + 1
        return repeat

    def _context_of(self, record: Record) -> str:
        """The record's context as JSON, made once for neighbours that share it."""
        held, text = self._context
        if held is not record.context or not text:
            text = context_of(record)
            self._context = record.context, text
        return text

    def _append_event(self, event: Event) -> None:
        origin, attributes = split_attributes(event, self._context_of(event), self._varying)
        row = stored_event(event, self._origin(origin), attributes)
        if repeat := self._repeat(*row[:2]):
            row = (row[0], repeat_identity(row[1], repeat), *row[2:])
        self._connection.execute(_NEW_EVENT, row)

    def _origin(self, origin: SharedAttributes) -> int:
        if origin in self._origins:
            return self._origins[origin]
        row = self._connection.execute(_ORIGIN, origin).fetchone()
        if row is None:
            for name, value in json.loads(origin.attributes).items():
                self._values[name].add(hash(str(value)))
                if len(self._values[name]) > _SELDOM:
                    self._varying.add(name)
            row = self._connection.execute(_NEW_ORIGIN, origin).fetchone()
        self._origins[origin] = int(row[0])
        return self._origins[origin]

    def _append_point(self, point: Point, now_ns: int | None) -> None:
        row = series_row(point, self._context_of(point))
        value = point.value
        if point.cumulative:
            value = self._grown(int(row[0] or 0), point, now_ns)
        if value > 0:
            series = self._series(row, service_alone(point))
            repeat = self._repeat(series, point.time_ns, point.start_ns, value)
            total = point.value if point.cumulative else None
            increment = (series, point.time_ns, point.start_ns, value, total, repeat)
            self._connection.execute(_NEW_INCREMENT, increment)

    def _series(self, row: tuple[Column, ...], service: str) -> int:
        """The id of the point's series; one whose context was not kept is given it."""
        identity, context = row[0], row[-1]
        rows = self._connection.execute(_SERIES, (identity, context, service, service)).fetchall()
        if not rows:
            (id,) = self._connection.execute(_NEW_SERIES, row).fetchone()
        else:
            id, former_context = rows[0]
            if former_context != context:
                self._connection.execute(
                    "UPDATE series SET context = ? WHERE id = ?", (context, id)
                )
        return int(id)

    def _grown(self, identity: int, point: Point, now_ns: int | None) -> float:
        """Return what the point's stream grew by, 0 where the point has nothing new."""
        held = self._connection.execute(
            "SELECT time_ns, value FROM streams WHERE identity = ? AND start_ns = ?",
            (identity, point.start_ns),
        ).fetchone()
        seen = Last(point.time_ns, point.value)
        grown = increment(Last(*held) if held else None, seen, now_ns)
        if grown is not None:
            self._connection.execute(
                "INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?)",
                (identity, point.start_ns, *seen),
            )
        return grown or 0.0
