"""One connection to the file at a path, which reads it in snapshots."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any

from ccotel_tui.errors import BadDatabase, SourceUnavailable, sentence
from ccotel_tui.query.embedded.bucket_cache import BucketCache
from ccotel_tui.sentences import Sentence
from ccotel_tui.store import change_log
from ccotel_tui.store.file.connection import connect, empty_database
from ccotel_tui.store.file.place import FilePlace, place

_STEPS_BETWEEN_CHECKS = 1_000_000
"""Steps of SQLite, some 10 ms, from one check whether the reader has left to the next."""


class StoreReader:
    """Runs SQL on the file that is at the path, also where that is replaced by another.

    `cache` holds what was read of times and sessions that no commit has touched since; `state`
    changes with every commit. Both are right inside a snapshot. Not for two threads at once, but
    for `changes`, the file's change feed.
    """

    def __init__(self, path: Path, cancelled: Event) -> None:
        """Raises BadDatabase; a file that is not there yet reads as one without records."""
        self._path = path
        self._cancelled = cancelled
        self._in_snapshot = False
        self._files_opened = 0
        self.state: tuple[int, int] = (0, 0)
        self.changes = StoreChanges(path)
        self._open()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the store in the block; one inside another is the same."""
        if self._in_snapshot:
            yield self._connection
            return
        self._reopen_if_replaced()
        self.run("BEGIN")
        self._in_snapshot = True
        try:
            self.cache.invalidate(change_log.since(self._connection, self.cache.last_change))
            [(version,)] = self.run("PRAGMA data_version")
            self.state = self._files_opened, version
            yield self._connection
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        finally:
            self._in_snapshot = False
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")

    def run_in_snapshot(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        """Run the calls one after the other on one state of the store."""
        with self.snapshot():
            return [call() for call in calls]

    def run(self, text: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        """Return the rows of a statement. Raises SourceUnavailable."""
        if self._cancelled.is_set():
            raise SourceUnavailable("The reader has moved on.")
        try:
            rows: list[Any] = self._connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        return rows

    def close(self) -> None:
        self._connection.close()
        with self.changes.closed():
            pass

    def _open(self) -> None:
        with self.changes.closed():
            self._connection, self.changes.place = open_file(self._path)
        self._connection.set_progress_handler(self._cancelled.is_set, _STEPS_BETWEEN_CHECKS)
        self._files_opened += 1
        self.cache = BucketCache()

    def _reopen_if_replaced(self) -> None:
        if place(self._path) == self.changes.place:
            return
        self._connection.close()
        try:
            self._open()
        except BadDatabase as error:
            raise SourceUnavailable(sentence(error)) from error

    def _unreadable(self, error: sqlite3.Error) -> SourceUnavailable:
        form = "{path} cannot be read: {error}."
        return SourceUnavailable(
            Sentence("store_unreadable", form, path=str(self._path), error=str(error))
        )


class StoreChanges:
    """The change feed of the file that a reader has open, on a connection of its own.

    It has none while the reader moves on to another file. SQLite keeps the shared memory of a
    database until a process has closed its last connection to it, and would read by it whatever
    log lies there since.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._using = Lock()
        self.place: FilePlace | None = None
        """The file that the reader has open; None while it has none."""

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Have no connection in the block, in which the reader may open another file."""
        with self._using:
            self.place = None
            self._close()
            yield

    def version(self) -> int:
        """Return a number that changes with each commit, and with the file; any thread may ask."""
        current = place(self._path)
        if not self._using.acquire(blocking=False):
            return hash(current)
        try:
            if self.place not in (None, current):
                # The reader is to be the first to open it.
                self._close()
                return hash(current)
            if self._connection is None:
                self._connection, _ = open_file(self._path)
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            return hash((version, current))
        except (BadDatabase, sqlite3.Error):
            # The next query says what is wrong with the file.
            return hash(current)
        finally:
            self._using.release()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def open_file(path: Path) -> tuple[sqlite3.Connection, FilePlace]:
    """Open what is at the path and say which file that is; without one the store is empty.

    Raises BadDatabase.
    """
    connection = connect(path) if path.exists() else empty_database()
    return connection, place(path)
