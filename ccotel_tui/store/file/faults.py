"""Why a database cannot be opened, read or written: the reason as a word, and a sentence."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from ccotel_tui.errors import BadDatabase, NotStored
from ccotel_tui.sentences import Sentence, system_words

FaultReason = Literal[
    "disk_full",
    "read_only",
    "locked",
    "damaged",
    "not_ours",
    "replaced",
    "gone",
    "too_many_files",
    "disk_error",
]

STORE_FAULTS: dict[FaultReason, str] = {
    "disk_full": "There is no room left on the disk of {path}: make some, and it goes on.",
    "read_only": "{path} cannot be written ({error}): make it and its folder writable by you.",
    "locked": "Another program holds {path} locked: end it, and recording goes on.",
    "damaged": "{path} is damaged ({error}). Stop the recorder and move the file away: "
    "a new one is begun.",
    "not_ours": "{path} cannot be read as a database ({error}); it was not touched. "
    "Move it away, or name another file with --db.",
    "gone": "{path} cannot be made ({error}): make its folder, or name another file with --db.",
    "too_many_files": "{path} cannot be opened ({error}): raise the limit of open files.",
    "disk_error": "{path} cannot be written ({error}): look at the disk.",
}

_OF_SQLITE: dict[int, FaultReason] = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "not_ours",
    sqlite3.SQLITE_ERROR: "not_ours",
}

_OF_SYSTEM: dict[int, FaultReason] = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.ENOENT: "gone",
    errno.ENOTDIR: "gone",
    errno.EEXIST: "gone",
    errno.EISDIR: "not_ours",
    errno.EMFILE: "too_many_files",
    errno.ENFILE: "too_many_files",
}

_LOOKED_AT = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
"""Of these SQLite does not tell the cause."""


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Raise NotStored in place of what SQLite or the system say of the file."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        # Errors of the Python module itself carry no code.
        if isinstance(error, OSError) or hasattr(error, "sqlite_errorcode"):
            raise fault(path, error) from error
        raise


def fault(path: Path, error: Exception) -> NotStored:
    """Return the error of ours that this one means for the file at the path."""
    if path.is_dir():
        error = IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    reason = _reason(path, error)
    form = STORE_FAULTS[reason]
    why = system_words(error) if isinstance(error, OSError) else str(error)
    return NotStored(reason, Sentence(f"store_{reason}", form, path=str(path), error=why))


def reason_of(error: BadDatabase) -> str:
    """The word for it; a file that was refused by its content is not ours."""
    return error.reason if isinstance(error, NotStored) else "not_ours"


def _reason(path: Path, error: Exception) -> FaultReason:
    if isinstance(error, OSError):
        return _OF_SYSTEM.get(error.errno or 0, "disk_error")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _LOOKED_AT:
        return _by_looking(path)
    return _OF_SQLITE.get(code, "disk_error")


def _by_looking(path: Path) -> FaultReason:
    """Return the fault that the file and its folder show; the file is not opened for it."""
    try:
        folder = os.statvfs(path.parent)
        path.stat()
    except OSError as error:
        return _OF_SYSTEM.get(error.errno or 0, "disk_error")
    if not folder.f_bavail:
        return "disk_full"
    if folder.f_flag & os.ST_RDONLY or not os.access(path.parent, os.W_OK):
        return "read_only"
    return "disk_error"
