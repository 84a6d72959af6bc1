"""The SQLite file: opened to write by one recorder, to read by anybody."""

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from ccotel_tui.errors import NotStored
from ccotel_tui.sentences import Sentence
from ccotel_tui.store.file.faults import translate_errors
from ccotel_tui.store.file.place import FilePlace, place
from ccotel_tui.store.file.uri import sqlite_uri
from ccotel_tui.store.file.version import STORE_VERSION, file_version


def open_to_write(path: Path) -> sqlite3.Connection:
    """A connection that writes, the file made or brought to this version where need be.

    Raises BadDatabase.
    """
    return open_database(path)[0]


def open_database(path: Path) -> tuple[sqlite3.Connection, FilePlace]:
    """The same, and which file was opened. Raises BadDatabase."""
    # Imported late: who only reads needs no script of a migration.
    from ccotel_tui.store.file.schema import migrate

    with translate_errors(path):
        made = _made(path)
        # Read first: what writes applies to the file whatever log lies beside it.
        _connected_to_read(path).close()
        connection = _connected(path, "rw")
        try:
            migrate(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What is deleted, or moved from one page to another, is not left where it was.
            connection.execute("PRAGMA secure_delete = ON")
            # The log beside it is there from the first look into it on.
            file_version(connection, path)
            if (there := place(path)).database != made:
                form = "{path} was replaced while it was opened: try again."
                raise NotStored("replaced", Sentence("store_replaced", form, path=str(path)))
        except BaseException:
            connection.close()
            raise
    return connection, there


def _made(path: Path) -> tuple[int, int]:
    """Device and inode of the file at the path, made where there is none.

    One that is there is not opened for it: to close a descriptor would drop the locks that SQLite
    holds on the file for other connections of this process.
    """
    file = Path(os.path.realpath(path))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    status = file.stat()
    if status.st_uid != os.geteuid():
        form = (
            "{path} belongs to another user (uid {uid}), who could read what is kept there. Name "
            "another file with --db."
        )
        words = Sentence("store_of_another_user", form, path=str(path), uid=status.st_uid)
        raise NotStored("not_ours", words)
    if not os.access(file, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, "no permission")
    return status.st_dev, status.st_ino


def connect(path: Path) -> sqlite3.Connection:
    """A connection that only reads. Raises BadDatabase."""
    with translate_errors(path):
        connection = _connected_to_read(path)
        if file_version(connection, path) < STORE_VERSION:
            connection.close()
            open_to_write(path).close()
            connection = _connected(path, "ro")
    return connection


def empty_database() -> sqlite3.Connection:
    """A connection to what a recorder would begin with."""
    from ccotel_tui.store.file.schema import migrate

    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        migrate(connection, "memory")
    except BaseException:
        connection.close()
        raise
    return connection


def _connected_to_read(path: Path) -> sqlite3.Connection:
    try:
        return _connected(path, "ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        # Who made or migrated the file was killed, or its disk turned read-only, in the middle of
        # that: only a connection that may write can take it back.
        _connected(path, "rw").close()
        return _connected(path, "ro")


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        sqlite_uri(path, mode),
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=10,
    )
    try:
        file_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection
