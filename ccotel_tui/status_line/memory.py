"""What was handed on of each session last: a small private file a session."""

import json
import os
import time
from _blake2 import blake2b  # without `hashlib`, which loads all of OpenSSL
from collections.abc import Mapping
from contextlib import suppress

from ccotel_tui.local.private_file import replace_private
from ccotel_tui.telemetry.status_line import Scalar

REPEAT_AFTER = 60.0
"""Seconds after which what has not changed is handed on again."""

_KEPT_DAYS = 30
_LARGEST = 65_536


def handed_on_folder(database: str | os.PathLike[str]) -> str:
    """Return the folder of these files of a store: beside it."""
    return f"{os.fspath(database)}.handed-on"


class HandedOn:
    """The file of one session in a folder of them, which is made for the first."""

    def __init__(self, folder: str | os.PathLike[str], session_id: str) -> None:
        # The id is anybody's text, and may be no name of a file.
        name = blake2b(session_id.encode(errors="replace"), digest_size=16).hexdigest()
        self._folder = folder
        self._path = os.path.join(folder, f"{name}.json")

    def is_due(self, fields: Mapping[str, Scalar], now: float) -> bool:
        """Return whether one of the fields has changed, or enough time has gone (Unix seconds)."""
        try:
            with open(self._path, encoding="utf-8") as file:
                last = json.loads(file.read(_LARGEST))
            return last["fields"] != fields or not 0 <= now - last["at"] < REPEAT_AFTER
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return True

    def write(self, fields: Mapping[str, Scalar], now: float) -> None:
        """Put the fields into the file. Where that fails they are handed on once more."""
        with suppress(OSError, ValueError):
            if not os.path.exists(self._path):
                os.makedirs(self._folder, mode=0o700, exist_ok=True)
                delete_older(self._folder, time.time() - _KEPT_DAYS * 86_400)
            replace_private(self._path, json.dumps({"at": now, "fields": fields}))

    def forget(self) -> None:
        """Delete the file, where there is one. Raises OSError."""
        with suppress(FileNotFoundError):
            os.unlink(self._path)


def delete_older(folder: str | os.PathLike[str], before: float) -> None:
    """Delete the files that were written before then (Unix seconds). Raises OSError."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < before:
                    os.unlink(entry)
