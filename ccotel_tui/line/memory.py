"""What `line` looked up that changes slowly, kept for its next calls: a small private file.

It stands beside the store, and is of that store's file alone.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ccotel_tui.local.private_file import replace_private

_LARGEST = 1_000_000
"""Characters."""


def memory_file(database: str | os.PathLike[str]) -> str:
    """Return the path of the file of a store."""
    return f"{os.fspath(database)}.line.json"


class LineMemory:
    """The values of one store by their names, each for a time. Times are Unix nanoseconds."""

    def __init__(self, database: str | os.PathLike[str] | None) -> None:
        """Without a store nothing is kept beyond this call."""
        self._path = memory_file(database) if database else ""
        self._store = _identity(database) if database else []
        self._entries = self._read(self._path) if self._path else {}

    def value(self, name: str, of: object, now_ns: int) -> Any:
        """Return the value that was put by the name, of the same (JSON), for a time that goes on.

        Raises LookupError where there is none.
        """
        entry = self._entries[name]
        if entry["of"] != of or not entry["from"] <= now_ns < entry["to"]:
            raise LookupError(name)
        return entry["value"]

    def put(self, name: str, of: object, now_ns: int, for_ns: int, value: object) -> None:
        """Keep the value, and write all that still holds; where that fails, for this call alone."""
        entry = {"of": of, "from": now_ns, "to": now_ns + for_ns, "value": value}
        held = {key: each for key, each in self._entries.items() if now_ns < each["to"]}
        self._entries = {**held, name: entry}
        if self._path:
            document = {"store": self._store, "entries": self._entries}
            with suppress(OSError, ValueError):
                replace_private(self._path, json.dumps(document))

    def _read(self, path: str) -> Mapping[str, Any]:
        """Return the file's entries; none where it is another store's, or not as it should be."""
        with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            with open(path, encoding="utf-8") as file:
                document = json.loads(file.read(_LARGEST))
            if document["store"] == self._store:
                return {name: each for name, each in document["entries"].items() if _is_entry(each)}
        return {}


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and {"of", "value"} <= entry.keys()
        and isinstance(entry.get("from"), int)
        and isinstance(entry.get("to"), int)
    )


def _identity(database: str | os.PathLike[str]) -> list[int]:
    try:
        status = os.stat(database)
    except OSError:
        return []
    return [status.st_dev, status.st_ino]
