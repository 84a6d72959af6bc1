"""What was dear: a ranked list whose total is the cost, gone into and out of by keys."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from ccotel_tui.panels.output.usage import saved_line
from ccotel_tui.query.usage.keys import KEYS
from ccotel_tui.query.usage.saved import CacheSaving
from ccotel_tui.query.usage.usage import UsageRow
from ccotel_tui.query.window import DAY, MINUTE, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.messages import Answered
from ccotel_tui.screen.format.usage.lines import saved_lines, usage_heading, usage_rows
from ccotel_tui.screen.widgets.lists.usage import UsageList
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, Running, dashboard
from tests.screen.tools.shown import COST_CHARTS, show
from tests.tools.otlp import event, request


@pytest.fixture
def spent(database: Database) -> Database:
    at = NOW - 5 * MINUTE
    dollars = (("aaaa1111", "p1", 0.5), ("bbbb2222", "p2", 2.0), ("bbbb2222", "p3", 0.25))
    requests = [
        (request(cost, at + number, session, number), prompt)
        for number, (session, prompt, cost) in enumerate(dollars)
    ]
    database.append(
        [
            replace(event, attributes={**event.attributes, "prompt.id": prompt})
            for event, prompt in requests
        ]
    )
    return database


async def test_from_a_value_to_a_prompts_steps_and_back(spent: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("d")
        models = await running.until(strings.DEAR_BY.format(key="model"))
        assert "$2.75" in total_line(models)
        await running.press("enter")
        # What the marked row is made of has its own heading, of the same words.
        sessions = await running.until(f"opus-4-8 › {strings.DEAR_BY.format(key='session')}")
        assert sessions.index("bbbb2222") < sessions.index("aaaa1111")
        await running.press("enter")
        prompts = await running.until(f"bbbb2222 › {strings.DEAR_BY.format(key='prompt')}")
        assert "$2.25" in total_line(prompts)
        await running.press("enter")
        await running.until(strings.REQUEST)
        await running.press("escape", "escape")
        await running.until(f"› {strings.DEAR_BY.format(key='session')}")
        await running.press("escape")
        await running.until(f"{strings.DEAR}  {strings.DEAR_BY.format(key='model')}")


async def test_a_tall_page_shows_what_the_marked_row_is_made_of(
    spent: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("d")
        page = await running.until("opus-4-8  by session")
        rows = under(page, "opus-4-8  by session")
        assert [row[:8] for row in rows] == ["bbbb2222", "aaaa1111"]
        assert len(under(page, "opus-4-8  by prompt")) == 3
        await running.press("b", "b")
        page = await running.until("bbbb2222  by prompt")
        rows = under(page, "bbbb2222  by prompt")
        assert [(row.split()[0], "$0.25" in row) for row in rows] == [("p2", False), ("p3", True)]
        [hour] = under(page, "bbbb2222  by hour")
        assert "$2.25" in hour
        [model] = under(page, "bbbb2222  by model")
        assert model.startswith("opus-4-8")
        await running.press("down")
        page = await running.until("aaaa1111  by prompt")
        assert "bbbb2222  by" not in page
        [prompt] = under(page, "aaaa1111  by prompt")
        assert prompt.startswith("p1")
        await running.press("b")
        await running.until("p1  by model")
        await running.press("b")
        assert "by hour" in await running.until("(none)  by session")
        await running.press("]", "]", "]")
        await running.until("(none)  by day")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_rows_that_leave_room_are_followed_by_the_marked_rows_parts_in_a_pane(
    spent: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(tmp_path, size) as running:
        await running.press("d")
        page = await running.until("opus-4-8  by session")
        rows = under(page, "opus-4-8  by session")
        assert [row[:8] for row in rows] == ["bbbb2222", "aaaa1111"]


@pytest.mark.parametrize("width", [79, 119, 199])
def test_the_longest_bar_ends_where_the_numbers_begin(width: int) -> None:
    row = UsageRow(("opus",), 8.0, *[None] * 12)
    window = Window.between(0, DAY, ZoneInfo("UTC"))
    [line] = usage_rows([row], ["opus"], width, "cost", window).lines
    named, cost, _ = line.plain.partition("$8.00")
    column = 10
    assert named.rstrip().endswith("▆")
    assert cell_len(named.rstrip()) == cell_len(named + cost) - column


def total_line(page: str) -> str:
    """The line of what the rows add up to."""
    return next(line for line in page.splitlines() if line.startswith("total of"))


def under(page: str, title: str) -> list[str]:
    """The rows under that heading."""
    _, _, below = page.partition(title)
    rows = below.splitlines()[1:]
    return list(takewhile(str.strip, rows))


async def test_a_row_is_shown_with_what_it_is_made_of_only_below_all_rows(
    database: Database, tmp_path: Path
) -> None:
    requests = [request(1.0, NOW - MINUTE + n, f"s{n:03}", n) for n in range(40)]
    database.append(requests[:25])
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("d")
        page = await running.until("opus-4-8  by session")
        assert len(under(page, "opus-4-8  by session")) == 25
        await running.press("b", "b")
        page = await running.until("s000  by hour")
        assert "s024" in page
        database.append(requests[25:])
        page = await running.until("total of 40")
        page = await running.at_rest()
        assert "by hour" not in page
        assert "total of 40" in page.splitlines()[-2]


async def test_of_what_a_row_is_made_of_the_first_are_shown(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.0, NOW - MINUTE + n, f"s{n:03}", n) for n in range(40)])
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("d")
        page = await running.until("opus-4-8  by session")
        rows = under(page, "opus-4-8  by session")
        shown = [f"s{n:03}" for n in range(len(rows) - 2)]
        assert [row[:4] for row in rows[:-2]] == shown
        assert rows[-2] == strings.MORE.format(count=40 - len(shown))


async def test_the_next_key_and_a_filter(spent: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("b")
        await running.until(strings.DEAR_BY.format(key="model"))
        await running.press("b", "b")
        await running.until("aaaa1111")
        await running.press("slash", *"bbbb", "enter")
        page = await running.at_rest()
        assert "aaaa1111" not in page
        assert "$2.75" in total_line(page)
        rows = running.app.screen.query_one(UsageList)
        assert rows.copied(as_json=False) == "bbbb2222"
        assert json.loads(rows.copied(as_json=True))["cost_usd"] == 2.25


@pytest.mark.parametrize("key", KEYS)
def test_each_key_has_a_name(key: str) -> None:
    assert strings.USAGE_KEYS[key] in usage_heading((), [key], 200).plain


def test_the_heading_has_the_keys_that_come_next_whole() -> None:
    narrow = usage_heading((), ["model"], 40).plain
    assert narrow == "what was dear  by model   b then source"
    assert "b then user, effort" in usage_heading((), ["mcp_server"], 60).plain
    assert usage_heading(("opus-4-8",), ["model", "session"], 40).plain.endswith("by session")


@pytest.mark.parametrize(
    ("saving", "width", "told"),
    [
        (CacheSaving(12.3), 80, "cache saved $12.30"),
        (CacheSaving(None, ("m",)), 80, "cache saved: not known, no prices told for m"),
        (
            CacheSaving(None, ("m",), 12.3),
            80,
            "cache saved $12.30 without m, for which no prices are told",
        ),
        (CacheSaving(None, ("m",), 12.3), 50, "cache saved $12.30 where prices are known"),
        (CacheSaving(None, ("m",), 12.3), 30, "cache saved: not known"),
    ],
)
def test_what_the_cache_saved_as_far_as_it_is_known(
    saving: CacheSaving, width: int, told: str
) -> None:
    assert [line.plain for line in saved_lines(saving, width)] == [told]


def test_the_commands_line_says_more() -> None:
    unknown = "cache saved: not known, the requests of a, b do not tell their prices"
    assert saved_line(CacheSaving(None, ("a", "b"))) == unknown
    assert saved_line(CacheSaving(None, ("a", "b"), 3.0)) == f"{unknown}; the rest saved $3.00"


async def test_a_panel_is_grouped_by_the_next_key(
    spent: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(monkeypatch, *COST_CHARTS)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("2")
        page = await running.until("Cumulative Cost by Model")
        assert "aaaa1111" not in page
        await running.press("b", "b")
        page = await running.until("Cumulative Cost by session")
        page = await running.until("bbbb2222")
        assert "Token Usage by Type" in page
        names = [line for line in page.splitlines() if "bbbb2222" in line]
        assert "$2.25" in names[0]
        await running.press("b")
        await running.until("Cumulative Cost by project")
        page = await running.until("(none)")
        assert "Cumulative Cost by project  $2.75" in page


async def test_tools_are_grouped_by_session_and_project(database: Database, tmp_path: Path) -> None:
    calls = [
        event("tool_result", NOW - MINUTE + n, session, tool_name="Bash", success=ok, project=name)
        for n, (session, ok, name) in enumerate(
            [("aaaa1111", "true", "shop"), ("aaaa1111", "false", "shop"), ("bbbb2222", "true", "")]
        )
    ]
    database.append(calls)
    async with dashboard(tmp_path) as running:
        await running.press("3")
        await running.until("Bash")
        await running.press("b")
        page = await running.until("aaaa1111")
        row = next(line for line in page.splitlines() if "aaaa1111" in line)
        assert "50" in row
        assert strings.FAILED_OF.format(failed=1, calls=2) in row
        await running.press("b")
        page = await running.until("shop")
        assert "(none)" in page
        await running.press("b")
        await running.until("Bash")


async def test_enter_leads_from_a_panel_through_its_values(spent: Database, tmp_path: Path) -> None:
    """And Esc the same way back."""
    async with dashboard(tmp_path) as running:
        await running.press("2")
        await running.until("$2.75")
        assert strings.ENTER_BEHIND in await running.press("enter")
        await running.press("enter")
        await running.until(strings.DEAR_BY.format(key="model"))
        await running.until("total of 1")
        await running.press("enter")
        await running.until("bbbb2222")
        await running.press("enter")
        await running.until("p2")
        await running.press("enter")
        await running.until(strings.REQUEST)
        for _ in range(3):
            await running.press("escape")
        await running.until(f"{strings.DEAR}  {strings.DEAR_BY.format(key='model')}")
        await running.press("escape")
        await running.until("Cumulative Cost by Model")


async def test_enter_on_a_point_shows_that_bucket_alone(spent: Database, tmp_path: Path) -> None:
    spent.append([request(8.0, NOW - 50 * MINUTE, "cccc3333", 9)])
    async with dashboard(tmp_path) as running:
        await running.press("2")
        await running.until("$10.75")
        await running.press("c", "enter")
        page = await running.until(strings.DEAR_BY.format(key="model"))
        page = await running.until("$2.75")
        assert "$10.75" not in page
        await running.press("escape")
        await running.until("$10.75")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_failed_count_leads_to_the_failed_rows(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Also where the page scrolls."""
    database.append(
        [
            event("tool_result", NOW - MINUTE + n, tool_name=name, success=ok)
            for n, (name, ok) in enumerate(
                [("Bash", "false"), ("Bash", "true"), ("Edit", "false"), ("Bash", "true")]
            )
        ]
        + [event("tool_result", NOW - n, tool_name=f"T{n}", success="true") for n in range(9)]
    )
    async with dashboard(tmp_path, size) as running:
        await running.press("3")
        await running.until(strings.FAILED_OF.format(failed=1, calls=3))
        await running.press("tab", "down", "enter")
        page = await running.until("event:tool_result tool:Bash ok:false   1 of 13")
        assert "Edit" not in page
        await running.press("escape", "escape")
        await running.until(strings.FAILED_OF.format(failed=1, calls=3))


