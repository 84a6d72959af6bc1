"""The boards as they are written: the files in the repository, and what Grafana expects of them."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.panels.catalogue import BY_ID, PANELS, SECTIONS
from ccotel_tui.panels.grafana import boards, queries
from ccotel_tui.panels.panel import (
    Addition,
    Curves,
    Difference,
    PerMinute,
    Ratio,
    Sum,
    UnrecordedCost,
)
from ccotel_tui.query.measures import ERRORS, LINES, TOOL_CALLS
from ccotel_tui.query.query import Query

Json = dict[str, Any]

COMMITTED = Path(__file__).parents[2] / "stack" / "grafana" / "boards"
BOARDS = boards.boards()
OVERVIEW = BOARDS["ccotel-overview.json"]["panels"]
SHOWN: list[Json] = [tile for tile in OVERVIEW if tile["type"] != "row"]
NAMES = [name for name, *_ in boards.VARIABLES]
VARIABLES = {
    *(f"${{{name}:raw}}" for name in NAMES),
    *("$__range", "$__range_ms", "$__interval", "$__interval_ms"),
    *("${__interval_ms}", "${__from}"),
}


def test_the_files_are_what_the_code_would_write(tmp_path: Path) -> None:
    boards.write(tmp_path)
    written = {file.name: file.read_text() for file in tmp_path.iterdir()}
    committed = {file.name: file.read_text() for file in COMMITTED.iterdir()}
    assert committed == written, "run make boards"


def test_a_former_board_is_removed_and_a_stranger_s_is_kept(tmp_path: Path) -> None:
    for name in ("ccotel.json", "ccotel-former.json", "mine.json"):
        (tmp_path / name).touch()
    boards.write(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {*BOARDS, "mine.json"}


def test_there_is_a_board_a_section_under_its_own_address() -> None:
    assert [(name, board["uid"]) for name, board in BOARDS.items()] == [
        (f"ccotel-{section}.json", f"ccotel-{section}") for section in SECTIONS
    ]


def test_the_overview_shows_every_panel_in_the_order_of_the_catalogue() -> None:
    titles = {panel.title for panel in PANELS}
    # What has rows has a table and curves under one title.
    shown = dict.fromkeys(tile["title"] for tile in OVERVIEW if tile["title"] in titles)
    assert list(shown) == [panel.title for panel in PANELS]
    rows = [tile["title"] for tile in OVERVIEW if tile["type"] == "row"]
    assert rows == [section.capitalize() for section in SECTIONS]


@pytest.mark.parametrize("section", SECTIONS[1:])
def test_a_section_s_board_shows_its_part_of_the_overview(section: str) -> None:
    titles = {panel.title for panel in PANELS if panel.section == section}
    tiles = [tile for tile in SHOWN if tile["title"].removesuffix(", over all") in titles]
    assert list(map(unplaced, BOARDS[f"ccotel-{section}.json"]["panels"])) == list(
        map(unplaced, tiles)
    )


def unplaced(tile: Json) -> Json:
    size = {side: tile["gridPos"][side] for side in "wh"}
    return {**tile, "id": 0, "gridPos": size}


@pytest.mark.parametrize("name", BOARDS)
def test_ids_are_unique_and_no_two_panels_overlap(name: str) -> None:
    panels = BOARDS[name]["panels"]
    assert set(Counter(tile["id"] for tile in panels).values()) == {1}
    cells = Counter(
        (x, y)
        for place in (tile["gridPos"] for tile in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    )
    assert set(cells.values()) == {1}
    assert {x for x, _ in cells} == set(range(24))


@pytest.mark.parametrize("tile", SHOWN, ids=[f"{t['type']} {t['title']}" for t in SHOWN])
def test_a_panel_has_what_grafana_expects(tile: Json) -> None:
    assert tile["type"] in {"stat", "table", "timeseries", "logs"}
    if tile["type"] != "logs":
        assert tile["fieldConfig"]["defaults"]["unit"] in boards.UNITS.values()
    assert set(Counter(target["refId"] for target in tile["targets"]).values()) == {1}
    sources = [target["datasource"] for target in tile["targets"]]
    assert tile["datasource"] == (
        sources[0] if all(one == sources[0] for one in sources) else boards.MIXED
    )
    for target in tile["targets"]:
        assert target["datasource"] in boards.DATASOURCES.values()
        assert set(re.findall(r"\$\w+|\$\{[^}]*\}", target["expr"])) <= VARIABLES
        assert all(f"${{{name}:raw}}" in target["expr"] for name in NAMES)
        if target["datasource"]["type"] == "loki":
            # With a step of its own Loki's steps could overlap or leave gaps.
            assert target["queryType"] in {"instant", "range"}
            assert "step" not in target
        else:
            assert target.get("instant", False) != target.get("range", False)
        once = tile["type"] in {"stat", "table"}
        assert once == (target.get("queryType") == "instant" or target.get("instant", False))


def test_parts_whose_time_grafana_does_not_know_are_left_out() -> None:
    assert numbers("Total Cost") == {
        "Total Cost": "currencyUSD",
        "7d": "currencyUSD",
        "30d": "currencyUSD",
    }


def test_a_part_is_in_its_own_unit() -> None:
    assert numbers("Token Usage")["cache hit ratio"] == "percentunit"
    active = numbers("Development Activity, over all")
    assert active["Development Activity, over all"] == active["active time cli"] == "s"
    assert active["commits"] == active["prompts"] == "locale"


def test_a_row_without_the_label_has_the_screen_s_word_for_it() -> None:
    [tile] = [one for one in SHOWN if (one["type"], one["title"]) == ("table", "API Error Rate")]
    [mapped, *_] = tile["fieldConfig"]["overrides"]
    assert mapped["matcher"]["options"] == "status_code"
    assert [
        (one["options"]["match"], one["options"]["result"]["text"])
        for one in mapped["properties"][0]["value"]
    ] == [("null", "none"), ("empty", "none")]


def numbers(title: str) -> dict[str, str]:
    """The names of a tile's numbers and their units."""
    [tile] = [tile for tile in SHOWN if tile["title"] == title]
    properties = [
        {one["id"]: one["value"] for one in override["properties"]}
        for override in tile["fieldConfig"]["overrides"]
    ]
    return {one["displayName"]: one["unit"] for one in properties}


