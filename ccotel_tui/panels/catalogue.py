"""What is shown.

The last of three dictionaries: the client's names are in `telemetry.conventions`, what can be
summed in `query.measures`. Questions only, no query text.
"""

from ccotel_tui.panels.panel import (
    Addition,
    Curves,
    Difference,
    Number,
    Panel,
    PerMinute,
    Ratio,
    Rows,
    Section,
    SingleValue,
    Span,
    Sum,
    UnrecordedCost,
)
from ccotel_tui.query import measures
from ccotel_tui.query.measures import Condition, Measure
from ccotel_tui.query.query import EventKind, Query
from ccotel_tui.telemetry import conventions

_COST = Query(measures.COST)
_COST_BY_MODEL = Query(measures.COST, by=("model",), stepped=True)
_ACTIVE = Query(measures.ACTIVITY, stat="sessions")

_INPUT, _OUTPUT, _CACHE_READ, _CACHE_CREATION = (
    Sum(Query(measure)) for measure in measures.TOKENS_BY_TYPE.values()
)
_TOKENS_BY_MODEL = Query(measures.TOKENS, by=("model",), stepped=True)

_LINES = Query(measures.LINES, by=("type",))
_LINES_STEPPED = Query(measures.LINES, by=("type",), stepped=True)
_ADDED = Sum(_LINES, {"type": "added"})
_REMOVED = Sum(_LINES, {"type": "removed"})

_CALLS = Query(measures.TOOL_CALLS, by=("tool_name",))
_CALLS_STEPPED = Query(measures.TOOL_CALLS, by=("tool_name",), stepped=True)
_SUCCEEDED = Sum(_CALLS._replace(where=(Condition("success", "true"),)))

_ERRORS = Query(measures.ERRORS)
_ERRORS_STEPPED = Query(measures.ERRORS, stepped=True)
_REQUESTS = Query(measures.REQUESTS)
_REQUESTS_STEPPED = Query(measures.REQUESTS, stepped=True)

_ACTIVE_TIME = Query(measures.ACTIVE_TIME, by=("type",), stepped=True)
_EDITS = Query(measures.EDIT_DECISIONS, by=("decision",))


def _duration(q: float, by: tuple[str, ...] = ("model",), stepped: bool = False) -> SingleValue:
    return SingleValue(Query(measures.DURATION, by=by, stepped=stepped, stat=q))


def _count(measure: Measure) -> Number:
    return Sum(Query(measure))


