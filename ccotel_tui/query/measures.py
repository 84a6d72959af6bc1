"""What can be summed.

The second of three dictionaries: the client's names are in `telemetry.vocabulary`, what is shown
in `panels.catalogue`.
"""

from dataclasses import dataclass
from typing import Literal

from ccotel_tui.telemetry import vocabulary

Signal = Literal["events", "counters"]
Unit = Literal["usd", "tokens", "lines", "ms", "s", "ratio", "1/min", "1"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity that adds up.

    `record` is the event or the metric that carries it, `field` the event's attribute that is
    summed (None counts events), `labels` what it can be grouped and selected by.
    """

    signal: Signal
    record: str
    field: str | None
    unit: Unit
    labels: frozenset[str]


COST = Measure(
    "events",
    vocabulary.API_REQUEST,
    "cost_usd",
    "usd",
    frozenset({"session_id", "model", "source", "prompt_id"}),
)
TOOL_CALLS = Measure(
    "events",
    vocabulary.TOOL_RESULT,
    None,
    "1",
    frozenset({"session_id", "tool_name", "success", "prompt_id"}),
)
LINES = Measure(
    "counters",
    vocabulary.LINES_OF_CODE,
    None,
    "lines",
    frozenset({"session_id", "type", "model"}),
)
