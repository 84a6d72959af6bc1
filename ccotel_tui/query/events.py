"""An event's attributes as a row, one shape whatever type the client sent, and its values. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from ccotel_tui.telemetry.conventions import FAILURES, stand_in
from ccotel_tui.telemetry.values import as_number, as_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccotel_tui.query.query import EventRow
    from ccotel_tui.telemetry.records import Value

    Typed = Callable[[Value], str | float | bool | None]

_NUMBERS = ("cost_usd", "status_code", "attempt", "event_sequence", "total_attempts")
_SESSION = ("session.id", "session_id")
_NUMBER_ENDINGS = ("_tokens", "_ms", "_bytes")


def event_row(time_ns: int, name: str, attributes: "Mapping[str, Value]") -> "EventRow":
    """The row of one event: time, name and session, then its attributes in the order of names."""
    row: EventRow = {"time": time_ns, "event_name": name}
    for key, label, typed in _labels(tuple(attributes)):
        value = attributes[key]
        # Most attributes are texts, and come as such.
        row[label] = value if typed is as_text and type(value) is str else typed(value)
    return row


@lru_cache(maxsize=1000)
def _labels(keys: tuple[str, ...]) -> "tuple[tuple[str, str, Typed], ...]":
    """The attributes of a row, the name of each there, and what makes its value of the client's.

    Of several that have one name there, the first.
    """
    labels: dict[str, str] = {}
    for key in sorted(keys, key=lambda key: (key not in _SESSION, key)):
        labels.setdefault(key.replace(".", "_"), key)
    return tuple(
        (key, label, _typed(label))
        for label, key in labels.items()
        if label not in ("time", "event_name")
    )


def time_of(row: "EventRow") -> int:
    """Return the row's time in Unix nanoseconds."""
    return int(row["time"] or 0)


def label_of(row: "EventRow", label: str) -> str:
    """Return the row's value under the label, or the word that stands where it has none."""
    return str(row.get(label) or stand_in(label))


def tells_failure(row: "EventRow") -> bool:
    """Return whether the event tells of a tool that failed, or of a request."""
    return row.get("success") is False or row["event_name"] in FAILURES


def _typed(label: str) -> "Typed":
    if label == "success":
        return _truth
    is_number = label in _NUMBERS or label.endswith(_NUMBER_ENDINGS)
    return _number if is_number else as_text


def _number(value: "Value") -> str | float | None:
    parsed = as_number(value)
    if parsed is None:
        return as_text(value)
    return int(parsed) if parsed == int(parsed) else parsed


def _truth(value: "Value") -> str | bool | None:
    text = as_text(value)
    return text == "true" if text in ("true", "false") else text
