"""The identity of a database file, and whether an open one is still at its path.

Told by the system's record of each file alone: a second descriptor on the file, once closed, would
drop the locks that SQLite holds for this process.
"""

import os
import time
from typing import NamedTuple


class FilePlace(NamedTuple):
    """Device and inode of the database, its log and its shared memory; None for one not there."""

    database: tuple[int, int] | None
    log: tuple[int, int] | None
    shared: tuple[int, int] | None


def place(path: str | os.PathLike[str]) -> FilePlace:
    """Return the files that are at the path now."""
    return FilePlace(*map(_identity, files(path)))


def files(path: str | os.PathLike[str]) -> tuple[str, str, str]:
    """The database, its log and its shared memory, which are beside the file and not beside a link
    to it.
    """
    file = os.path.realpath(path)
    return file, f"{file}-wal", f"{file}-shm"


def set_aside_log(path: str | os.PathLike[str], left: FilePlace) -> str | None:
    """Keep under another name the log that a database had which is not at the path any more.

    `left` is what was there when it was open last. SQLite would write the log's pages into
    whatever file stands there now. Gives the new name where there is such a log.
    """
    _, log, shared = files(path)
    now = place(path)
    if now.log is None or now.log != left.log or now.database == left.database:
        return None
    if not os.path.getsize(log):
        return None
    set_aside = f"{log}.{time.time_ns()}"
    os.rename(log, set_aside)
    if now.shared is not None:
        os.unlink(shared)
    return set_aside


def logs_set_aside(path: str | os.PathLike[str]) -> list[str]:
    """The logs of former files at the path that were kept so, the oldest first."""
    _, log, _ = files(path)
    folder, name = os.path.split(log)
    numbers = (each.removeprefix(f"{name}.") for each in os.listdir(folder))
    return [f"{log}.{number}" for number in sorted(filter(str.isdecimal, numbers))]


def _identity(file: str) -> tuple[int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_dev, status.st_ino
