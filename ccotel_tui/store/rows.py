"""Records to the columns that questions sum, group and select by. Pure."""

from _blake2 import blake2b  # without `hashlib`, which loads all of OpenSSL

from ccotel_tui.store.shared_attributes import canonical
from ccotel_tui.telemetry.conventions import (
    CLIENT_SCOPES,
    OWN_SCOPE,
    STATUS_LINE,
    UNKNOWN,
    model_name,
    source_name,
)
from ccotel_tui.telemetry.records import Attributes, Event, Point, TraceSpan, Value
from ccotel_tui.telemetry.values import as_number, as_text

Column = str | int | float | None

EVENT_COLUMNS = (
    "time_ns, identity, origin, name, session_id, sequence, prompt_id, model, source, agent_name, "
    "command_source, project, tool_name, decision, success, status_code, duration_ms, ttft_ms, "
    "cost_usd, input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens, attributes"
)
SERIES_COLUMNS = (
    "identity, service, version, scope, metric, unit, session_id, model, source, type, tool_name, "
    "decision, attributes, context"
)

SPAN_COLUMNS = (
    "time_ns, start_ns, trace_id, span_id, parent_id, name, session_id, tool_use_id, attributes, "
    "context"
)

_UNQUALIFIED_IN_DIGESTS = "claude-code"
"""Services whose names stand alone in a digest: it must stay what it was for what is kept."""


def placeholders(columns: str) -> str:
    """A placeholder for each of the columns."""
    return ", ".join("?" for _ in columns.split(","))


def stored_event(event: Event, origin: int, varying: str) -> tuple[Column, ...]:
    """The event in the order of EVENT_COLUMNS."""
    attributes = {**event.context, **event.attributes} if event.context else event.attributes
    sequence = as_number(attributes.get("event.sequence"))
    return (
        event.time_ns,
        _identity(event.service, event.name, canonical(event.attributes)),
        origin,
        qualified(event.scope, event.service, event.name),
        session(attributes),
        None if sequence is None else int(sequence),
        as_text(attributes.get("prompt.id")),
        _model(attributes),
        source_name(as_text(attributes.get("query_source"))),
        as_text(attributes.get("agent.name")),
        as_text(attributes.get("command_source")),
        as_text(attributes.get("project")),
        as_text(attributes.get("tool_name")),
        as_text(attributes.get("decision")),
        as_text(attributes.get("success")),
        _code(attributes.get("status_code")),
        whole(as_number(attributes.get("duration_ms"))),
        whole(as_number(attributes.get("ttft_ms"))),
        as_number(attributes.get("cost_usd")),
        as_number(attributes.get("input_tokens")),
        as_number(attributes.get("output_tokens")),
        as_number(attributes.get("cache_read_tokens")),
        as_number(attributes.get("cache_creation_tokens")),
        varying,
    )


def series_row(point: Point, context: str) -> tuple[Column, ...]:
    """The point's series in the order of SERIES_COLUMNS; `context` as `context_of` has it."""
    attributes = {**point.context, **point.attributes} if point.context else point.attributes
    text = canonical(point.attributes)
    return (
        _identity(point.service, point.metric, text),
        point.service,
        point.version,
        point.scope,
        qualified(point.scope, point.service, point.metric),
        point.unit,
        session(attributes),
        _model(attributes),
        source_name(as_text(attributes.get("query_source"))),
        as_text(attributes.get("type")),
        as_text(attributes.get("tool_name")),
        as_text(attributes.get("decision")),
        text,
        context,
    )


def span_row(span: TraceSpan, context: str) -> tuple[Column, ...]:
    """The span in the order of SPAN_COLUMNS; `context` as `context_of` has it."""
    attributes = {**span.context, **span.attributes}
    return (
        span.time_ns,
        span.start_ns,
        span.trace_id,
        span.span_id,
        span.parent_id,
        span.name,
        session(attributes),
        as_text(attributes.get("tool_use_id")),
        canonical(span.attributes),
        context,
    )


def repeat_identity(identity: Column, number: int) -> int:
    """The identity of the record that is the n-th of equal ones in its request, from 1 on."""
    return _digest(str(identity), str(number))


def qualified(scope: str, service: str, name: str) -> str:
    """The name as it is for Claude Code, behind its service for anybody else's telemetry."""
    if scope in CLIENT_SCOPES or (scope, name) == (OWN_SCOPE, STATUS_LINE):
        return name
    return f"{service}/{name}"


def unqualified(scope: str, service: str, name: str) -> str:
    """The name as it came in."""
    return name if scope in CLIENT_SCOPES else name.removeprefix(f"{service}/")


def session(attributes: Attributes) -> str:
    return as_text(attributes.get("session.id")) or UNKNOWN


def _identity(service: str, name: str, attributes: str) -> int:
    """Return the identity of a record or a stream, by its own attributes without its context."""
    if not service.startswith(_UNQUALIFIED_IN_DIGESTS):
        name = f"{service}/{name}"
    return _digest(service, name, attributes)


def _digest(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def whole(value: float | None) -> float | int | None:
    """A whole number as an integer: shorter as text, in which quantiles are read."""
    return int(value) if value is not None and value.is_integer() else value


def _model(attributes: Attributes) -> str | None:
    model = as_text(attributes.get("model"))
    return None if model is None else model_name(model)


def _code(value: Value) -> str | None:
    parsed = as_number(value)
    return as_text(value) if parsed is None else f"{parsed:.0f}"
