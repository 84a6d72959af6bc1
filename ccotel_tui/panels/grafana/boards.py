"""The catalogue said again in Grafana's terms: classic dashboard JSON, written by `make boards`."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from ccotel_tui.panels.catalogue import PANELS, SECTIONS
from ccotel_tui.panels.grafana import queries
from ccotel_tui.panels.panel import (
    Curves,
    Number,
    Panel,
    Rows,
    Section,
    SingleValue,
    Sum,
    leaves,
    unit_of,
)
from ccotel_tui.panels.result import NEWEST_ROWS
from ccotel_tui.query.measures import MeasureSignal, Unit
from ccotel_tui.telemetry.conventions import missing

Json = dict[str, Any]

DATASOURCES: Mapping[MeasureSignal, Json] = {
    "counters": {"type": "prometheus", "uid": "ccotel-prometheus"},
    "events": {"type": "loki", "uid": "ccotel-loki"},
}
VARIABLES = (
    ("session", "Session", "", "How its id begins. Empty: all sessions."),
    ("model", "Model", "", "What its name has in it, in any case. Empty: all models."),
    ("filter_key", "Attribute", "session_id", "Its name, with underscores in place of dots."),
    ("filter_value", "is", ".*", "All of its value. Empty: records without it; .*: everything."),
)
"""Name, label, default, and what it selects by: each a regular expression, but for the name."""

MIXED = {"type": "datasource", "uid": "-- Mixed --"}
"""Of a panel whose targets have several: else Grafana asks them all of the panel's own."""

UNITS: Mapping[Unit, str] = {
    "usd": "currencyUSD",
    "tokens": "short",
    "lines": "locale",
    "ms": "ms",
    "s": "s",
    "ratio": "percentunit",
    "1/min": "cpm",
    "1": "locale",
}

DESCRIPTION = (
    "What Claude Code reports of itself, each number as in ccotel-tui. Selected by session, model "
    "or attribute, those records count that carry it: a panel that has none shows no data, or 0 in "
    "its parts, where ccotel-tui says that it cannot be known. What is made of events leaves out "
    "sessions that send counters only."
)

COLUMNS = 24
STAT = {"w": 12, "h": 6}
STATS = {"w": COLUMNS, "h": 5}
OVERALL = {"w": 6, "h": 9}
BESIDE = {"w": COLUMNS - 6, "h": 9}
WIDE = {"w": COLUMNS, "h": 9}

_TAG = "claude-code"
_OTHERS = {
    **{"type": "dashboards", "tags": [_TAG], "title": "", "tooltip": "", "icon": "dashboard"},
    **{"asDropdown": False, "targetBlank": False, "keepTime": True, "includeVars": True},
}
"""The other boards, about the same time and scope."""

_RUNNING = {"drawStyle": "line", "lineInterpolation": "stepAfter", "showPoints": "never"}
_BROKEN = {"drawStyle": "line", "showPoints": "always", "insertNulls": True}
"""A line over steps that hold nothing would tell what nobody measured."""
_BARS = {"drawStyle": "bars", "barAlignment": 1, "fillOpacity": 80, "stacking": {"mode": "normal"}}
_GAUGE = {"custom.cellOptions": {"type": "gauge", "mode": "basic"}, "min": 0, "max": 1}


def boards() -> dict[str, Json]:
    """Every board by the name of its file: one a section, the first with all that there is."""
    return {
        f"ccotel-{section}.json": _board(section, SECTIONS if section == "overview" else (section,))
        for section in SECTIONS
    }


def write(directory: Path) -> None:
    """Write every board there, the same bytes for the same catalogue, and remove former ones."""
    directory.mkdir(parents=True, exist_ok=True)
    written = boards()
    for file in directory.glob("ccotel*.json"):
        if file.name not in written:
            file.unlink()
    for name, board in written.items():
        (directory / name).write_text(board_text(board), encoding="utf-8")


def board_text(board: Json) -> str:
    """The board as its file holds it."""
    return json.dumps(board, indent=1, sort_keys=True) + "\n"


