"""The file of the recorder's lock: whether one runs, and what its first line says, as JSON.

Apart from `ccotel_tui.recorder.lock` for the sake of `line`: it imports little.
"""

import json
import os
import time
from contextlib import suppress
from typing import Any

from ccotel_tui.local.locks import opened_if_locked

SILENCE_TIMEOUT = 10.0
"""Seconds without a heartbeat after which a recorder does not record: it was stopped, or hangs."""

_LARGEST_STATE = 64 * 1024
"""Bytes."""

_READS = 5
"""A state that is being written while it is read is read anew, so often at most."""


def lock_file_of(database: str | os.PathLike[str]) -> str:
    """Return the path of the lock of this database's recorder."""
    return f"{os.fspath(database)}.lock"


def read_document(database: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Return the state that the recorder of this database has written, None where none runs.

    `silent` is counted now. It is empty where a recorder has just begun. Raises BadDatabase where
    the file cannot be opened, as one of root's after a recorder under sudo.
    """
    file = lock_file_of(database)
    try:
        with opened_if_locked(file) as descriptor:
            return None if descriptor is None else document_in(descriptor)
    except OSError as error:
        from pathlib import Path

        from ccotel_tui.store.file.faults import fault

        raise fault(Path(file), error) from error


def document_in(descriptor: int) -> dict[str, Any]:
    """Return the same of the open file, whoever has its lock."""
    for _ in range(_READS):
        line = os.pread(descriptor, _LARGEST_STATE, 0).split(b"\n")[0]
        # A recorder that has just taken the lock has not written anything yet.
        with suppress(ValueError):
            document = json.loads(line)
            if isinstance(document, dict):
                return {**document, "silent": _silence(descriptor)}
    return {}


def _silence(descriptor: int) -> float:
    """Return the seconds since the last heartbeat; 0 where that is not too long ago."""
    silence = time.monotonic() - os.fstat(descriptor).st_mtime
    return silence if silence > SILENCE_TIMEOUT else 0.0
