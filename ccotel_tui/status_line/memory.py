"""What was handed on of each session last: a small private file a session."""

import json
import os
import time
from _blake2 import blake2b  # without `hashlib`, which loads all of OpenSSL
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ccotel_tui.local.private_file import replace_private
from ccotel_tui.telemetry.status_line import Scalar

REPEAT_AFTER = 60.0
"""Seconds after which what has not changed is handed on again."""

_KEPT_DAYS = 30
_LARGEST = 65_536


class HandedOn:
    """The file of one session in a folder of them, which is made for the first."""

    def __init__(self, folder: Path, session_id: str) -> None:
        # The id is anybody's text, and may be no name of a file.
        name = blake2b(session_id.encode(errors="replace"), digest_size=16).hexdigest()
        self._path = folder / f"{name}.json"

    def is_due(self, fields: Mapping[str, Scalar], now: float) -> bool:
        """Return whether one of the fields has changed, or enough time has gone (Unix seconds)."""
        try:
            with self._path.open(encoding="utf-8") as file:
                last = json.loads(file.read(_LARGEST))
            return last["fields"] != fields or not 0 <= now - last["at"] < REPEAT_AFTER
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return True

    def write(self, fields: Mapping[str, Scalar], now: float) -> None:
        """Put the fields into the file. Where that fails they are handed on once more."""
        with suppress(OSError, ValueError):
            if not self._path.exists():
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _delete_old(self._path.parent)
            replace_private(self._path, json.dumps({"at": now, "fields": fields}))


def _delete_old(folder: Path) -> None:
    before = time.time() - _KEPT_DAYS * 86_400
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < before:
                    os.unlink(entry)
