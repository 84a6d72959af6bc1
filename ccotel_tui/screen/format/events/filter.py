"""Filters events by a typed text such as `tool:Bash ok:false timeout`. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccotel_tui.query.query import EventRow

_NAMES = {
    "tool": "tool_name",
    "ok": "success",
    "event": "event_name",
    "session": "session_id",
    "status": "status_code",
    "prompt": "prompt_id",
}
"""Short names; any other is the attribute's own."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Attributes that must hold such a text, and words that must occur in any; in any case."""

    attributes: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.attributes or self.words)

    def matches(self, row: EventRow) -> bool:
        values = {name: _text(value) for name, value in row.items() if name != "time"}
        return all(
            name in values and text in values[name] for name, text in self.attributes
        ) and all(any(word in value for value in values.values()) for word in self.words)


def parse_filter(text: str) -> EventFilter:
    """Return the filter of a typed text, whose parts are separated by blanks."""
    attributes: list[tuple[str, str]] = []
    words: list[str] = []
    for part in text.lower().split():
        name, colon, value = part.partition(":")
        if colon and name:
            attributes.append((_NAMES.get(name, name.replace(".", "_")), value))
        else:
            words.append(part)
    return EventFilter(tuple(attributes), tuple(words))


def filtered(rows: Sequence[EventRow], by: EventFilter) -> list[EventRow]:
    """The rows that match, in their order."""
    return [row for row in rows if not by or by.matches(row)]


def _text(value: object) -> str:
    return str(value).lower()
