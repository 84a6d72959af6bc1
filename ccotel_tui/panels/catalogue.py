"""What is shown.

The last of three dictionaries: the client's names are in `telemetry.vocabulary`, what can be
summed in `query.measures`. Questions only, no query text.
"""

from dataclasses import replace

from ccotel_tui.panels.panel import (
    Add,
    Curves,
    Minus,
    Number,
    One,
    Panel,
    PerMinute,
    Ratio,
    Rows,
    Span,
    Total,
    Unseen,
)
from ccotel_tui.query import measures
from ccotel_tui.query.measures import Condition, Measure
from ccotel_tui.query.query import Ask, EventKind
from ccotel_tui.telemetry import conventions

_COST = Ask(measures.COST)
_COST_BY_MODEL = Ask(measures.COST, by=("model",), stepped=True)
_ACTIVE = Ask(measures.ACTIVITY, stat="sessions")

_TOKEN_TYPES = {
    "input": measures.INPUT,
    "output": measures.OUTPUT,
    "cacheRead": measures.CACHE_READ,
    "cacheCreation": measures.CACHE_CREATION,
}
_INPUT, _OUTPUT, _CACHE_READ, _CACHE_CREATION = (
    Total(Ask(measure)) for measure in _TOKEN_TYPES.values()
)
_TOKENS_BY_MODEL = Ask(measures.TOKENS, by=("model",), stepped=True)

_LINES = Ask(measures.LINES, by=("type",))
_LINES_STEPPED = Ask(measures.LINES, by=("type",), stepped=True)
_ADDED = Total(_LINES, {"type": "added"})
_REMOVED = Total(_LINES, {"type": "removed"})

_CALLS = Ask(measures.TOOL_CALLS, by=("tool_name",))
_CALLS_STEPPED = Ask(measures.TOOL_CALLS, by=("tool_name",), stepped=True)
_SUCCEEDED = Total(replace(_CALLS, where=(Condition("success", "true"),)))

_ERRORS = Ask(measures.ERRORS)
_ERRORS_STEPPED = Ask(measures.ERRORS, stepped=True)
_REQUESTS = Ask(measures.REQUESTS)
_REQUESTS_STEPPED = Ask(measures.REQUESTS, stepped=True)

_ACTIVE_TIME = Ask(measures.ACTIVE_TIME, by=("type",), stepped=True)
_EDITS = Ask(measures.EDIT_DECISIONS, by=("decision",))


def _duration(q: float, by: tuple[str, ...] = ("model",), stepped: bool = False) -> One:
    return One(Ask(measures.DURATION, by=by, stepped=stepped, stat=q))


def _count(measure: Measure) -> Number:
    return Total(Ask(measure))