@contextmanager
def answers_held(running: Running) -> Iterator[None]:
    """No answer comes in the block."""
    held, refresher = Event(), running.app._refresher
    answered = refresher._answered

    def answered_late(*asked: Any) -> Answered | None:
        held.wait()
        return answered(*asked)

    refresher._answered = answered_late  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        held.set()


async def test_a_row_of_the_former_question_is_not_gone_into(
    spent: Database, tmp_path: Path
) -> None:
    """Between a key and its answer the rows are those of the key before."""
    async with dashboard(tmp_path) as running:
        await running.press("d")
        await running.until(strings.DEAR_BY.format(key="model"))
        await running.at_rest()
        with answers_held(running):
            await running.press("enter", "enter")
        sessions = await running.until(f"› {strings.DEAR_BY.format(key='session')}")
        assert "$2.75" in total_line(sessions)
        await running.press("escape")
        await running.until(f"{strings.DEAR}  {strings.DEAR_BY.format(key='model')}")


async def test_rows_do_not_stand_below_the_name_of_another_key(
    spent: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("d")
        await running.until(strings.DEAR_BY.format(key="model"))
        assert "$2.75" in await running.at_rest()
        with answers_held(running):
            await running.press("enter")
            spent.close()
            (tmp_path / "telemetry.db").write_bytes(b"no database at all" * 100)
            for beside in ("-wal", "-shm"):
                (tmp_path / f"telemetry.db{beside}").unlink(missing_ok=True)
        await running.until("stale")
        models = await running.at_rest()
        assert "$2.75" in total_line(models)
        assert strings.DEAR_BY.format(key="model") in models
        assert "›" not in models
