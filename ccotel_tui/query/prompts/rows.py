"""A session's prompts, each with what followed it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from ccotel_tui.query.events import time_of
from ccotel_tui.query.prompts.folded import fold, is_command, text_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.source import Waits
from ccotel_tui.telemetry.conventions import (
    API_ERROR,
    API_REQUEST,
    TOOL_DECISION,
    TOOL_RESULT,
    USER_PROMPT,
)
from ccotel_tui.telemetry.values import as_number

PROMPT_EVENTS = (USER_PROMPT, API_REQUEST, API_ERROR, TOOL_RESULT, TOOL_DECISION)
"""The events that a prompt is told by, besides the ends of subagents."""

MILLISECOND = 1_000_000
"""Nanoseconds."""


@dataclass(frozen=True)
class PromptRow:
    """A prompt, or a command of the client such as /compact, and the events that belong to it.

    Times are Unix nanoseconds, the cost is in dollars. `prompt_id` is empty for the events of a
    session that name no prompt; `typed` is missing where the prompt's own record was not received.
    `waits` are those of its session, None where that is not known.
    """

    prompt_id: str
    typed: EventRow | None
    events: Sequence[EventRow]
    waits: Waits | None = None

    @property
    def began_ns(self) -> int:
        return time_of(self.typed) if self.typed else min(map(start_ns, self.events))

    @property
    def ended_ns(self) -> int:
        return max([self.began_ns, *map(time_of, self.events)])

    @property
    def is_command(self) -> bool:
        return self.typed is not None and is_command(self.typed)

    @property
    def text(self) -> str:
        """What was typed; empty where the client keeps it to itself."""
        return text_of(self.typed) if self.typed else ""

    @property
    def characters(self) -> int | None:
        length = as_number(self.typed.get("prompt_length")) if self.typed else None
        return None if length is None else int(length)

    @property
    def cost(self) -> float | None:
        return cost_of(self.events)

    @property
    def requests(self) -> int:
        return self._count(API_REQUEST)

    @property
    def tools(self) -> int:
        return self._count(TOOL_RESULT)

    @property
    def failed(self) -> int:
        """Tools that failed, and requests."""
        tools = sum(
            row["event_name"] == TOOL_RESULT and row.get("success") is not True
            for row in self.events
        )
        return tools + self._count(API_ERROR)

    @property
    def steps(self) -> Sequence[EventRow]:
        """Its requests, errors and tools in the order in which they began.

        A call that was rejected is one of them where it is known how long that took.
        """
        rows = (
            row
            for row in self.events
            if row["event_name"] != TOOL_DECISION
            or (_is_rejection(row) and self.waited_ms(row) is not None)
        )
        return sorted(rows, key=lambda row: (start_ns(row), time_of(row)))

    def waited_ms(self, step: EventRow) -> float | None:
        """How long the tool call waited for its permission; None where that is not known."""
        is_call = step["event_name"] in (TOOL_RESULT, TOOL_DECISION)
        return (self.waits or {}).get(str(step.get("tool_use_id"))) if is_call else None

    @property
    def total_waited_ms(self) -> float | None:
        """How long its tool calls waited together; None where that of an ended one is not known.

        A call that still runs is not told of yet.
        """
        ended = [
            row for row in self.events if row["event_name"] == TOOL_RESULT or _is_rejection(row)
        ]
        waited = {str(row.get("tool_use_id")): self.waited_ms(row) for row in ended}
        waits = [wait for wait in waited.values() if wait is not None]
        return fsum(waits) if self.waits is not None and len(waits) == len(waited) else None

    def _count(self, event_name: str) -> int:
        return sum(row["event_name"] == event_name for row in self.events)


def _is_rejection(row: EventRow) -> bool:
    return row["event_name"] == TOOL_DECISION and row.get("decision") == "reject"


def prompt_rows(events: Iterable[EventRow], waits: Waits | None = None) -> list[PromptRow]:
    """Return one session's prompts in the order of time; what names no prompt comes first.

    Every event belongs to one of them, so that their costs add up to the session's.
    """
    events = sorted(events, key=time_of)
    roots = fold(events)
    members: defaultdict[str, list[EventRow]] = defaultdict(list)
    typed: dict[str, EventRow] = {}
    for row in events:
        prompt_id = str(row.get("prompt_id") or "")
        if row["event_name"] == USER_PROMPT:
            if roots.get(prompt_id) == prompt_id:
                typed.setdefault(prompt_id, row)
        elif row["event_name"] in PROMPT_EVENTS:
            members[roots.get(prompt_id, prompt_id)].append(row)
    ids = {*members, *typed}
    rows = [PromptRow(id, typed.get(id), tuple(members[id]), waits) for id in ids]
    return sorted(rows, key=lambda row: (row.prompt_id != "", row.began_ns, row.prompt_id))


def start_ns(row: EventRow) -> int:
    """Return when what an event tells of began: it is sent at its end.

    A length that reaches back beyond the epoch, where calendars end, or is below 0 is cut.
    """
    duration_ms = row.get("duration_ms")
    length_ms = duration_ms if isinstance(duration_ms, int | float) else 0
    return max(0, time_of(row) - max(0, int(length_ms * MILLISECOND)))


def cost_of(events: Iterable[EventRow]) -> float | None:
    """Return the dollars of the requests among them; None where there are some and none told it."""
    costs = [row.get("cost_usd") for row in events if row["event_name"] == API_REQUEST]
    readable = [cost for cost in costs if isinstance(cost, int | float)]
    return fsum(readable) if readable or not costs else None
