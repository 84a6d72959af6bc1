"""The recorder's side of the SQLite file."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from ccotel_tui.store import changes, deletion, listening
from ccotel_tui.store.connection import open_to_write, undamaged
from ccotel_tui.store.origins import Origin, parted
from ccotel_tui.store.rows import (
    EVENT_COLUMNS,
    SERIES_COLUMNS,
    Column,
    event_row,
    places,
    series_row,
)
from ccotel_tui.store.temporality import Last, increment
from ccotel_tui.store.transaction import transaction
from ccotel_tui.telemetry.records import Event, Point, Record
from ccotel_tui.telemetry.vocabulary import VARYING

KEPT_DAYS = 400
KEPT_BYTES = 2_000_000_000

_DAY_NS = 86_400 * 1_000_000_000

_SELDOM = 1000
"""An attribute of more values than this is not one that seldom changes."""

_ORIGIN = """\
SELECT id FROM origins WHERE service = ? AND version = ? AND attributes = ? AND names = ?"""

_NEW_ORIGIN = """\
INSERT INTO origins (service, version, attributes, names) VALUES (?, ?, ?, ?) RETURNING id"""

_NEW_EVENT = f"INSERT OR IGNORE INTO events ({EVENT_COLUMNS}) VALUES ({places(EVENT_COLUMNS)})"
_NEW_SERIES = f"""\
INSERT INTO series ({SERIES_COLUMNS}) VALUES ({places(SERIES_COLUMNS)}) RETURNING id"""
_NEW_INCREMENT = """\
INSERT OR IGNORE INTO increments (series, time_ns, start_ns, value, total)
VALUES (?, ?, ?, ?, ?)"""


class Database:
    """The recorder's side: what is appended is on the disk when `append` returns.

    Every method raises BadDatabase where the file turns out to be damaged.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made with user-only permissions where there is none.

        Raises BadDatabase.
        """
        self._path = path
        self._heard_ns: int | None = None
        self._varying = set(VARYING)
        self._origins: dict[Origin, int] = {}
        self._values: defaultdict[str, set[int]] = defaultdict(set)
        self._connection = open_to_write(path)

    def append(self, records: Iterable[Record], now_ns: int | None = None) -> None:
        """Keep the records, all or none; one that is kept already changes nothing.

        `now_ns`, where it is given, is a sign that somebody listens.
        """
        with undamaged(self._path), transaction(self._connection):
            times = []
            self._origins.clear()
            for record in records:
                times.append(record.time_ns)
                if isinstance(record, Event):
                    self._append_event(record)
                else:
                    self._append_point(record)
            if times:
                changes.tell(self._connection, min(times), max(times))
            if now_ns is not None:
                listening.sign(self._connection, now_ns, self._heard_ns)
        if now_ns is not None:
            self._heard_ns = now_ns

    def listen(self, now_ns: int, begins: bool = False) -> None:
        """Say that somebody listens: when that begins, every 30 s, and when it ends."""
        if begins:
            self._heard_ns = None
        self.append((), now_ns)

    def retain(self, now_ns: int, days: int = KEPT_DAYS, size: int = KEPT_BYTES) -> bool:
        """Delete a batch of what is too old, or the oldest of too many bytes.

        Call it again while it returns True: there may be more.
        """
        with undamaged(self._path):
            more = deletion.delete_oldest(self._connection, now_ns - days * _DAY_NS)
            if not more and self._size() > size:
                more = deletion.delete_oldest(self._connection, now_ns)
            if not more:
                silence_ns = max(days * _DAY_NS, deletion.LONGEST_SILENCE_NS)
                deletion.delete_ended_streams(self._connection, now_ns - silence_ns)
        return more

    def close(self) -> None:
        self._connection.close()

    def _size(self) -> int:
        """Bytes of the pages that are in use."""
        pages, free, bytes_a_page = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * bytes_a_page)

    def _append_event(self, event: Event) -> None:
        origin, own = parted(event.service, event.version, event.attributes, self._varying)
        row = event_row(event, self._origin(origin), own)
        self._connection.execute(_NEW_EVENT, row)

    def _origin(self, origin: Origin) -> int:
        if origin in self._origins:
            return self._origins[origin]
        known = self._connection.execute(_ORIGIN, origin).fetchone()
        if known is None:
            for name, value in json.loads(origin.attributes).items():
                self._values[name].add(hash(str(value)))
                if len(self._values[name]) > _SELDOM:
                    self._varying.add(name)
            known = self._connection.execute(_NEW_ORIGIN, origin).fetchone()
        self._origins[origin] = int(known[0])
        return self._origins[origin]

    def _append_point(self, point: Point) -> None:
        row = series_row(point)
        value = self._grown(int(row[0] or 0), point) if point.cumulative else point.value
        if value is not None and value > 0:
            self._connection.execute(
                _NEW_INCREMENT,
                (
                    *(self._series(row), point.time_ns, point.start_ns, value),
                    point.value if point.cumulative else None,
                ),
            )

    def _series(self, row: tuple[Column, ...]) -> int:
        known = self._connection.execute(
            "SELECT id FROM series WHERE identity = ?", row[:1]
        ).fetchone()
        if known is None:
            known = self._connection.execute(_NEW_SERIES, row).fetchone()
        return int(known[0])

    def _grown(self, identity: int, point: Point) -> float | None:
        held = self._connection.execute(
            "SELECT time_ns, value FROM streams WHERE identity = ? AND start_ns = ?",
            (identity, point.start_ns),
        ).fetchone()
        seen = Last(point.time_ns, point.value)
        grown = increment(Last(*held) if held else None, seen)
        if grown is not None:
            self._connection.execute(
                "INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?)",
                (identity, point.start_ns, *seen),
            )
        return grown