def _board(name: str, sections: tuple[Section, ...]) -> Json:
    return {
        "uid": f"ccotel-{name}",
        "title": f"Claude Code: {name.capitalize()}",
        "description": DESCRIPTION,
        "tags": [_TAG],
        "links": [_OTHERS],
        "schemaVersion": 39,
        "time": {"from": "now/d", "to": "now"},
        "refresh": "30s",
        "timezone": "browser",
        "weekStart": "monday",
        "templating": {"list": [_variable(*one) for one in VARIABLES]},
        "graphTooltip": 1,
        "panels": list(_placed(_tiles(sections))),
    }


def _variable(name: str, label: str, default: str, meaning: str) -> Json:
    """A box to type into above the board."""
    chosen = {"text": default, "value": default}
    return {
        "type": "textbox",
        "name": name,
        "label": label,
        "description": meaning,
        "query": default,
        "current": chosen,
        "options": [{**chosen, "selected": True}],
    }


def _tiles(sections: tuple[Section, ...]) -> Iterator[Json]:
    """The sections' panels, under a row for each section where there are several."""
    for section in sections:
        if len(sections) > 1:
            size = {"w": COLUMNS, "h": 1}
            title = section.capitalize()
            yield {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": size}
        for panel in PANELS:
            if panel.section == section:
                yield from _shown(panel)


def _placed(tiles: Iterable[Json]) -> Iterator[Json]:
    """The tiles with an id and a place: from left to right, in a new line where one is full."""
    x = y = height = 0
    for tile, id in zip(tiles, count(1), strict=False):
        size = tile["gridPos"]
        if x + size["w"] > COLUMNS:
            x, y, height = 0, y + height, 0
        yield {**tile, "id": id, "gridPos": {**size, "x": x, "y": y}}
        x, height = x + size["w"], max(height, size["h"])


def _shown(panel: Panel) -> Iterator[Json]:
    """The tiles that together show what the panel says: its numbers, rows and curves."""
    if panel.events:
        yield _events(panel)
        return
    # Many numbers want the whole width; few stand beside the rows, or else beside the curves.
    wide = bool(panel.parts) and not panel.rows
    if panel.kind == "stat":
        yield _stat(panel, panel.title, STAT)
    else:
        yield _stat(panel, f"{panel.title}, over all", STATS if wide else OVERALL)
    if panel.rows:
        yield _table(panel, panel.rows)
    if panel.curves:
        yield _curves(panel, panel.curves, WIDE if wide or panel.rows else BESIDE)


def _events(panel: Panel) -> Json:
    """The newest events, newest first."""
    query = queries.rows_queries(panel.events)
    target = {"expr": query, "datasource": DATASOURCES["events"], "queryType": "range"}
    return {
        **_tile(panel, "logs", WIDE, [{**target, "maxLines": NEWEST_ROWS}]),
        "options": {"showTime": True, "sortOrder": "Descending", "enableLogDetails": True},
    }


def _stat(panel: Panel, title: str, size: Json) -> Json:
    """The value, and beside it those parts whose time Grafana knows."""
    assert panel.value is not None
    shown = [(title, panel.unit, panel.value, queries.query(panel.value))] + [
        (name.replace("_", " "), panel.part_unit(name), part, queries.part(part))
        for name, part in panel.parts.items()
        if queries.askable(part)
    ]
    targets = [_instant(number, query) for _, _, number, query in shown]
    return {
        **_tile(panel, "stat", size, targets),
        "title": title,
        "fieldConfig": {
            "defaults": {"unit": UNITS[panel.unit]},
            # Loki's instant answers become tables, in which no legend survives.
            "overrides": [
                _override("byFrameRefID", ref_id, displayName=name, unit=UNITS[unit])
                for ref_id, (name, unit, *_) in zip(ascii_uppercase, shown, strict=False)
            ],
        },
        "options": {
            "colorMode": "none",
            "graphMode": "none",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "value_and_name" if len(shown) > 1 else "value",
        },
    }


def _table(panel: Panel, rows: Rows) -> Json:
    """A line for each row: the columns' answers side by side, joined by the label."""
    targets = [
        _instant(number, queries.query(number, (rows.label,)), "table")
        for number in rows.columns.values()
    ]
    names = {f"Value #{id}": name for id, name in zip(ascii_uppercase, rows.columns, strict=False)}
    return {
        **_tile(panel, "table", BESIDE, targets),
        "fieldConfig": {
            "defaults": {"unit": UNITS["1"]},
            "overrides": [
                _override("byName", rows.label, mappings=_mapped(rows.label)),
                *(
                    _override("byName", name, **_column(number))
                    for name, number in rows.columns.items()
                ),
            ],
        },
        "options": {"sortBy": [{"displayName": next(iter(rows.columns)), "desc": True}]},
        "transformations": [
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                # A table of one query has no letter behind its value.
                "options": {
                    "excludeByName": {"Time": True},
                    "renameByName": names | {"Value": names["Value #A"]},
                },
            },
        ],
    }


