"""The catalogue said again in Grafana's terms: classic dashboard JSON, written by `make boards`."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from ccotel_tui.panels import grafana_query
from ccotel_tui.panels.catalogue import PANELS, SECTIONS
from ccotel_tui.panels.panel import Curves, Number, Panel, Rows, leaves
from ccotel_tui.query import logql
from ccotel_tui.query.ask import Scope
from ccotel_tui.query.measures import Signal, Unit

Json = dict[str, Any]

DATASOURCES: Mapping[Signal, Json] = {
    "counters": {"type": "prometheus", "uid": "ccotel-prometheus"},
    "events": {"type": "loki", "uid": "ccotel-loki"},
}
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

COLUMNS = 24
STAT = {"w": 12, "h": 6}
OVERALL = {"w": 6, "h": 9}
TABLE = {"w": 18, "h": 9}
CURVES = {"w": COLUMNS, "h": 9}

LINES = {"drawStyle": "line", "lineInterpolation": "stepAfter", "showPoints": "never"}
BARS = {"drawStyle": "bars", "fillOpacity": 80, "stacking": {"mode": "normal"}}


_GAUGE = {"type": "gauge", "mode": "basic"}
_COLUMNS: Mapping[str, Json] = {
    "ratio": {"unit": UNITS["ratio"], "custom.cellOptions": _GAUGE, "min": 0, "max": 1},
    **{name: {"unit": UNITS["ms"]} for name in ("p50", "p95", "p99")},
}
"""How a table shows a column that is not a count."""


def boards() -> dict[str, Json]:
    """Every board by the name of its file."""
    board = {
        "uid": "ccotel-overview",
        "title": "Claude Code",
        "description": "What Claude Code reports of itself, each number as in ccotel-tui.",
        "tags": ["claude-code"],
        "schemaVersion": 39,
        "time": {"from": "now/d", "to": "now"},
        "refresh": "30s",
        "timezone": "browser",
        "graphTooltip": 1,
        "panels": list(_placed(_tiles())),
    }
    return {"ccotel.json": board}


def write(directory: Path) -> None:
    """Write every board there, the same bytes for the same catalogue."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, board in boards().items():
        (directory / name).write_text(text(board), encoding="utf-8")


def text(board: Json) -> str:
    """The board as its file holds it."""
    return json.dumps(board, indent=1, sort_keys=True) + "\n"


def _tiles() -> Iterator[Json]:
    """A row for each section, and under it the panels, each with the size it wants."""
    for section in SECTIONS:
        yield {
            "type": "row",
            "title": section.capitalize(),
            "collapsed": False,
            "panels": [],
            "gridPos": {"w": COLUMNS, "h": 1},
        }
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
    """The tiles that together show what the panel says."""
    if panel.events:
        yield _rows(panel)
    elif panel.kind == "stat":
        yield _stat(panel, panel.title, STAT)
    elif panel.rows:
        yield _stat(panel, f"{panel.title}, over all", OVERALL)
        yield _table(panel, panel.rows)
    elif panel.parts:
        yield _stat(panel, f"{panel.title}, over all", STAT)
    if panel.curves:
        yield _curves(panel, panel.curves)


def _rows(panel: Panel) -> Json:
    """The newest events, newest first."""
    query = logql.rows(panel.events, Scope())
    target = {"expr": query, "datasource": DATASOURCES["events"], "queryType": "range"}
    return {
        **_tile(panel, "logs", CURVES, [{**target, "maxLines": 200}]),
        "options": {"showTime": True, "sortOrder": "Descending", "enableLogDetails": True},
    }


def _stat(panel: Panel, title: str, size: Json) -> Json:
    """The value, and beside it those parts whose time Grafana knows."""
    assert panel.value is not None
    numbers = {title: panel.value, **panel.parts}
    queries = {
        name: grafana_query.part(number) if name in panel.parts else grafana_query.query(number)
        for name, number in numbers.items()
        if grafana_query.askable(number)
    }
    return {
        **_tile(
            panel, "stat", size, [_instant(numbers[name], query) for name, query in queries.items()]
        ),
        "title": title,
        "fieldConfig": {
            "defaults": {"unit": UNITS[panel.unit]},
            # Loki's instant answers become tables, in which no legend survives.
            "overrides": [
                _override("byFrameRefID", ref_id, displayName=name)
                for ref_id, name in zip(ascii_uppercase, queries, strict=False)
            ],
        },
        "options": {
            "colorMode": "none",
            "graphMode": "none",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "value_and_name" if len(queries) > 1 else "value",
        },
    }


def _table(panel: Panel, rows: Rows) -> Json:
    """A line for each row: the columns' answers side by side, joined by the label."""
    targets = [
        _instant(number, grafana_query.query(number, (rows.label,)), "table")
        for number in rows.columns.values()
    ]
    return {
        **_tile(panel, "table", TABLE, targets),
        "fieldConfig": {
            "defaults": {"unit": UNITS["1"]},
            "overrides": [
                _override("byName", name, **_COLUMNS.get(name, {"noValue": "0"}))
                for name in rows.columns
            ],
        },
        "options": {"sortBy": [{"displayName": next(iter(rows.columns)), "desc": True}]},
        "transformations": [
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True},
                    "renameByName": {
                        f"Value #{ref_id}": name
                        for ref_id, name in zip(ascii_uppercase, rows.columns, strict=False)
                    },
                },
            },
        ],
    }


def _curves(panel: Panel, curves: Curves) -> Json:
    """A line for each running sum, or bars that add up."""
    signal = _signal(curves.number or next(iter(curves.named.values())))
    targets = [
        {
            "expr": query,
            "legendFormat": legend,
            "datasource": DATASOURCES[signal],
            # No step is said: both servers then step by $__interval, so that no two steps overlap.
            **({"range": True} if signal == "counters" else {"queryType": "range"}),
        }
        for legend, query in grafana_query.stepped(curves).items()
    ]
    form = BARS if panel.kind in ("bars", "stats and bars") else LINES
    steps = "Steps follow the clock: the first and the newest may reach over the range's ends."
    return {
        **_tile(panel, "timeseries", CURVES, targets),
        "description": f"{panel.footnote} {steps}".lstrip(),
        "fieldConfig": {
            "defaults": {"unit": UNITS[panel.unit], "custom": form},
            "overrides": [],
        },
        "options": {
            "legend": {
                "displayMode": "table",
                "placement": "right",
                "showLegend": True,
                "calcs": ["lastNotNull" if curves.running else "sum"],
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "interval": "1m",
        "maxDataPoints": 500 if curves.running else 100,
    }


def _tile(panel: Panel, kind: str, size: Json, targets: list[Json]) -> Json:
    return {
        "type": kind,
        "title": panel.title,
        "description": panel.footnote,
        "gridPos": size,
        "datasource": targets[0]["datasource"],
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


def _signal(number: Number) -> Signal:
    return next(leaves(number))[1].measure.signal


def _instant(number: Number, query: str, form: str = "time_series") -> Json:
    """A target that asks once, about the time up to the window's end."""
    signal = _signal(number)
    kind: Json = (
        {"instant": True, "range": False, "format": form}
        if signal == "counters"
        else {"queryType": "instant"}
    )
    return {"expr": query, "datasource": DATASOURCES[signal], **kind}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
