"""One prompt as a waterfall of text, and as JSON. Pure."""

from collections.abc import Iterator
from typing import Any

from ccotel_tui.panels.output.document import SCHEMA, bare, local_time, rfc3339
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import quantity, shown
from ccotel_tui.query.events import time_of
from ccotel_tui.query.prompts.rows import MILLISECOND, PromptRow, start_ns
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.usage.prompt import SessionPromptRow
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.telemetry.conventions import (
    API_ERROR,
    API_REQUEST,
    TOOL_DECISION,
    TOOL_RESULT,
    model_name,
)
from ccotel_tui.telemetry.values import as_number

_NAME, _BAR = 22, 32
_NUMBERS = (
    *("cost_usd", "duration_ms", "input_tokens", "output_tokens", "cache_read_tokens"),
    *("cache_creation_tokens", "status_code"),
)
_KINDS = {
    **{API_REQUEST: "request", API_ERROR: "error", TOOL_RESULT: "tool"},
    TOOL_DECISION: "rejected",
}


def prompt_document(row: SessionPromptRow, window: Window) -> dict[str, Any]:
    """The prompt as JSON; a wait is null where no span tells of it."""
    prompt = row.prompt
    return {
        "schema": SCHEMA,
        "prompt_id": prompt.prompt_id,
        "session_id": row.session_id,
        "prompt": prompt.text or None,
        "characters": prompt.characters,
        "began": rfc3339(prompt.began_ns, window),
        "ended": rfc3339(prompt.ended_ns, window),
        "cost_usd": bare(prompt.cost),
        "requests": prompt.requests,
        "tools": prompt.tools,
        "failed": prompt.failed,
        "waited_ms": bare(prompt.total_waited_ms),
        "steps": [_step_document(step, prompt, window) for step in prompt.steps],
    }


def waterfall_text(row: SessionPromptRow, window: Window) -> Iterator[str]:
    """The prompt as lines to read: what it was, and its steps on one time axis."""
    prompt = row.prompt
    length_ns = max(prompt.ended_ns - prompt.began_ns, SECOND)
    when = f"{local_time(prompt.began_ns, window):%m-%d %H:%M:%S}"
    yield f"{when}  {sanitize(row.session_id)[:8]}  {_words(prompt)}"
    yield (
        f"{shown(prompt.cost, 'usd')}  {_took(length_ns)}  "
        f"{quantity(prompt.requests, 'request')}  {quantity(prompt.tools, 'tool')}  "
        f"{prompt.failed:,} failed  {_waited(prompt)}"
    )
    end = _took(length_ns)
    yield f"{'':{_NAME}} 0s{end:>{_BAR - 2}}"
    for step in prompt.steps:
        yield _step_line(step, prompt, length_ns).rstrip()


def _waited(prompt: PromptRow) -> str:
    waited_ms = prompt.total_waited_ms
    if waited_ms is None:
        return "waits: not known"
    return f"waited {_took(waited_ms * MILLISECOND)}" if waited_ms else "no waits"


def _words(prompt: PromptRow) -> str:
    if prompt.text:
        return sanitize(prompt.text)
    if prompt.typed is None:
        return "(the prompt itself was not received)"
    if prompt.is_command:
        return sanitize(f"/{prompt.typed.get('command_name') or '?'}")
    return "(not told)" if prompt.characters is None else quantity(prompt.characters, "character")


def _step_line(step: EventRow, prompt: PromptRow, length_ns: int) -> str:
    indent = "  " if step.get("agent_id") else ""
    name = f"{indent}{sanitize(_named(step))}"
    waited_ns = (prompt.waited_ms(step) or 0) * MILLISECOND
    wanted, first, last = (
        max(0, min(_BAR, round((time_ns - prompt.began_ns) * _BAR / length_ns)))
        for time_ns in (start_ns(step) - waited_ns, start_ns(step), time_of(step))
    )
    size = 0 if step["event_name"] == TOOL_DECISION else max(1, last - first)
    first = min(first, _BAR - size)
    wait = "┄" * max(0, first - wanted)
    bar = f"{'':{first - len(wait)}}{wait}{'━' * size}"
    took, cost = as_number(step.get("duration_ms")), as_number(step.get("cost_usd"))
    numbers = f"{'' if took is None else shown(took, 'ms'):>9} {_dollars(cost):>9}"
    return f"{name[:_NAME]:{_NAME}} {bar:{_BAR}} {numbers}  {sanitize(_result(step))}"


def _dollars(cost: float | None) -> str:
    return "" if cost is None else shown(cost, "usd")


def _named(step: EventRow) -> str:
    tool = step.get("tool_name") if step["event_name"] in (TOOL_RESULT, TOOL_DECISION) else None
    return str(tool or _KINDS.get(str(step["event_name"]), step["event_name"]))


def _result(step: EventRow) -> str:
    """What a request was of, or what came of a tool."""
    if step["event_name"] == API_REQUEST:
        return model_name(str(step.get("model") or ""))
    if step["event_name"] == TOOL_DECISION:
        return "rejected"
    error = step.get("error") or step.get("error_type")
    if step["event_name"] == TOOL_RESULT and step.get("success") is True:
        return "ok"
    return f"failed {error}" if error else "failed"


def _step_document(step: EventRow, prompt: PromptRow, window: Window) -> dict[str, Any]:
    model = step.get("model")
    failed = step.get("success") is not True if step["event_name"] == TOOL_RESULT else None
    return {
        "kind": _KINDS.get(str(step["event_name"]), step["event_name"]),
        "name": _named(step),
        "model": model and model_name(str(model)),
        "agent": step.get("agent_name"),
        "agent_id": step.get("agent_id"),
        "began": rfc3339(start_ns(step), window),
        "ended": rfc3339(time_of(step), window),
        "offset_ms": bare((start_ns(step) - prompt.began_ns) / MILLISECOND),
        "waited_ms": bare(prompt.waited_ms(step)),
        "success": None if failed is None else not failed,
        "error": step.get("error"),
        **{name: bare(as_number(step.get(name))) for name in _NUMBERS},
    }


def _took(length_ns: float) -> str:
    seconds = length_ns / SECOND
    return shown(seconds, "s") if seconds >= 60 else shown(length_ns / MILLISECOND, "ms")