PANELS = (
    Panel(
        id="active_sessions",
        title="Active Sessions",
        meaning="Sessions in which something was asked, answered or done.",
        section="overview",
        kind="stat",
        unit="1",
        value=Sum(_ACTIVE),
        parts={"last_5m": Sum(_ACTIVE, span=Span.MINUTES_5)},
    ),
    Panel(
        id="total_cost",
        title="Total Cost",
        meaning="What the client says its requests cost, at list price, summed.",
        section="overview",
        kind="stat",
        unit="usd",
        value=Sum(_COST),
        parts={
            "current_session": Sum(_COST, span=Span.SESSION),
            "last_prompt": Sum(_COST, span=Span.PROMPT),
            "today": Sum(_COST, span=Span.TODAY),
            "7d": Sum(_COST, span=Span.DAYS_7),
            "30d": Sum(_COST, span=Span.DAYS_30),
            "unseen": UnrecordedCost(),
        },
        footnote="An estimate at list price, as the client reports it.",
    ),
    Panel(
        id="token_usage",
        title="Token Usage",
        meaning="Tokens that requests sent, received, and read from or wrote to the cache.",
        section="overview",
        kind="stat",
        unit="tokens",
        value=Addition((_INPUT, _OUTPUT, _CACHE_READ, _CACHE_CREATION)),
        parts={
            "input": _INPUT,
            "output": _OUTPUT,
            "cache_read": _CACHE_READ,
            "cache_creation": _CACHE_CREATION,
            "cache_hit_ratio": Ratio(_CACHE_READ, Addition((_INPUT, _CACHE_READ, _CACHE_CREATION))),
        },
    ),
    Panel(
        id="lines_of_code",
        title="Lines of Code",
        meaning="Lines that Claude added and removed by its edits.",
        section="overview",
        kind="stat",
        unit="lines",
        value=Sum(_LINES),
        parts={"added": _ADDED, "removed": _REMOVED, "net": Difference(_ADDED, _REMOVED)},
        footnote="The client counts one line more than git for each new file.",
    ),
    Panel(
        id="cost_by_model",
        title="Cumulative Cost by Model",
        short="Cost by Model",
        subject="Cumulative Cost",
        increment="Cost",
        meaning="What each model has cost since the window began, adding up.",
        section="cost",
        kind="lines",
        unit="usd",
        value=Sum(_COST_BY_MODEL),
        curves=Curves(Sum(_COST_BY_MODEL), "model", running=True),
    ),
    Panel(
        id="tokens_by_type",
        title="Token Usage by Type",
        short="Tokens by Type",
        subject="Token Usage",
        meaning="Tokens in each stretch of time, by what they were.",
        section="cost",
        kind="bars",
        unit="tokens",
        value=Addition(
            tuple(Sum(Query(m, stepped=True)) for m in measures.TOKENS_BY_TYPE.values())
        ),
        curves=Curves(
            label="type",
            named={
                name: Sum(Query(m, stepped=True)) for name, m in measures.TOKENS_BY_TYPE.items()
            },
        ),
    ),
    Panel(
        id="tokens_by_model",
        title="Token Usage by Model",
        short="Tokens by Model",
        subject="Token Usage",
        meaning="Tokens in each stretch of time, by the model that answered.",
        section="cost",
        kind="bars",
        unit="tokens",
        value=Sum(_TOKENS_BY_MODEL),
        curves=Curves(Sum(_TOKENS_BY_MODEL), "model"),
    ),
    Panel(
        id="tool_rate",
        title="Tool Usage Rate",
        meaning="How many tools were called a minute, over the window and in each stretch.",
        section="tools",
        kind="lines",
        unit="1/min",
        value=PerMinute(Sum(_CALLS_STEPPED)),
        curves=Curves(PerMinute(Sum(_CALLS_STEPPED)), "tool_name"),
    ),
    Panel(
        id="tool_count",
        title="Cumulative Tool Usage",
        short="Tool Calls",
        meaning="How often each tool was called since the window began, adding up.",
        section="tools",
        kind="lines",
        unit="1",
        value=Sum(_CALLS_STEPPED),
        curves=Curves(Sum(_CALLS_STEPPED), "tool_name", running=True),
    ),
    Panel(
        id="tool_success",
        title="Tool Success Rate",
        meaning="The share of tool calls that ended well, of all that ended.",
        section="tools",
        kind="success bars",
        unit="ratio",
        value=Ratio(_SUCCEEDED, Sum(_CALLS)),
        rows=Rows(
            "tool_name",
            {
                "success": _SUCCEEDED,
                "failure": Difference(Sum(_CALLS), _SUCCEEDED),
                "ratio": Ratio(_SUCCEEDED, Sum(_CALLS)),
            },
        ),
    ),
    Panel(
        id="api_duration",
        title="API Request Duration by Model",
        short="API Duration",
        subject="API Duration",
        meaning="How long requests took: 95 of 100 were as fast or faster.",
        section="performance",
        kind="lines",
        unit="ms",
        value=_duration(0.95, by=()),
        curves=Curves(_duration(0.95, stepped=True), "model", total=_duration(0.95)),
        rows=Rows(
            "model",
            {
                "count": Sum(Query(measures.REQUESTS, by=("model",))),
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
        meaning="The share of requests that failed for good, of all that were made.",
        section="performance",
        kind="lines",
        unit="ratio",
        value=Ratio(Sum(_ERRORS), Addition((Sum(_ERRORS), Sum(_REQUESTS)))),
        parts={"errors": Sum(_ERRORS), "requests": Sum(_REQUESTS)},
        curves=Curves(
            Ratio(Sum(_ERRORS_STEPPED), Addition((Sum(_ERRORS_STEPPED), Sum(_REQUESTS_STEPPED))))
        ),
        counts=Curves(
            label="outcome",
            named={"failed": Sum(_ERRORS_STEPPED), "answered": Sum(_REQUESTS_STEPPED)},
        ),
        rows=Rows("status_code", {"count": Sum(Query(measures.ERRORS, by=("status_code",)))}),
        footnote="Failures after the last retry: retries that recovered are not in the data.",
    ),
    Panel(
        id="code_changes",
        title="Cumulative Code Changes",
        short="Code Changes",
        meaning="Lines added and removed since the window began, adding up.",
        section="productivity",
        kind="lines",
        unit="lines",
        value=Sum(_LINES_STEPPED),
        curves=Curves(Sum(_LINES_STEPPED), "type", running=True),
        footnote="The client counts one line more than git for each new file.",
    ),
    Panel(
        id="dev_activity",
        title="Development Activity",
        short="Active Time",
        meaning="Time in which you typed or Claude worked, and what came of it.",
        section="productivity",
        kind="stats and bars",
        unit="s",
        value=Sum(_ACTIVE_TIME),
        parts={
            "commits": _count(measures.COMMITS),
            "pull_requests": _count(measures.PULL_REQUESTS),
            "active_time_user": Sum(_ACTIVE_TIME, {"type": "user"}),
            "active_time_cli": Sum(_ACTIVE_TIME, {"type": "cli"}),
            "edits_accepted": Sum(_EDITS, {"decision": "accept"}),
            "edits_rejected": Sum(_EDITS, {"decision": "reject"}),
            "prompts": _count(measures.PROMPTS),
        },
        curves=Curves(Sum(_ACTIVE_TIME), "type"),
    ),
    Panel(
        id="tool_events",
        title="Tool Execution Events",
        short="Tool Events",
        meaning="The newest tool calls, and those that were not allowed.",
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
        short="API Errors",
        meaning="The newest requests that failed for good, and those that were declined.",
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


def _quantiles_by(
    label: str, measure: Measure, panel_id: str, title: str, section: Section
) -> Panel:
    """How long something took, p50 and p95 for each value of the label."""
    of_value = Query(measure, by=(label,))
    columns = {"p50": 0.5, "p95": 0.95}
    return Panel(
        id=panel_id,
        title=title,
        section=section,
        kind="ranked bars",
        unit="ms",
        value=SingleValue(Query(measure, stat=columns["p95"])),
        rows=Rows(
            label,
            {name: SingleValue(of_value._replace(stat=q)) for name, q in columns.items()},
        ),
    )


TOOL_DURATION = _quantiles_by(
    "tool_name", measures.TOOL_DURATION, "tool_duration", "Tool Duration", "tools"
)
"""How long each tool took: on the screen columns of `tool_success`."""

FIRST_TOKEN = _quantiles_by(
    "model", measures.FIRST_TOKEN, "first_token", "Time to First Token", "performance"
)
"""How long the first token took: on the screen columns of `api_duration`."""

DURATION_BEFORE = Panel(
    id="duration_before",
    title="API Request Duration Before",
    section="performance",
    kind="ranked bars",
    unit="ms",
    value=SingleValue(Query(measures.DURATION, stat=0.95), Span.BEFORE),
    rows=Rows("model", {"p95": _duration(0.95)._replace(span=Span.BEFORE)}),
)
"""What requests took in as long a time up to the window: on the screen a column of
`api_duration`, by which one sees which model got slower."""

TOOL_FAILURES = Panel(
    id="tool_failures",
    title="Failed Tool Calls",
    short="Failed Calls",
    meaning="The newest tool calls that did not end well, and why.",
    section="tools",
    kind="rows",
    unit="1",
    events=(EventKind(conventions.TOOL_RESULT, Condition("success", "true", negated=True)),),
)
"""Those rows of `tool_events` that tell of a failure: on the screen beside `tool_success`."""


def _ended(*, well: bool) -> Sum:
    ended_so = Condition("success", "true", negated=not well)
    return Sum(Query(measures.TOOL_CALLS, where=(ended_so,), stepped=True))


TOOL_OUTCOMES = Panel(
    id="tool_outcomes",
    title="Tool Calls by Outcome",
    short="Calls by Outcome",
    meaning="Tool calls in each stretch of time, by whether they ended well.",
    section="tools",
    kind="bars",
    unit="1",
    value=Addition((_ended(well=True), _ended(well=False))),
    curves=Curves(
        label="outcome", named={"failed": _ended(well=False), "succeeded": _ended(well=True)}
    ),
)
"""When calls failed: on the screen below a list of tools or of calls that is seen alone."""

BOARD_PANELS = (*PANELS, TOOL_DURATION, FIRST_TOKEN)
"""The panels of Grafana's boards, which have no columns beside another's."""

BY_ID = {panel.id: panel for panel in PANELS}

SECTIONS = tuple(dict.fromkeys(panel.section for panel in PANELS))
