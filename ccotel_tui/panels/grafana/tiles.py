"""A panel of the catalogue as the tiles that together show it: numbers, rows, curves, events.

The block of a panel has one title: on its chart or its rows, or on numbers that stand above them.
"""

from collections.abc import Iterator, Mapping
from string import ascii_uppercase
from typing import Any

from ccotel_tui.panels.grafana import queries
from ccotel_tui.panels.grafana.thresholds import coloured, with_thresholds
from ccotel_tui.panels.grafana.variables import LOKI, PROMETHEUS, Json
from ccotel_tui.panels.panel import (
    Curves,
    Number,
    Panel,
    Ratio,
    Rows,
    SingleValue,
    Sum,
    leaves,
    unit_of,
)
from ccotel_tui.panels.result import NEWEST_ROWS
from ccotel_tui.query.measures import MeasureSignal, Unit
from ccotel_tui.telemetry.conventions import stand_in

DATASOURCES: Mapping[MeasureSignal, Json] = {"counters": PROMETHEUS, "events": LOKI}

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

NOTHING = "nothing in this time"
"""In the place of a number that has no records."""

COLUMNS = 24
STAT = {"w": 12, "h": 6}
STATS = {"w": COLUMNS, "h": 5}
OVERALL = {"w": 6, "h": 9}
BESIDE = {"w": COLUMNS - 6, "h": 9}
WIDE = {"w": COLUMNS, "h": 9}

SPARKS = 24
"""Steps of the curve below a number: each of them looks back to the window's start."""

_RUNNING = {"drawStyle": "line", "lineInterpolation": "stepAfter", "showPoints": "never"}
_BROKEN = {"drawStyle": "line", "showPoints": "always", "insertNulls": True}
"""A line over steps that hold nothing would tell what nobody measured."""
_BARS = {"drawStyle": "bars", "barAlignment": 1, "fillOpacity": 80, "stacking": {"mode": "normal"}}
_GAUGE = {"custom.cellOptions": {"type": "gauge", "mode": "basic"}, "min": 0, "max": 1}


def tiles(panel: Panel) -> Iterator[Json]:
    """The tiles that together show what the panel says, each with its size."""
    if panel.events:
        yield _events(panel)
        return
    if panel.kind == "stat":
        yield _stat(panel, panel.title, STAT)
        return
    # Many numbers want the whole width; few stand beside the curves, or else beside the rows.
    wide = bool(panel.parts) and not panel.rows
    yield _stat(panel, panel.title if wide else "", STATS if wide else OVERALL)
    if panel.curves:
        yield _curves(panel, panel.curves, "" if wide else panel.title, WIDE if wide else BESIDE)
    if panel.rows:
        title, size = ("", WIDE) if panel.curves else (panel.title, BESIDE)
        yield table_tile(panel, panel.rows, title, size)


def _events(panel: Panel) -> Json:
    """The newest events, newest first."""
    query = queries.rows_queries(panel.events)
    target = {"expr": query, "datasource": LOKI, "queryType": "range", "maxLines": NEWEST_ROWS}
    return {
        **_tile(panel, "logs", panel.title, WIDE, [target]),
        "options": {"showTime": True, "sortOrder": "Descending", "enableLogDetails": True},
    }


