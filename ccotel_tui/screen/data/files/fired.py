"""What fired, kept in a file of the program's own: what holds is told once, also after a restart.

The file is small and only its owner can read it; one that cannot be read is ignored, one that
cannot be written is left as it is.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ccotel_tui.local.private_file import replace_private

if TYPE_CHECKING:
    from ccotel_tui.query.rules.rules import AlertKey

MOST_FIRED = 200
"""Entries that are kept, the newest, beside all that hold: dropped, they would be told again."""

_LONGEST_FILE = 400_000


class Fired(NamedTuple):
    """A rule that began to hold, in the words in which that was told.

    Times are Unix nanoseconds; `cleared_ns` is None for as long as it holds.
    """

    key: "AlertKey"
    text: str
    fired_ns: int
    cleared_ns: int | None = None


class FiredHistory:
    """Entries in order of time, those of one file, or of nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._filed = self._read()
        """What this program read of the file, or wrote to it, last."""
        self.entries: Sequence[Fired] = self._filed

    def update(self, holding: "Mapping[AlertKey, str]", now_ns: int) -> list[Fired]:
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

    def add(self, key: "AlertKey", text: str, now_ns: int) -> Fired:
        """Take what is told once and holds for no time that is followed, and return it."""
        entry = Fired(key, text, now_ns, now_ns)
        self._replace([*self.entries, entry])
        return entry

    def forget(self, session_id: str, before_ns: int) -> None:
        """Take out what was told of the session, if one is named, and all from before then."""
        left = [entry for entry in self.entries if entry.fired_ns >= before_ns]
        self._replace([entry for entry in left if not session_id or entry.key[1] != session_id])

    def _replace(self, entries: Sequence[Fired]) -> None:
        if entries == self.entries:
            return
        if self._path is not None:
            entries = self._merged(entries)
        cleared = [entry for entry in entries if entry.cleared_ns is not None]
        dropped = cleared[: max(0, len(entries) - MOST_FIRED)]
        self.entries = [entry for entry in entries if entry not in dropped]
        if self._path is not None:
            self._filed = []
            with suppress(OSError, ValueError):
                replace_private(self._path, json.dumps({"fired": self.entries}))
                self._filed = self.entries

    def _merged(self, entries: Sequence[Fired]) -> Sequence[Fired]:
        """Return them with what others put into the file since, without what they took out."""
        filed = {_identity(entry): entry for entry in self._read()}
        before = set(map(_identity, self._filed))
        taken_out = before - filed.keys()
        left = [entry for entry in entries if _identity(entry) not in taken_out]
        put_in = filed.keys() - before - set(map(_identity, entries))
        return sorted([*left, *(filed[id] for id in put_in)], key=lambda entry: entry.fired_ns)

    def _read(self) -> Sequence[Fired]:
        if self._path is None:
            return []
        try:
            with self._path.open(encoding="utf-8") as file:
                document = json.loads(file.read(_LONGEST_FILE))
        except (OSError, ValueError, RecursionError):
            return []
        fired = document.get("fired") if isinstance(document, dict) else None
        return [e for value in fired if (e := _entry(value))] if isinstance(fired, list) else []


def _identity(entry: Fired) -> "tuple[AlertKey, int]":
    return entry.key, entry.fired_ns


def _entry(value: Any) -> Fired | None:
    match value:
        case [[str(), str(), str()] as key, str(text), int(fired_ns), int() | None as cleared_ns]:
            return Fired(cast("AlertKey", tuple(key)), text, fired_ns, cleared_ns)
        case _:
            return None
