"""The row of what was dear: usage by one attribute, which a variable of the board says."""

from collections.abc import Mapping

from ccotel_tui.panels.grafana.tiles import WIDE, mapped, table_tile
from ccotel_tui.panels.grafana.variables import GROUPED, Json
from ccotel_tui.panels.panel import Number, Panel, Ratio, Rows, Sum
from ccotel_tui.query import measures
from ccotel_tui.query.measures import Condition, Measure
from ccotel_tui.query.query import Query, Stat
from ccotel_tui.query.usage.keys import NONE

TITLE = "What Was Dear"

_KEY = f"${{{GROUPED}:raw}}"

# No record is without a source: the condition makes the query tell it, should that be the key.
_ANY = (Condition("source", "", negated=True),)

_FOOTNOTE = (
    "By the variable `Dear by`, of requests as in `ccotel-tui usage`: a user by e-mail, a project "
    "by its attribute, a prompt without those that continue it."
)


def _column(measure: Measure, stat: Stat = "sum") -> Sum:
    return Sum(Query(measure._replace(fallback=None), where=_ANY, stat=stat))


def _hit_ratio() -> Number:
    prompt_tokens = measures.TOKENS._replace(
        fields=(
            *measures.INPUT.fields,
            *measures.CACHE_READ.fields,
            *measures.CACHE_CREATION.fields,
        ),
    )
    return Ratio(_column(measures.CACHE_READ), _column(prompt_tokens))


USAGE_COLUMNS: Mapping[str, Number] = {
    "cost_usd": _column(measures.COST),
    "requests": _column(measures.REQUESTS),
    "input": _column(measures.INPUT),
    "output": _column(measures.OUTPUT),
    "cache_read": _column(measures.CACHE_READ),
    "cache_creation": _column(measures.CACHE_CREATION),
    "cache_hit_ratio": _hit_ratio(),
    "sessions": _column(measures.REQUESTS, "sessions"),
}
"""What a row of `usage` says."""

_ROWS = Rows(_KEY, USAGE_COLUMNS)

_PANEL = Panel(
    id="what_was_dear",
    title=TITLE,
    section="cost",
    kind="ranked bars",
    unit="usd",
    value=_column(measures.COST),
    rows=_ROWS,
    footnote=_FOOTNOTE,
)

_TO_EVENTS = "/d/ccotel-events?${__url_time_range}&"
_LINKS = {
    "session_id": "var-session=${__value.raw:percentencode}",
    "prompt_id": "var-filter_key=prompt_id&var-filter_value=${__value.raw:percentencode}",
}
"""Where a key's value leads: what stands behind it in the events."""


def dear_tile() -> Json:
    """The table, dearest first; a session and a prompt lead to their events."""
    urls = {label: _TO_EVENTS + rest for label, rest in _LINKS.items()}
    return grouped_tile(_PANEL, _ROWS, WIDE, "Its events", urls)


def grouped_tile(panel: Panel, rows: Rows, size: Json, link: str, urls: Mapping[str, str]) -> Json:
    """A table of what was used, `(none)` for what lacks the key; `urls` are where keys lead."""
    tile = table_tile(panel, rows, panel.title, size)
    [_, *columns] = tile["fieldConfig"]["overrides"]
    # Whatever the key: no matcher by name reads a variable.
    nothing = [{"id": "mappings", "value": mapped(NONE)}]
    keys = {"matcher": {"id": "byType", "options": "string"}, "properties": nothing}
    links = [
        {
            "matcher": {"id": "byName", "options": label},
            "properties": [{"id": "links", "value": [{"title": link, "url": url}]}],
        }
        for label, url in urls.items()
    ]
    overrides = [keys, *links, *columns]
    return {**tile, "fieldConfig": {**tile["fieldConfig"], "overrides": overrides}}
