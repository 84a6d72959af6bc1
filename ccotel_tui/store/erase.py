"""Forgetting on request, beside a recorder that runs, and so that no byte of it stays."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ccotel_tui.store.file.connection import open_to_write
from ccotel_tui.store.file.faults import translate_errors
from ccotel_tui.store.retention import delete_oldest, delete_session

_INDEXES = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"

_TURN = 0.05
"""Seconds between two batches, in which a recorder that waits for the file gets its turn."""


def forget_older(path: Path, before_ns: int) -> bool:
    """Delete all from before then; whether no byte of it stays. Raises BadDatabase."""
    return _forget(path, lambda connection: delete_oldest(connection, before_ns))


def forget_session(path: Path, session_id: str) -> bool:
    """Delete all of a session; whether no byte of it stays. Raises BadDatabase.

    A session that goes on is kept from here on.
    """
    return _forget(path, lambda connection: delete_session(connection, session_id))


def _forget(path: Path, delete: Callable[[sqlite3.Connection], bool]) -> bool:
    with closing(open_to_write(path)) as connection, translate_errors(path):
        while delete(connection):
            time.sleep(_TURN)
        # A page that was split keeps a copy of what moved away, which no deletion reaches.
        for (index,) in connection.execute(_INDEXES).fetchall():
            connection.execute(f"REINDEX {index}")
            time.sleep(_TURN)
        connection.executescript("PRAGMA incremental_vacuum")
        # The log beside the file holds pages as they were; somebody who reads may keep it so.
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
