"""The boards as they are written: the files in the repository, and what Grafana expects of them."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.panels.catalogue import BOARD_PANELS, SECTIONS
from ccotel_tui.panels.grafana import boards, queries
from ccotel_tui.panels.grafana.dear import TITLE, dear_tile
from ccotel_tui.panels.grafana.team import team_tiles
from ccotel_tui.panels.grafana.tiles import DATASOURCES, MIXED, UNITS, tiles
from ccotel_tui.panels.grafana.variables import GROUPED, LISTED, PROMETHEUS, TYPED
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

STACK = Path(__file__).parents[3] / "stack" / "grafana"
BOARDS = boards.boards()
HOME = BOARDS["ccotel-home.json"]["panels"]
SHOWN: list[Json] = [
    *(tile for panel in BOARD_PANELS for tile in tiles(panel)),
    dear_tile(),
    *team_tiles(),
]
PANELS = {panel.id: panel for panel in BOARD_PANELS}
BLOCKS = {panel.id: list(tiles(panel)) for panel in BOARD_PANELS}
SCOPED_BY = {
    *("${session:pipe}", "${model:pipe}", "${user:regex}", "${project:regex}"),
    *("${filter_key:raw}", "${filter_value:raw}"),
}
VARIABLES = {
    *SCOPED_BY,
    *("$__range", "$__range_ms", "$__interval", "$__interval_ms"),
    *("${__interval_ms}", "${__from}", "${__to}", f"${{{GROUPED}:raw}}"),
}


def every(board: Json) -> list[Json]:
    """The board's panels, with those within rows."""
    return [each for one in board["panels"] for each in (one, *one.get("panels", []))]


def test_the_files_are_what_the_code_would_write(tmp_path: Path) -> None:
    boards.write(tmp_path)
    written = {
        str(file.relative_to(tmp_path)): file.read_text()
        for file in tmp_path.rglob("*")
        if file.is_file()
    }
    committed = {name: (STACK / name).read_text() for name in written}
    assert committed == written, "run make boards"
    boards_there = {f"boards/{file.name}" for file in (STACK / "boards").glob("ccotel*")}
    assert boards_there == {name for name in written if name.startswith("boards/")}


def test_a_former_board_is_removed_and_a_stranger_s_is_kept(tmp_path: Path) -> None:
    (tmp_path / "boards").mkdir()
    for name in ("ccotel.json", "ccotel-former.json", "mine.json"):
        (tmp_path / "boards" / name).touch()
    boards.write(tmp_path)
    assert {file.name for file in (tmp_path / "boards").iterdir()} == {*BOARDS, "mine.json"}


def test_there_is_a_home_and_a_board_a_section_under_its_own_address() -> None:
    assert [(name, board["uid"]) for name, board in BOARDS.items()] == [
        (f"ccotel-{name}.json", f"ccotel-{name}") for name in ("home", *SECTIONS, "team")
    ]


def test_home_has_the_sections_in_their_order_and_asks_for_the_first_alone() -> None:
    rows = [tile for tile in HOME if tile["type"] == "row"]
    assert [row["title"] for row in rows] == [*map(str.capitalize, SECTIONS), TITLE]
    assert [row["collapsed"] for row in rows] == [False] + [True] * len(SECTIONS)
    first, *others = SECTIONS
    assert list(map(unplaced, HOME[1 : HOME.index(rows[1])])) == of_section(first)
    for section, row in zip(others, rows[1:], strict=False):
        assert list(map(unplaced, row["panels"])) == of_section(section)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_s_board_shows_its_part_of_home(section: str) -> None:
    shown = list(map(unplaced, BOARDS[f"ccotel-{section}.json"]["panels"]))
    dear = [unplaced(dear_tile())] if section == "cost" else []
    assert shown == of_section(section) + dear


def of_section(section: str) -> list[Json]:
    return [
        unplaced(tile)
        for panel in BOARD_PANELS
        if panel.section == section
        for tile in tiles(panel)
    ]