def _column(number: Number) -> Json:
    """A column of a table; a sum that finds nothing is 0, a quantile is not."""
    unit = unit_of(number)
    shape = _GAUGE if unit == "ratio" else {}
    zero = {} if isinstance(number, SingleValue) else {"noValue": "0"}
    return {"unit": UNITS[unit], **shape, **zero}


def _mapped(label: str) -> list[Json]:
    result = {"text": missing(label), "index": 0}
    matches = ({"match": match, "result": result} for match in ("null", "empty"))
    return [{"type": "special", "options": match} for match in matches]


def _curves(panel: Panel, curves: Curves, size: Json) -> Json:
    """A line for each running sum, bars that add up, or points joined where steps meet."""
    numbers = [curves.number] if curves.number else list(curves.named.values())
    adding = all(isinstance(number, Sum) for number in numbers)
    targets = [
        _ranged(number, legend, query)
        for number, (legend, query) in zip(numbers, queries.stepped(curves).items(), strict=True)
    ]
    steps = "A step's number stands at its beginning; the newest step is not over yet."
    total = "lastNotNull" if curves.running else "sum"
    return {
        **_tile(panel, "timeseries", size, targets),
        "description": f"{panel.footnote} {steps}".lstrip(),
        "fieldConfig": {
            "defaults": {
                "unit": UNITS[panel.unit],
                "custom": _RUNNING if curves.running else _BARS if adding else _BROKEN,
            },
            "overrides": [],
        },
        "options": {
            "legend": {
                "displayMode": "table",
                "placement": "right",
                "showLegend": True,
                # What does not add up has its whole in the numbers beside it.
                "calcs": [total] if adding else [],
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "interval": "1m",
        "maxDataPoints": 500 if curves.running else 100,
    }


def _tile(panel: Panel, kind: str, size: Json, targets: list[Json]) -> Json:
    first, *others = (target["datasource"] for target in targets)
    return {
        "type": kind,
        "title": panel.title,
        "description": panel.footnote,
        "gridPos": size,
        "datasource": first if all(other == first for other in others) else MIXED,
        "targets": [
            {**target, "refId": ref_id}
            for ref_id, target in zip(ascii_uppercase, targets, strict=False)
        ],
    }


def _override(matcher: str, options: str, **properties: Any) -> Json:
    return {
        "matcher": {"id": matcher, "options": options},
        "properties": [{"id": name, "value": value} for name, value in properties.items()],
    }


def _instant(number: Number, query: str, form: str = "time_series") -> Json:
    """A target that asks once, about the time up to the window's end."""
    return _target(number, query, {"instant": True, "range": False, "format": form}, "instant")


def _ranged(number: Number, legend: str, query: str) -> Json:
    """A target that asks for every step.

    No step is said: both servers then step by $__interval, so that no two steps overlap.
    """
    return {**_target(number, query, {"range": True}, "range"), "legendFormat": legend}


def _target(number: Number, query: str, prometheus: Json, loki: str) -> Json:
    signal = next(leaves(number))[1].measure.signal
    kind = prometheus if signal == "counters" else {"queryType": loki}
    return {"expr": query, "datasource": DATASOURCES[signal], **kind}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
