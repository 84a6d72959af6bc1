"""The recorder's connection, which stays with the path: made anew where another file is there."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from ccotel_tui.errors import NotStored
from ccotel_tui.sentences import Sentence
from ccotel_tui.store.file.connection import open_database
from ccotel_tui.store.file.faults import translate_errors
from ccotel_tui.store.file.place import FilePlace, files, place, set_aside_log

_WAIT_MS = 5000
"""Shorter than a client waits for its acknowledgement."""

_SETTLE_WAIT_MS = 1000


class OpenFile:
    """A file that may be deleted, moved or replaced at any time, by somebody else."""

    def __init__(self, path: Path, tell: Callable[[FilePlace], object]) -> None:
        """Open or make it; `tell` is told which file it is before anything is written to it.

        Raises BadDatabase.
        """
        self._path = path
        self._tell = tell
        self._connection: sqlite3.Connection | None = None
        self._suspect = False
        self._place: FilePlace | None = None
        self._left: FilePlace | None = None
        self.openings = 0
        self._open()

    @property
    def in_place(self) -> bool:
        """True while what was written last is in the file at the path."""
        return self._connection is not None and place(self._path) == self._place

    def connection(self) -> sqlite3.Connection:
        """A connection to the file that is at the path now. Raises BadDatabase."""
        if self._connection is not None and not self.in_place:
            self._settle(self._connection)
        if self._connection is None or self._suspect:
            self.close()
            return self._open()
        return self._connection

    def suspect(self) -> None:
        """Have the file opened anew before it is used again: it failed."""
        self._suspect = True

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        with translate_errors(self._path):
            if self._left is not None:
                self._clear(self._left)
            elif self._place is not None:
                # It was closed because it failed, and another may have come since.
                set_aside_log(self._path, self._place)
        connection, self._place = open_database(self._path)
        self._left = None
        self._tell(self._place)
        connection.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        self._connection, self._suspect = connection, False
        self.openings += 1
        return connection

    def _settle(self, connection: sqlite3.Connection) -> None:
        """Leave a file that is not at the path any more, or has lost what lay beside it.

        What its log holds goes into it first, wherever it is now. Raises BadDatabase.
        """
        with translate_errors(self._path):
            connection.execute(f"PRAGMA busy_timeout = {_SETTLE_WAIT_MS}")
            checkpoint = "PRAGMA wal_checkpoint(FULL)"
            (_, frames, written) = connection.execute(checkpoint).fetchone()
        if frames != written:
            form = (
                "{path} was replaced or lost its log, and somebody still reads what it was. End "
                "who reads it, and recording goes on."
            )
            raise NotStored("replaced", Sentence("store_still_read", form, path=str(self._path)))
        self._left = self._place
        self.close()

    def _clear(self, left: FilePlace) -> None:
        """Take away what is left of it: that is not the log of what is at the path now.

        The shared memory goes with the log that it is an index of, also where somebody made it
        anew: beside another log, SQLite would take it for that one's.
        """
        _, log, shared = files(self._path)
        now = place(self._path)
        log_is_left = now.log is not None and now.log == left.log
        if log_is_left:
            os.unlink(log)
        if now.shared is not None and (log_is_left or now.shared == left.shared):
            os.unlink(shared)
