"""What a session's newest prompt did so far, from its events. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.events import time_of
from ccotel_tui.query.prompts.folded import is_command, text_of
from ccotel_tui.query.prompts.rows import cost_of, start_ns
from ccotel_tui.query.prompts.typed import SessionPrompt
from ccotel_tui.query.query import EventRow
from ccotel_tui.screen.format.names import command_name
from ccotel_tui.telemetry.conventions import TOOL_RESULT
from ccotel_tui.telemetry.values import as_number


@dataclass(frozen=True)
class PromptStep:
    """A tool call; `beside`: it began before the one before it was done."""

    tool: str
    ok: bool
    beside: bool


@dataclass(frozen=True)
class TypedCommand:
    """A command of the client, such as /compact, and the dollars of its own requests."""

    name: str
    cost: float | None


@dataclass(frozen=True)
class Flow:
    """The prompt's text (or its length, where the client keeps the text to itself) and calls.

    `cost` is that of the events at hand; `commands` came after it.
    """

    prompt: str
    characters: int | None
    cost: float | None
    began_ns: int
    last_ns: int
    steps: tuple[PromptStep, ...]
    commands: tuple[TypedCommand, ...] = ()


def newest_flow(prompt: SessionPrompt, events: Sequence[EventRow]) -> Flow | None:
    """The flow of the prompt, of events of its session in the order of time."""
    rows = [row for row in events if _belongs(row, prompt)]
    typed = prompt.typed or (rows[0] if rows else None)
    if typed is None:
        return None
    length = as_number(typed.get("prompt_length"))
    return Flow(
        sanitize(text_of(typed)),
        None if length is None else int(length),
        cost_of(rows),
        time_of(typed),
        time_of(rows[-1]) if rows else time_of(typed),
        _steps([row for row in rows if row["event_name"] == TOOL_RESULT]),
        tuple(_commands(events, time_of(typed))),
    )


def _belongs(row: EventRow, prompt: SessionPrompt) -> bool:
    """Whether the event is the prompt's; one without an id belongs to the prompt before it."""
    prompt_id = row.get("prompt_id")
    if prompt_id is not None and prompt.prompt_ids:
        return prompt_id in prompt.prompt_ids
    late = prompt.began_ns is not None and time_of(row) >= prompt.began_ns
    return late and prompt_id is None and not is_command(row)


def _commands(events: Sequence[EventRow], since_ns: int) -> list[TypedCommand]:
    commands = [row for row in events if is_command(row) and time_of(row) >= since_ns]
    return [
        TypedCommand(
            command_name(row), cost_of(event for event in events if _same_prompt(event, row))
        )
        for row in commands
    ]


def _same_prompt(row: EventRow, other: EventRow) -> bool:
    return row.get("prompt_id") is not None and row.get("prompt_id") == other.get("prompt_id")


def _steps(results: Sequence[EventRow]) -> tuple[PromptStep, ...]:
    steps: list[PromptStep] = []
    done_ns = 0
    for row in results:
        tool = sanitize(str(row.get("tool_name") or "?"))
        steps.append(PromptStep(tool, row.get("success") is True, beside=start_ns(row) < done_ns))
        done_ns = max(done_ns, time_of(row))
    return tuple(steps)