def _stat(panel: Panel, title: str, size: Json) -> Json:
    """The value, and beside it those parts whose time Grafana knows."""
    assert panel.value is not None
    whole = "over all" if panel.kind != "stat" else panel.title
    parts = {
        name.replace("_", " "): (panel.part_unit(name), part)
        for name, part in panel.parts.items()
        if queries.askable(part)
    }
    sparkling = panel.kind == "stat" and _signal(panel.value) == "events"
    value = (
        _ranged(panel.value, whole, queries.since_start(panel.value))
        if sparkling
        else _instant(panel.value, queries.query_text(panel.value))
    )
    targets = [value, *(_instant(part, queries.part(part)) for _, part in parts.values())]
    units = {whole: panel.unit, **{name: unit for name, (unit, _) in parts.items()}}
    first, *others = ({"displayName": name, "unit": UNITS[unit]} for name, unit in units.items())
    # Loki's instant answers become tables, in which no legend survives.
    overrides = zip(ascii_uppercase, [first | with_thresholds(panel.id), *others], strict=False)
    return {
        **_tile(panel, "stat", title, size, targets),
        **({"maxDataPoints": SPARKS, "interval": "1m"} if sparkling else {}),
        "fieldConfig": {
            "defaults": {
                "unit": UNITS[panel.unit],
                "noValue": NOTHING,
                "color": {"mode": "fixed", "fixedColor": "text"},
            },
            "overrides": [
                _override("byFrameRefID", id, **properties) for id, properties in overrides
            ],
        },
        "options": {
            "colorMode": "value",
            "graphMode": "area" if sparkling else "none",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "value" if units.keys() == {title} else "value_and_name",
        },
    }


def table_tile(panel: Panel, rows: Rows, title: str, size: Json) -> Json:
    """A line for each row: the columns' answers side by side, joined by the label."""
    targets = [
        _instant(number, queries.query_text(number, (rows.label,)), "table")
        for number in rows.columns.values()
    ]
    names = {f"Value #{id}": name for id, name in zip(ascii_uppercase, rows.columns, strict=False)}
    return {
        **_tile(panel, "table", title, size, targets),
        "fieldConfig": {
            "defaults": {"unit": UNITS["1"], "noValue": NOTHING},
            "overrides": [
                _override("byName", rows.label, mappings=mapped(stand_in(rows.label))),
                *(
                    _override("byName", name, **_column(panel, number))
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


def _column(panel: Panel, number: Number) -> Json:
    """A column of a table; a sum that finds nothing is 0, a quantile and a ratio are not."""
    unit = unit_of(number)
    shape = _GAUGE | with_thresholds(panel.id) if unit == "ratio" else {}
    absent = "–" if isinstance(number, SingleValue | Ratio) else "0"
    return {"unit": UNITS[unit], **shape, "noValue": absent}


def mapped(word: str) -> list[Json]:
    """The mappings that show the word for what a row lacks."""
    result = {"text": word, "index": 0}
    matches = ({"match": match, "result": result} for match in ("null", "empty"))
    return [{"type": "special", "options": match} for match in matches]


def _curves(panel: Panel, curves: Curves, title: str, size: Json) -> Json:
    """A line for each running sum, bars that add up, or points joined where steps meet."""
    numbers = [curves.number] if curves.number else list(curves.named.values())
    adding = all(isinstance(number, Sum) for number in numbers)
    targets = [
        _ranged(number, legend, query)
        for number, (legend, query) in zip(numbers, queries.stepped(curves).items(), strict=True)
    ]
    steps = "A step's number stands at its beginning; the newest step is not over yet."
    total = "lastNotNull" if curves.running else "sum"
    custom = _RUNNING if curves.running else _BARS if adding else _BROKEN
    return {
        **_tile(panel, "timeseries", title, size, targets),
        "description": f"{panel.footnote} {steps}".lstrip(),
        "fieldConfig": {
            "defaults": {
                "unit": UNITS[panel.unit],
                "noValue": NOTHING,
                **coloured(panel.id, custom),
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


def _tile(panel: Panel, kind: str, title: str, size: Json, targets: list[Json]) -> Json:
    first, *others = (target["datasource"] for target in targets)
    return {
        "type": kind,
        "title": title,
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
    signal = _signal(number)
    kind = prometheus if signal == "counters" else {"queryType": loki}
    return {"expr": query, "datasource": DATASOURCES[signal], **kind}


def _signal(number: Number) -> MeasureSignal:
    return next(leaves(number))[1].measure.signal
