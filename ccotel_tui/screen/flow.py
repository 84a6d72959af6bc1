"""What the newest prompt did so far, from its events. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccotel_tui.panels.plain import plain
from ccotel_tui.query.ask import EventRow
from ccotel_tui.telemetry.vocabulary import API_REQUEST, TOOL_RESULT, USER_PROMPT

MILLISECOND = 1_000_000


@dataclass(frozen=True)
class Step:
    """A tool call; `beside`: it began before the one before it was done."""

    tool: str
    ok: bool
    beside: bool


@dataclass(frozen=True)
class Flow:
    """The prompt's text (or its length, where the client keeps the text to itself) and calls."""

    prompt: str
    characters: int | None
    cost: float
    began_ns: int
    last_ns: int
    steps: tuple[Step, ...]


def newest_flow(events: Sequence[EventRow]) -> Flow | None:
    """The flow of the newest prompt of a session, whose events are in the order of time."""
    events = [row for row in events if not _builtin(row)]
    at = max((i for i, row in enumerate(events) if row["event_name"] == USER_PROMPT), default=None)
    if at is None:
        return None
    prompt, rows = events[at], events[at:]
    text = prompt.get("prompt")
    length = prompt.get("prompt_length")
    return Flow(
        plain(text) if isinstance(text, str) and text != "<REDACTED>" else "",
        int(length) if isinstance(length, int | float | str) and str(length).isdigit() else None,
        sum(_number(row, "cost_usd") for row in rows if row["event_name"] == API_REQUEST),
        time_of(prompt),
        time_of(rows[-1]),
        _steps([row for row in rows if row["event_name"] == TOOL_RESULT]),
    )


def time_of(row: EventRow) -> int:
    """When it happened, in Unix nanoseconds."""
    return int(row["time"] or 0)


def _builtin(row: EventRow) -> bool:
    """Whether it is a command of the client, such as /exit: nothing is asked of a model."""
    return row["event_name"] == USER_PROMPT and row.get("command_source") == "builtin"


def _steps(results: Sequence[EventRow]) -> tuple[Step, ...]:
    steps: list[Step] = []
    done_ns = 0
    for row in results:
        began_ns = time_of(row) - int(_number(row, "duration_ms")) * MILLISECOND
        tool = plain(str(row.get("tool_name") or "?"))
        steps.append(Step(tool, row.get("success") is True, beside=began_ns < done_ns))
        done_ns = max(done_ns, time_of(row))
    return tuple(steps)


def _number(row: EventRow, name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