def unplaced(tile: Json) -> Json:
    size = {side: tile["gridPos"][side] for side in "wh"}
    return {**tile, "id": 0, "gridPos": size}


@pytest.mark.parametrize("name", BOARDS)
def test_ids_are_unique_and_no_two_panels_overlap(name: str) -> None:
    board = BOARDS[name]
    assert set(Counter(tile["id"] for tile in every(board)).values()) == {1}
    laid_out = [board["panels"], *(row["panels"] for row in board["panels"] if row.get("panels"))]
    for panels in laid_out:
        cells = Counter(
            (x, y)
            for place in (tile["gridPos"] for tile in panels)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
        assert set(cells.values()) == {1}
        assert {x for x, _ in cells} == set(range(24))


@pytest.mark.parametrize("panel_id", BLOCKS)
def test_a_panel_s_block_has_its_title_once(panel_id: str) -> None:
    titles = [tile["title"] for tile in BLOCKS[panel_id] if tile["title"]]
    assert titles == [PANELS[panel_id].title]
    # Numbers beside a chart have none, and say what they are themselves.
    for tile in BLOCKS[panel_id]:
        if tile["type"] == "stat" and not tile["title"]:
            assert tile["options"]["textMode"] == "value_and_name"


@pytest.mark.parametrize("name", BOARDS)
def test_the_variables_are_lists_of_what_the_servers_know(name: str) -> None:
    told = {one["name"]: one for one in BOARDS[name]["templating"]["list"]}
    grouped = {GROUPED} if name in ("ccotel-home.json", "ccotel-cost.json") else set()
    assert told.keys() == {*(one.name for one in LISTED), *(one[0] for one in TYPED), *grouped}
    for variable in LISTED:
        one = told[variable.name]
        assert (one["type"], one["datasource"]) == ("query", PROMETHEUS)
        assert one["query"]["query"].endswith(f", {variable.label})")
        # Nothing chosen is everything, also what has no such attribute.
        assert (one["current"]["value"], one["allValue"]) == (["$__all"], ".*")


@pytest.mark.parametrize(
    ("name", "value", "listed"),
    [
        ("session", "3f2a0c11-aaaa", "3f2a0c11-aaaa"),
        ("session", "a`b", None),
        ("model", "claude-opus-4-8[1m]", "claude-opus-4-8"),
        ("model", "us.anthropic.claude-v1:0", "us.anthropic.claude-v1:0"),
        ("project", "my shop (new)", "my shop (new)"),
        ("project", "a`} or vector(1) #", None),
        ("user", "a.b+c@example.com", "a.b+c@example.com"),
        ("user", "$__range", None),
    ],
)
def test_a_list_leaves_out_what_could_end_a_query(
    name: str, value: str, listed: str | None
) -> None:
    [one] = [one for one in BOARDS["ccotel-home.json"]["templating"]["list"] if one["name"] == name]
    pattern = one["regex"].removeprefix("/").removesuffix("/")
    found = re.match(pattern, value)
    assert (found[1] if found else None) == listed


def test_what_happened_is_marked_on_every_board() -> None:
    for board in BOARDS.values():
        marks = {one["name"]: one["expr"] for one in board["annotations"]["list"]}
        assert marks.keys() == {"Compactions", "API errors"}
        assert 'event_name="compaction"' in marks["Compactions"]
        assert all(variable in mark for mark in marks.values() for variable in SCOPED_BY)


def test_a_session_and_a_prompt_lead_to_their_events() -> None:
    links = {
        override["matcher"]["options"]: override["properties"][0]["value"][0]["url"]
        for override in dear_tile()["fieldConfig"]["overrides"]
        if override["properties"][0]["id"] == "links"
    }
    assert links.keys() == {"session_id", "prompt_id"}
    assert all(
        url.startswith("/d/ccotel-events?${__url_time_range}&var-") for url in links.values()
    )


@pytest.mark.parametrize("tile", SHOWN, ids=range(len(SHOWN)))
def test_nothing_is_said_where_nothing_is_found(tile: Json) -> None:
    if tile["type"] != "logs":
        assert tile["fieldConfig"]["defaults"]["noValue"] == "nothing in this time"


def test_an_error_rate_is_bad_above_and_a_success_rate_below() -> None:
    for id, first, last in (("api_errors", "green", "red"), ("tool_success", "red", "green")):
        shown = [
            json.dumps(tile["fieldConfig"])
            for tile in BLOCKS[id]
            if tile["type"] in ("stat", "table")
        ]
        told = [re.findall(r'"color": "(\w+)", "value"', text) for text in shown]
        judged = [colours for colours in told if colours]
        assert judged
        assert all((colours[0], colours[-1]) == (first, last) for colours in judged)
    chart = next(tile for tile in BLOCKS["api_errors"] if tile["type"] == "timeseries")
    assert chart["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_a_number_of_events_has_its_curve_below() -> None:
    graphs = {
        id: tile["options"]["graphMode"]
        for id, [tile, *_] in BLOCKS.items()
        if PANELS[id].kind == "stat"
    }
    # What a counter held at a window's end no range query tells exactly.
    assert graphs == {
        **dict.fromkeys(("active_sessions", "total_cost", "token_usage"), "area"),
        "lines_of_code": "none",
    }


@pytest.mark.parametrize("tile", SHOWN, ids=range(len(SHOWN)))
def test_a_panel_has_what_grafana_expects(tile: Json) -> None:
    assert tile["type"] in {"stat", "table", "timeseries", "logs"}
    if tile["type"] != "logs":
        assert tile["fieldConfig"]["defaults"]["unit"] in UNITS.values()
    assert set(Counter(target["refId"] for target in tile["targets"]).values()) == {1}
    sources = [target["datasource"] for target in tile["targets"]]
    assert tile["datasource"] == (
        sources[0] if all(one == sources[0] for one in sources) else MIXED
    )
    for target in tile["targets"]:
        assert target["datasource"] in DATASOURCES.values()
        assert set(re.findall(r"\$\w+|\$\{[^}]*\}", target["expr"])) <= VARIABLES
        assert all(variable in target["expr"] for variable in SCOPED_BY)
        if target["datasource"]["type"] == "loki":
            # With a step of its own Loki's steps could overlap or leave gaps.
            assert target["queryType"] in {"instant", "range"}
            assert "step" not in target
        else:
            assert target.get("instant", False) != target.get("range", False)
        once = target.get("queryType") == "instant" or target.get("instant", False)
        sparkling = tile.get("options", {}).get("graphMode") == "area" and target["refId"] == "A"
        assert once == (tile["type"] in {"stat", "table"} and not sparkling)


def test_parts_whose_time_grafana_does_not_know_are_left_out() -> None:
    assert numbers("total_cost") == {
        "Total Cost": "currencyUSD",
        "7d": "currencyUSD",
        "30d": "currencyUSD",
    }


def test_a_part_is_in_its_own_unit() -> None:
    assert numbers("token_usage")["cache hit ratio"] == "percentunit"
    active = numbers("dev_activity")
    assert active["over all"] == active["active time cli"] == "s"
    assert active["commits"] == active["prompts"] == "locale"


def test_a_row_without_the_label_has_the_screen_s_word_for_it() -> None:
    [tile] = [one for one in BLOCKS["api_errors"] if one["type"] == "table"]
    [mapped, *_] = tile["fieldConfig"]["overrides"]
    assert mapped["matcher"]["options"] == "status_code"
    assert [
        (one["options"]["match"], one["options"]["result"]["text"])
        for one in mapped["properties"][0]["value"]
    ] == [("null", "none"), ("empty", "none")]


def numbers(panel_id: str) -> dict[str, str]:
    """The names of a panel's numbers and their units."""
    [tile] = [tile for tile in BLOCKS[panel_id] if tile["type"] == "stat"]
    properties = [
        {one["id"]: one["value"] for one in override["properties"]}
        for override in tile["fieldConfig"]["overrides"]
    ]
    return {one["displayName"]: one["unit"] for one in properties}


SCOPED = (
    'label_format model=`{{ if hasSuffix "]" .model }}'
    r'{{ regexReplaceAll "\\[[^\\]]*\\]$" .model "" }}{{ else }}{{ .model }}{{ end }}` | '
    "session_id=~`(?s)^(${session:pipe}).*` | model=~`(?is).*(${model:pipe}).*` | "
    "user_email=~`(?s)^(${user:regex})$` | project=~`(?s)^(${project:regex})$` | "
    "${filter_key:raw}=~`(?s)^(${filter_value:raw})$`"
)
CALLS = (
    'sum (count_over_time({service_name=~".+", event_name=~"^(tool_result|)$"} '
    '|= "claude_code." | event_name="tool_result" | '
    f"{SCOPED} [$__range]))"
)
WENT_WELL = CALLS.replace(" [$", ' | success="true" [$')
FAILED = CALLS.replace("tool_result", "api_error")


def test_a_ratio_is_0_where_only_the_whole_is_found() -> None:
    calls = Query(TOOL_CALLS)
    ratio = Ratio(Sum(calls, {"success": "true"}), Sum(calls))
    assert queries.query_text(ratio) == f"({WENT_WELL} or vector(0)) / {CALLS}"
    some, every = (q.replace("sum", "sum by (tool_name)", 1) for q in (WENT_WELL, CALLS))
    assert queries.query_text(ratio, ("tool_name",)) == f"({some} or {every} * 0) / {every}"


def test_a_number_of_numbers_keeps_its_order() -> None:
    calls = Sum(Query(TOOL_CALLS))
    assert queries.query_text(Ratio(Difference(calls, calls), calls)) == (
        f"((({CALLS} or vector(0)) - ({CALLS} or vector(0))) or vector(0)) / {CALLS}"
    )


def test_a_sum_is_there_where_any_of_its_numbers_is() -> None:
    both = Addition((Sum(Query(ERRORS)), Sum(Query(TOOL_CALLS))))
    assert queries.query_text(both) == (f"(({FAILED} or vector(0)) + ({CALLS} or vector(0))) > 0")
    with pytest.raises(ValueError, match="cannot ask"):
        queries.query_text(both, ("model",))


def test_a_rate_is_of_the_window_and_of_each_step() -> None:
    rate = PerMinute(Sum(Query(TOOL_CALLS)))
    assert queries.query_text(rate) == f"{CALLS} * 60000 / $__range_ms"
    by_step = CALLS.replace("[$__range]", "[$__interval] offset -$__interval")
    assert queries.stepped(Curves(rate)) == {"all": f"{by_step} * 60000 / $__interval_ms"}


def test_what_no_server_knows_cannot_be_asked() -> None:
    assert not queries.askable(UnrecordedCost())
    with pytest.raises(ValueError, match="cannot ask"):
        queries.query_text(UnrecordedCost())


def test_a_running_sum_leaves_out_what_was_before_the_window() -> None:
    curves = PANELS["cost_by_model"].curves
    assert curves is not None
    [query] = queries.stepped(curves).values()
    assert "| at > ${__from}000000 | at <= ${__to}000000 |" in query
    assert query.endswith("[$__range${__interval_ms}ms] offset -$__interval))")
    lines = Curves(Sum(Query(LINES, by=("type",), stepped=True)), "type", running=True)
    [query] = queries.stepped(lines).values()
    assert "[31d] @ start()" in query
    assert "offset $__range" not in query


def test_a_failure_that_was_given_up_is_one_row() -> None:
    query = queries.rows_queries(PANELS["api_error_events"].events)
    assert "api_error" in query
    assert "exhausted" not in query
    assert "| line_format `{{ .event_name }}{{ if .tool_name }} tool_name={{ .tool_name }}" in query
