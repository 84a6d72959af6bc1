"""Where the rows are that a panel's number is made of. Pure."""

from dataclasses import dataclass
from typing import Literal

from ccotel_tui.panels.panel import Panel, leaves
from ccotel_tui.query import measures
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import EventKind, Query
from ccotel_tui.query.window import Bucket
from ccotel_tui.telemetry.conventions import API_ERROR, API_REQUEST, TOOL_RESULT

FAILED_ONLY = "ok:false"


RowsView = Literal["usage", "log", "sessions"]
"""The views that list rows."""


@dataclass(frozen=True)
class Behind:
    """A list of rows: of `usage` by a key, of the `log` with a filter, or of all `sessions`.

    `what` is the key or the filter. Those of the period alone, where there is one, and of the key
    those `within` that value, where there is one.
    """

    view: RowsView
    what: str = ""
    period: Period | None = None
    within: str = ""


def prompts_of(bucket: Bucket) -> Behind:
    """Return where the prompts are that cost something in the bucket."""
    return Behind("usage", "prompt", _period(bucket))


def _period(bucket: Bucket) -> Period:
    return Period(from_ns=bucket.from_ns, to_ns=bucket.to_ns)


def behind(panel: Panel, bucket: Bucket | None = None) -> Behind | None:
    """Return where the rows are of the panel's value; None where the client sends only sums."""
    period = _period(bucket) if bucket else None
    if panel.events:
        return Behind("log", _filter_of_kind(panel.events[0]), period)
    queries = [query for _, query in leaves(panel.value)] if panel.value else []
    records = {name for query in queries for name in query.measure.records}
    if measures.ACTIVITY in (query.measure for query in queries):
        return Behind("sessions", period=period)
    if event := next((name for name in (API_ERROR, TOOL_RESULT) if name in records), ""):
        return Behind("log", f"event:{event}", period)
    if quantile := next((query for query in queries if isinstance(query.stat, float)), None):
        return Behind("log", _filter_of_field(quantile), period)
    return Behind("usage", panel.key or "model", period) if API_REQUEST in records else None


def _filter_of_kind(kind: EventKind) -> str:
    failed = kind.only is not None and kind.only == ("success", "true", True, False)
    return f"event:{kind.name} {FAILED_ONLY}" if failed else f"event:{kind.name}"


def _filter_of_field(query: Query) -> str:
    """Leaves the events that tell what the quantile is of."""
    [name], [field] = query.measure.records, query.measure.fields
    return f"event:{name} {field}:"


def behind_tool(label: str, value: str, *, failed: bool) -> Behind:
    """Return where the calls are that a row of success bars counts, or only the failed ones."""
    name = {"tool_name": "tool", "session_id": "session"}.get(label, label)
    words = [f"event:{TOOL_RESULT}", *([f"{name}:{value}"] if " " not in value else [])]
    return Behind("log", " ".join([*words, *([FAILED_ONLY] if failed else [])]))
