"""Names and folders of sessions that ran on this machine, kept when they have ended.

A small JSON file that only its owner can read. It holds nothing else of what Claude Code's own
files say; one that cannot be read is ignored, one that cannot be written is left as it is.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ccotel_tui.local.private_file import replace_private

MOST_SESSIONS = 2000
"""Sessions that are kept, the newest."""

_LONGEST_FILE = 4_000_000
_LONGEST_TEXT = 1024
"""Characters of a name or a path that are kept."""


class Remembered(NamedTuple):
    """The name and folder of a session, and when it was last seen to run (Unix ms)."""

    name: str
    folder: str
    seen_ms: int


class SessionMemory:
    """The sessions of one file, by their ids."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = path

    def read(self) -> dict[str, Remembered]:
        """Return what the file holds, nothing where it is not there or not as it should be."""
        try:
            with open(self._path, encoding="utf-8") as file:
                body = json.loads(file.read(_LONGEST_FILE))
        except (OSError, ValueError, RecursionError):
            return {}
        sessions = body.get("sessions") if isinstance(body, dict) else None
        entries = sessions.items() if isinstance(sessions, dict) else ()
        return {session_id: entry for session_id, value in entries if (entry := _entry(value))}

    def add(self, sessions: Mapping[str, Remembered]) -> dict[str, Remembered]:
        """Put these into the file beside what others put there, and return all that it holds."""
        return self._write(self.read() | dict(sessions))

    def forget(self, session_id: str, before_ms: int) -> None:
        """Take out the session, and all that were seen to run before then and not since."""
        read = self.read()
        left = {
            id: entry
            for id, entry in read.items()
            if id != session_id and entry.seen_ms >= before_ms
        }
        if left != read:
            self._write(left)

    def _write(self, merged: Mapping[str, Remembered]) -> dict[str, Remembered]:
        """Write the newest of them into the file, and return those."""
        by_age = sorted(merged.items(), key=lambda item: (item[1].seen_ms, item[0]))
        remembered = dict(by_age[-MOST_SESSIONS:])
        try:
            replace_private(self._path, json.dumps({"sessions": remembered}))
        except (OSError, ValueError):
            # The names are still known to this process.
            return remembered
        return remembered


def _entry(value: Any) -> Remembered | None:
    match value:
        case [str(name), str(folder), int(seen_ms)]:
            return Remembered(name[:_LONGEST_TEXT], folder[:_LONGEST_TEXT], seen_ms)
        case _:
            return None
