"""The SQLite file: appended to by one recorder, read by anybody."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ccotel_tui.errors import BadDatabase
from ccotel_tui.store.rows import EVENT_COLUMNS, SERIES_COLUMNS, event_row, series_row
from ccotel_tui.store.schema import check, migrate
from ccotel_tui.store.temporality import Last, increment
from ccotel_tui.telemetry.records import Event, Point, Record


class Database:
    """The recorder's side: what is appended is on the disk when `append` returns."""

    def __init__(self, path: Path) -> None:
        """Open the file, made with user-only permissions where there is none.

        Raises BadDatabase.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _explained(path):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10
            )
            try:
                migrate(self._connection, path)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
            except BaseException:
                self._connection.close()
                raise

    def append(self, records: Iterable[Record]) -> None:
        """Keep the records, all or none; one that is kept already changes nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for record in records:
                if isinstance(record, Event):
                    self._append_event(record)
                else:
                    self._append_point(record)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()

    def _append_event(self, event: Event) -> None:
        row = event_row(event)
        self._connection.execute(
            f"INSERT OR IGNORE INTO events ({EVENT_COLUMNS}) VALUES ({_places(row)})", row
        )

    def _append_point(self, point: Point) -> None:
        series = self._series(point)
        value = self._grown(series, point) if point.cumulative else point.value
        if value is not None and value > 0:
            self._connection.execute(
                "INSERT OR IGNORE INTO increments VALUES (?, ?, ?, ?)",
                (series, point.time_ns, point.start_ns, value),
            )

    def _series(self, point: Point) -> int:
        row = series_row(point)
        known = self._connection.execute(
            "SELECT id FROM series WHERE metric = ? AND attributes = ? AND service = ?",
            (row[1], row[-1], row[0]),
        ).fetchone()
        if known is None:
            known = self._connection.execute(
                f"INSERT INTO series ({SERIES_COLUMNS}) VALUES ({_places(row)}) RETURNING id", row
            ).fetchone()
        return int(known[0])

    def _grown(self, series: int, point: Point) -> float | None:
        held = self._connection.execute(
            "SELECT time_ns, value FROM streams WHERE series = ? AND start_ns = ?",
            (series, point.start_ns),
        ).fetchone()
        seen = Last(point.time_ns, point.value)
        grown = increment(Last(*held) if held else None, seen)
        if grown is not None:
            self._connection.execute(
                "INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?)",
                (series, point.start_ns, *seen),
            )
        return grown


def connect(path: Path) -> sqlite3.Connection:
    """A connection that only reads. Raises BadDatabase."""
    with _explained(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=10,
        )
        try:
            check(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def nothing() -> sqlite3.Connection:
    """A connection to what a recorder would begin with."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(connection, "memory")
    return connection


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise BadDatabase(
            f"{path} cannot be read as a database ({error}); it was not touched. "
            "Move it away, or name another file with --db."
        ) from error


def _places(row: tuple[object, ...]) -> str:
    return ", ".join("?" * len(row))
