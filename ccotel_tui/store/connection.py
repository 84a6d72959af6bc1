"""The SQLite file: opened to write by one recorder, to read by anybody."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ccotel_tui.errors import BadDatabase
from ccotel_tui.store import schema

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def open_to_write(path: Path) -> sqlite3.Connection:
    """A connection that writes, the file made or brought to this version where need be.

    Raises BadDatabase.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _explained(path):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        # Read first: what writes applies to the file whatever log lies beside it.
        _connected(path, "ro").close()
        connection = _connected(path, "rw")
        try:
            schema.migrate(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What is deleted, or moved from one page to another, is not left where it was.
            connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """A connection that only reads. Raises BadDatabase."""
    with _explained(path):
        connection = _connected(path, "ro")
        if schema.check(connection, path) < len(schema.MIGRATIONS):
            connection.close()
            open_to_write(path).close()
            connection = _connected(path, "ro")
    return connection


def nothing() -> sqlite3.Connection:
    """A connection to what a recorder would begin with."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    schema.migrate(connection, "memory")
    return connection


@contextmanager
def undamaged(path: Path) -> Iterator[None]:
    """Raise BadDatabase where damage shows only while the file is read or written."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        # Errors of the Python module itself carry no code.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
            raise
        raise BadDatabase(
            f"{path} is damaged ({error}). Stop the recorder and move the file away: "
            "a new one is begun."
        ) from error


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=10,
    )
    try:
        schema.check(connection, path)
    except BaseException:
        connection.close()
        raise
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
