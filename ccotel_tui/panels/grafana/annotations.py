"""What happened, marked on every chart of a board."""

from ccotel_tui.panels.grafana import queries
from ccotel_tui.panels.grafana.variables import LOKI, Json
from ccotel_tui.query.query import EventKind
from ccotel_tui.telemetry.conventions import API_ERROR, API_REFUSAL, COMPACTION

_MARKS = (
    ("Compactions", "purple", (COMPACTION,), "Compacted", "{{trigger}}"),
    ("API errors", "red", (API_ERROR, API_REFUSAL), "API error", "{{status_code}} {{error}}"),
)
"""Name, colour, events, and what a mark says."""


def annotations() -> list[Json]:
    """The marks, switched off by a click above the board."""
    return [
        {
            "name": name,
            "datasource": LOKI,
            "enable": True,
            "iconColor": colour,
            "expr": queries.events_query(map(EventKind, events)),
            "titleFormat": title,
            "textFormat": text,
            "tagKeys": "session_id",
        }
        for name, colour, events, title, text in _MARKS
    ]
