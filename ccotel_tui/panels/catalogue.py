"""What is shown.

The last of three dictionaries: the client's names are in `telemetry.vocabulary`, what can be
summed in `query.measures`. Questions only, no query text.
"""

from ccotel_tui.panels.panel import Curves, Minus, Panel, Ratio, Rows, Span, Total
from ccotel_tui.query.ask import Ask
from ccotel_tui.query.measures import COST, LINES, TOOL_CALLS

_COST = Ask(COST)
_COST_BY_MODEL = Ask(COST, by=("model",), stepped=True)
_LINES = Ask(LINES, by=("type",))
_CALLS = Ask(TOOL_CALLS, by=("tool_name", "success"))

_ADDED = Total(_LINES, {"type": "added"})
_REMOVED = Total(_LINES, {"type": "removed"})
_SUCCEEDED = Total(_CALLS, {"success": "true"})

PANELS = (
    Panel(
        id="total_cost",
        title="Total Cost",
        section="overview",
        kind="stat",
        unit="usd",
        value=Total(_COST),
        parts={
            "current_session": Total(_COST, span=Span.SESSION),
            "today": Total(_COST, span=Span.TODAY),
            "7d": Total(_COST, span=Span.DAYS_7),
            "30d": Total(_COST, span=Span.DAYS_30),
        },
        footnote="An estimate at list price, as the client reports it.",
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
        curves=Curves(_COST_BY_MODEL, running=True),
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
)

BY_ID = {panel.id: panel for panel in PANELS}

SECTIONS = tuple(dict.fromkeys(panel.section for panel in PANELS))
