"""An event's attributes as a row: one shape, whatever type the client sent. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from ccotel_tui.telemetry.conventions import FAILURES
from ccotel_tui.telemetry.values import as_number, as_text

if TYPE_CHECKING:
    from ccotel_tui.query.query import EventRow
    from ccotel_tui.telemetry.records import Value

_NUMBERS = ("cost_usd", "status_code", "attempt", "event_sequence", "total_attempts")
_NUMBER_ENDINGS = ("_tokens", "_ms", "_bytes")


def event_row(time_ns: int, name: str, attributes: "Mapping[str, Value]") -> "EventRow":
    """The row of one event, its attributes in the client's order behind time and name."""
    row: EventRow = {"time": time_ns, "event_name": name}
    for key, value in attributes.items():
        label, is_number = _label(key)
        if label not in row:
            row[label] = _typed(label, is_number, value)
    return row


@lru_cache(maxsize=1000)
def _label(key: str) -> tuple[str, bool]:
    """The attribute's name in a row, and whether it is one of a number."""
    label = key.replace(".", "_")
    return label, label in _NUMBERS or label.endswith(_NUMBER_ENDINGS)


def tells_failure(row: "EventRow") -> bool:
    """Return whether the event tells of a tool that failed, or of a request."""
    return row.get("success") is False or row["event_name"] in FAILURES


def _typed(label: str, is_number: bool, value: "Value") -> str | float | bool | None:
    if is_number:
        parsed = as_number(value)
        if parsed is not None:
            return int(parsed) if parsed == int(parsed) else parsed
    text = as_text(value)
    if label == "success" and text in ("true", "false"):
        return text == "true"
    return text