PANELS = (
    Panel(
        id="active_sessions",
        title="Active Sessions",
        section="overview",
        kind="stat",
        unit="1",
        value=Total(_ACTIVE),
        parts={"last_5m": Total(_ACTIVE, span=Span.MINUTES_5)},
    ),
    Panel(
        id="total_cost",
        title="Total Cost",
        section="overview",
        kind="stat",
        unit="usd",
        value=Total(_COST),
        parts={
            "current_session": Total(_COST, span=Span.SESSION),
            "last_prompt": Total(_COST, span=Span.PROMPT),
            "today": Total(_COST, span=Span.TODAY),
            "7d": Total(_COST, span=Span.DAYS_7),
            "30d": Total(_COST, span=Span.DAYS_30),
            "unseen": Unseen(),
        },
        footnote="An estimate at list price, as the client reports it.",
    ),
    Panel(
        id="token_usage",
        title="Token Usage",
        section="overview",
        kind="stat",
        unit="tokens",
        value=Add((_INPUT, _OUTPUT, _CACHE_READ, _CACHE_CREATION)),
        parts={
            "input": _INPUT,
            "output": _OUTPUT,
            "cache_read": _CACHE_READ,
            "cache_creation": _CACHE_CREATION,
            "cache_hit_ratio": Ratio(_CACHE_READ, Add((_INPUT, _CACHE_READ, _CACHE_CREATION))),
        },
    ),
    Panel(
        id="lines_of_code",
        title="Lines of Code",
        section="overview",
        kind="stat",
        unit="lines",
        value=Total(_LINES),
        parts={"added": _ADDED, "removed": _REMOVED, "net": Minus(_ADDED, _REMOVED)},
        footnote="The client counts one line more than git for each new file.",
    ),
    Panel(
        id="cost_by_model",
        title="Cumulative Cost by Model",
        section="cost",
        kind="lines",
        unit="usd",
        value=Total(_COST_BY_MODEL),
        curves=Curves(Total(_COST_BY_MODEL), "model", running=True),
    ),
    Panel(
        id="tokens_by_type",
        title="Token Usage by Type",
        section="cost",
        kind="bars",
        unit="tokens",
        value=Add(tuple(Total(Ask(m, stepped=True)) for m in _TOKEN_TYPES.values())),
        curves=Curves(
            label="type",
            named={name: Total(Ask(m, stepped=True)) for name, m in _TOKEN_TYPES.items()},
        ),
    ),
    Panel(
        id="tokens_by_model",
        title="Token Usage by Model",
        section="cost",
        kind="bars",
        unit="tokens",
        value=Total(_TOKENS_BY_MODEL),
        curves=Curves(Total(_TOKENS_BY_MODEL), "model"),
    ),
    Panel(
        id="tool_rate",
        title="Tool Usage Rate",
        section="tools",
        kind="lines",
        unit="1/min",
        value=PerMinute(Total(_CALLS_STEPPED)),
        curves=Curves(PerMinute(Total(_CALLS_STEPPED)), "tool_name"),
    ),
    Panel(
        id="tool_count",
        title="Cumulative Tool Usage",
        section="tools",
        kind="lines",
        unit="1",
        value=Total(_CALLS_STEPPED),
        curves=Curves(Total(_CALLS_STEPPED), "tool_name", running=True),
    ),
    Panel(
        id="tool_success",
        title="Tool Success Rate",
        section="tools",
        kind="ranked bars",
        unit="ratio",
        value=Ratio(_SUCCEEDED, Total(_CALLS)),
        rows=Rows(
            "tool_name",
            {
                "success": _SUCCEEDED,
                "failure": Minus(Total(_CALLS), _SUCCEEDED),
                "ratio": Ratio(_SUCCEEDED, Total(_CALLS)),
            },
        ),
    ),
    Panel(
        id="api_duration",
        title="API Request Duration by Model",
        section="performance",
        kind="lines",
        unit="ms",
        value=_duration(0.95, by=()),
        curves=Curves(_duration(0.95, stepped=True), "model", total=_duration(0.95)),
        rows=Rows(
            "model",
            {
                "count": Total(Ask(measures.REQUESTS, by=("model",))),
                "p50": _duration(0.5),
                "p95": _duration(0.95),
                "p99": _duration(0.99),
            },
        ),
        footnote="The 95th percentile of the requests' own durations; retries are inside.",
    ),
    Panel(
        id="api_errors",
        title="API Error Rate",
        section="performance",
        kind="lines",
        unit="ratio",
        value=Ratio(Total(_ERRORS), Add((Total(_ERRORS), Total(_REQUESTS)))),
        parts={"errors": Total(_ERRORS), "requests": Total(_REQUESTS)},
        curves=Curves(
            Ratio(Total(_ERRORS_STEPPED), Add((Total(_ERRORS_STEPPED), Total(_REQUESTS_STEPPED))))
        ),
        rows=Rows("status_code", {"count": Total(Ask(measures.ERRORS, by=("status_code",)))}),
        footnote="Failures after the last retry: retries that recovered are not in the data.",
    ),
    Panel(
        id="code_changes",
        title="Cumulative Code Changes",
        section="productivity",
        kind="lines",
        unit="lines",
        value=Total(_LINES_STEPPED),
        curves=Curves(Total(_LINES_STEPPED), "type", running=True),
        footnote="The client counts one line more than git for each new file.",
    ),
    Panel(
        id="dev_activity",
        title="Development Activity",
        section="productivity",
        kind="stats and bars",
        unit="s",
        value=Total(_ACTIVE_TIME),
        parts={
            "commits": _count(measures.COMMITS),
            "pull_requests": _count(measures.PULL_REQUESTS),
            "active_time_user": Total(_ACTIVE_TIME, {"type": "user"}),
            "active_time_cli": Total(_ACTIVE_TIME, {"type": "cli"}),
            "edits_accepted": Total(_EDITS, {"decision": "accept"}),
            "edits_rejected": Total(_EDITS, {"decision": "reject"}),
            "prompts": _count(measures.PROMPTS),
        },
        curves=Curves(Total(_ACTIVE_TIME), "type"),
    ),
    Panel(
        id="tool_events",
        title="Tool Execution Events",
        section="events",
        kind="rows",
        unit="1",
        events=(
            EventKind(conventions.TOOL_RESULT),
            # What was accepted has a result of its own.
            EventKind(conventions.TOOL_DECISION, Condition("decision", "reject")),
        ),
    ),
    Panel(
        id="api_error_events",
        title="API Error Events",
        section="events",
        kind="rows",
        unit="1",
        events=(
            EventKind(conventions.API_ERROR),
            EventKind(conventions.API_RETRIES_EXHAUSTED),
            EventKind(conventions.API_REFUSAL),
        ),
        footnote="A failure is told after its last retry, once.",
    ),
)

BY_ID = {panel.id: panel for panel in PANELS}

SECTIONS = tuple(dict.fromkeys(panel.section for panel in PANELS))
