"""What fired, kept in a file of the program's own: what holds is told once, also after a restart.

The file is small and only its owner can read it; one that cannot be read is ignored, one that
cannot be written is left as it is.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, cast

from ccotel_tui.local.private_file import replace_private
from ccotel_tui.query.rules.rules import AlertKey

MOST_FIRED = 200
"""Entries that are kept, the newest, beside all that hold: dropped, they would be told again."""

_LONGEST_FILE = 400_000


class Fired(NamedTuple):
    """A rule that began to hold, in the words in which that was told.

    Times are Unix nanoseconds; `cleared_ns` is None for as long as it holds.
    """

    key: AlertKey
    text: str
    fired_ns: int
    cleared_ns: int | None = None


class FiredHistory:
    """Entries in order of time, those of one file, or of nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.entries: Sequence[Fired] = self._read()

    def update(self, holding: Mapping[AlertKey, str], now_ns: int) -> list[Fired]:
        """Take what holds now, in words, and return what begins to.

        What no longer holds is cleared: it may fire again.
        """
        entries = [
            entry._replace(cleared_ns=now_ns)
            if entry.cleared_ns is None and entry.key not in holding
            else entry
            for entry in self.entries
        ]
        is_held = {entry.key for entry in entries if entry.cleared_ns is None}
        new = [Fired(key, text, now_ns) for key, text in holding.items() if key not in is_held]
        self._replace([*entries, *new])
        return new

    def add(self, key: AlertKey, text: str, now_ns: int) -> Fired:
        """Take what is told once and holds for no time that is followed, and return it."""
        entry = Fired(key, text, now_ns, now_ns)
        self._replace([*self.entries, entry])
        return entry

    def _replace(self, entries: Sequence[Fired]) -> None:
        if entries == self.entries:
            return
        cleared = [entry for entry in entries if entry.cleared_ns is not None]
        dropped = cleared[: max(0, len(entries) - MOST_FIRED)]
        self.entries = [entry for entry in entries if entry not in dropped]
        if self._path is not None:
            with suppress(OSError, ValueError):
                replace_private(self._path, json.dumps({"fired": self.entries}))

    def _read(self) -> list[Fired]:
        if self._path is None:
            return []
        try:
            with self._path.open(encoding="utf-8") as file:
                document = json.loads(file.read(_LONGEST_FILE))
        except (OSError, ValueError, RecursionError):
            return []
        fired = document.get("fired") if isinstance(document, dict) else None
        return [e for value in fired if (e := _entry(value))] if isinstance(fired, list) else []


def _entry(value: Any) -> Fired | None:
    match value:
        case [[str(), str(), str()] as key, str(text), int(fired_ns), int() | None as cleared_ns]:
            return Fired(cast("AlertKey", tuple(key)), text, fired_ns, cleared_ns)
        case _:
            return None
