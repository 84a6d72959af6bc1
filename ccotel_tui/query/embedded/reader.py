"""One connection to the file at a path, which reads it in snapshots."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
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
    changes with every commit. Both are right inside a snapshot. Not for two threads at once.
    """

    def __init__(self, path: Path, cancelled: Event) -> None:
        """Raises BadDatabase; a file that is not there yet reads as one without records."""
        self._path = path
        self._cancelled = cancelled
        self._in_snapshot = False
        self._files_opened = 0
        self.state: tuple[int, int] = (0, 0)
        self._place: FilePlace | None
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

    def _open(self) -> None:
        self._connection, self._place = open_file(self._path)
        self._connection.set_progress_handler(self._cancelled.is_set, _STEPS_BETWEEN_CHECKS)
        self._files_opened += 1
        self.cache = BucketCache()

    def _reopen_if_replaced(self) -> None:
        if place(self._path) == self._place:
            return
        self._connection.close()
        # Until it is open: another file may be given the number of one that is not held open.
        self._place = None
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
    """The change feed of the file at a path, on a connection of its own."""

    def __init__(self, path: Path) -> None:
        """Raises BadDatabase."""
        self._path = path
        self._place: FilePlace | None
        self._connection, self._place = open_file(path)

    def version(self) -> int:
        """Return a number that changes with each commit, and with the file."""
        current = place(self._path)
        try:
            if current != self._place:
                self._connection.close()
                self._place = None
                self._connection, self._place = open_file(self._path)
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except (BadDatabase, sqlite3.Error):
            # The next query says what is wrong with the file.
            return hash(current)
        return hash((version, current))

    def close(self) -> None:
        self._connection.close()


def open_file(path: Path) -> tuple[sqlite3.Connection, FilePlace]:
    """Open what is at the path and say which file that is; without one the store is empty.

    Raises BadDatabase.
    """
    connection = connect(path) if path.exists() else empty_database()
    return connection, place(path)
