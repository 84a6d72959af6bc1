"""The boards as they are written: the files in the repository, and what Grafana expects of them."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.panels import grafana, grafana_query
from ccotel_tui.panels.catalogue import BY_ID, PANELS, SECTIONS
from ccotel_tui.panels.panel import Curves, Minus, Ratio, Total
from ccotel_tui.query.ask import Ask
from ccotel_tui.query.measures import LINES, TOOL_CALLS

COMMITTED = Path(__file__).parents[2] / "stack" / "grafana" / "boards"
BOARDS = grafana.boards()
TILES: list[dict[str, Any]] = list(chain.from_iterable(b["panels"] for b in BOARDS.values()))
SHOWN = [tile for tile in TILES if tile["type"] != "row"]
VARIABLES = {"$__range", "$__interval", "${__interval_ms}", "${__from}"}


def test_the_files_are_what_the_code_would_write(tmp_path: Path) -> None:
    grafana.write(tmp_path)
    written = {file.name: file.read_text() for file in tmp_path.iterdir()}
    committed = {file.name: file.read_text() for file in COMMITTED.iterdir()}
    assert committed == written, "run make boards"


def test_every_panel_is_shown_in_the_order_of_the_catalogue() -> None:
    titles = [tile["title"] for tile in TILES]
    assert [title for title in titles if title in {panel.title for panel in PANELS}] == [
        panel.title for panel in PANELS
    ]
    rows = [tile["title"] for tile in TILES if tile["type"] == "row"]
    assert rows == [section.capitalize() for section in SECTIONS]


def test_ids_are_unique() -> None:
    for board in BOARDS.values():
        assert set(Counter(tile["id"] for tile in board["panels"]).values()) == {1}


def test_no_two_panels_overlap() -> None:
    for board in BOARDS.values():
        cells = Counter(
            (x, y)
            for place in (tile["gridPos"] for tile in board["panels"])
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
        assert set(cells.values()) == {1}
        assert {x for x, _ in cells} == set(range(24))


@pytest.mark.parametrize("tile", SHOWN, ids=[tile["title"] for tile in SHOWN])
def test_a_panel_has_what_grafana_expects(tile: dict[str, Any]) -> None:
    assert tile["type"] in {"stat", "table", "timeseries"}
    assert tile["fieldConfig"]["defaults"]["unit"] in grafana.UNITS.values()
    assert set(Counter(target["refId"] for target in tile["targets"]).values()) == {1}
    for target in tile["targets"]:
        assert target["datasource"] in grafana.DATASOURCES.values()
        assert set(re.findall(r"\$\w+|\$\{\w+\}", target["expr"])) <= VARIABLES
        if target["datasource"]["type"] == "loki":
            # With a step of its own Loki's steps could overlap or leave gaps.
            assert target["queryType"] in {"instant", "range"}
            assert "step" not in target
        else:
            assert target.get("instant", False) != target.get("range", False)
        whole = tile["type"] != "timeseries"
        assert whole == (target.get("queryType") == "instant" or target.get("instant", False))


def test_parts_whose_time_grafana_does_not_know_are_left_out() -> None:
    [tile] = [tile for tile in SHOWN if tile["title"] == "Total Cost"]
    names = [override["properties"][0]["value"] for override in tile["fieldConfig"]["overrides"]]
    assert names == ["Total Cost", "7d", "30d"]


CALLS = (
    'sum (count_over_time({service_name=~"claude-code.*"} | event_name="tool_result" [$__range]))'
)
WENT_WELL = CALLS.replace(" [", ' | success="true" [')


def test_a_ratio_is_0_where_only_the_whole_is_found() -> None:
    calls = Ask(TOOL_CALLS)
    ratio = Ratio(Total(calls, {"success": "true"}), Total(calls))
    assert grafana_query.query(ratio) == f"({WENT_WELL} or vector(0)) / {CALLS}"
    some, every = (q.replace("sum", "sum by (tool_name)", 1) for q in (WENT_WELL, CALLS))
    assert grafana_query.query(ratio, ("tool_name",)) == f"({some} or {every} * 0) / {every}"


def test_a_number_of_numbers_keeps_its_order() -> None:
    calls = Total(Ask(TOOL_CALLS))
    assert grafana_query.query(Ratio(Minus(calls, calls), calls)) == (
        f"((({CALLS} or vector(0)) - ({CALLS} or vector(0))) or vector(0)) / {CALLS}"
    )


def test_a_running_sum_leaves_out_what_was_before_the_window() -> None:
    curves = BY_ID["cost_by_model"].curves
    assert curves is not None
    query = grafana_query.stepped(curves)
    assert "| at > ${__from}000000 |" in query
    assert query.endswith("[$__range${__interval_ms}ms]))")
    lines = Curves(Ask(LINES, by=("type",), stepped=True), running=True)
    assert "@ start()" in grafana_query.stepped(lines)
    assert "offset" not in grafana_query.stepped(lines)