SCOPED = (
    'label_format model=`{{ if hasSuffix "]" .model }}'
    r'{{ regexReplaceAll "\\[[^\\]]*\\]$" .model "" }}{{ else }}{{ .model }}{{ end }}` | '
    "session_id=~`(?s)^(${session:raw}).*` | model=~`(?is).*(${model:raw}).*` | "
    "${filter_key:raw}=~`(?s)^(${filter_value:raw})$`"
)
CALLS = (
    'sum (count_over_time({service_name=~".+"} |= "claude_code." | event_name="tool_result" | '
    f"{SCOPED} [$__range]))"
)
WENT_WELL = CALLS.replace(" [$", ' | success="true" [$')
FAILED = CALLS.replace("tool_result", "api_error")


def test_a_ratio_is_0_where_only_the_whole_is_found() -> None:
    calls = Query(TOOL_CALLS)
    ratio = Ratio(Sum(calls, {"success": "true"}), Sum(calls))
    assert queries.query(ratio) == f"({WENT_WELL} or vector(0)) / {CALLS}"
    some, every = (q.replace("sum", "sum by (tool_name)", 1) for q in (WENT_WELL, CALLS))
    assert queries.query(ratio, ("tool_name",)) == f"({some} or {every} * 0) / {every}"


def test_a_number_of_numbers_keeps_its_order() -> None:
    calls = Sum(Query(TOOL_CALLS))
    assert queries.query(Ratio(Difference(calls, calls), calls)) == (
        f"((({CALLS} or vector(0)) - ({CALLS} or vector(0))) or vector(0)) / {CALLS}"
    )


def test_a_sum_is_there_where_any_of_its_numbers_is() -> None:
    both = Addition((Sum(Query(ERRORS)), Sum(Query(TOOL_CALLS))))
    assert queries.query(both) == (f"(({FAILED} or vector(0)) + ({CALLS} or vector(0))) > 0")
    with pytest.raises(ValueError, match="cannot ask"):
        queries.query(both, ("model",))


def test_a_rate_is_of_the_window_and_of_each_step() -> None:
    rate = PerMinute(Sum(Query(TOOL_CALLS)))
    assert queries.query(rate) == f"{CALLS} * 60000 / $__range_ms"
    by_step = CALLS.replace("[$__range]", "[$__interval] offset -$__interval")
    assert queries.stepped(Curves(rate)) == {"all": f"{by_step} * 60000 / $__interval_ms"}


def test_what_no_server_knows_cannot_be_asked() -> None:
    assert not queries.askable(UnrecordedCost())
    with pytest.raises(ValueError, match="cannot ask"):
        queries.query(UnrecordedCost())


def test_a_running_sum_leaves_out_what_was_before_the_window() -> None:
    curves = BY_ID["cost_by_model"].curves
    assert curves is not None
    [query] = queries.stepped(curves).values()
    assert "| at > ${__from}000000 |" in query
    assert query.endswith("[$__range${__interval_ms}ms] offset -$__interval))")
    lines = Curves(Sum(Query(LINES, by=("type",), stepped=True)), "type", running=True)
    [query] = queries.stepped(lines).values()
    assert "[31d] @ start()" in query
    assert "offset $__range" not in query


def test_a_failure_that_was_given_up_is_one_row() -> None:
    query = queries.rows_queries(BY_ID["api_error_events"].events)
    assert "api_error" in query
    assert "exhausted" not in query
    assert "| line_format `{{ .event_name }}{{ if .tool_name }} tool_name={{ .tool_name }}" in query
