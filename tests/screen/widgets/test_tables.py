"""Lists of sessions and prompts: their order, filter, columns, mark and scroll; and the mouse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import ComposeResult

from ccotel_tui.claude.session_registry import Running as Process
from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.sessions import SessionRow
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.sessions.lines import Session, session_table
from ccotel_tui.screen.format.sessions.order import matching_sessions, sort_sessions
from ccotel_tui.screen.process.plain_app import PlainApp
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.sessions import SessionList
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, SEOUL, Running, dashboard
from tests.screen.tools.scenes import BUSY, OLD, OTHER, busy_day
from tests.tools.otlp import T0, event, request

ROW = SessionRow("a1b2c3d4-0", 0, 0, None, ("opus",), 1.0, 10, None, 1, 0, 0, 1)


def names(sessions: list[Session]) -> list[str]:
    return [session.row.session_id for session in sessions]


def test_a_column_sorts_and_what_is_unknown_comes_last() -> None:
    rows = [
        replace(ROW, session_id="a", cost=None, project="infra"),
        replace(ROW, session_id="b", cost=2.0, errors=3),
        replace(ROW, session_id="c", cost=9.0, project="Api", last_seen_ns=5),
    ]
    sessions = [Session(row, None) for row in rows]
    for column, order in {"cost": "cba", "errors": "bac", "last": "cab", "project": "cab"}.items():
        assert names(sort_sessions(sessions, column)) == list(order), column
    assert names(sort_sessions(sessions, "now")) == list("abc")


@pytest.mark.parametrize(
    ("text", "left"),
    [("", "ab"), ("OPUS", "a"), ("shop b", "b"), ("c3d4", "a"), ("my name", "b"), ("x", "")],
)
def test_a_filter_looks_in_name_project_model_and_id(text: str, left: str) -> None:
    process = Process(1, "7", "b", "my name", "/x/web-shop", 0, "idle", "")
    a = Session(replace(ROW, models=("claude-opus-4-8",)), None)
    b = Session(replace(ROW, session_id="b", models=("sonnet",)), process)
    assert names(matching_sessions([a, b], text)) == [
        ROW.session_id if n == "a" else "b" for n in left
    ]


def test_costs_of_a_column_are_in_cents_where_one_is() -> None:
    small = Session(replace(ROW, session_id="b", cost=0.0013), None)
    dear = session_table([Session(ROW, None), small], 119, 0)
    assert ["<$0.01" in line.plain for line in dear.lines] == [False, True]
    assert "$0.0013" in session_table([small], 119, 0).lines[0].plain


def test_a_column_that_is_empty_in_every_row_is_not_shown() -> None:
    table = session_table([Session(ROW, None)], 119, 0)
    assert not {"project", "cache", "now"} & set(table.columns)
    assert "–" not in table.lines[0].plain
    other = Session(replace(ROW, project="web-shop", cache_hit_ratio=0.5), None)
    assert {"project", "cache"} <= set(session_table([Session(ROW, None), other], 119, 0).columns)


@pytest.mark.parametrize("width", [59, 79, 99, 119])
def test_no_column_is_left_out_that_fits(width: int) -> None:
    process = Process(1, "7", "b", "", "", 0, "waiting", "permission prompt")
    full = replace(ROW, project="web-shop", user="ann@example.com", cache_hit_ratio=0.5)
    sessions = [Session(full, process, "why is the retry queue slow")]
    columns = set(session_table(sessions, width, 0, is_team=True).columns)
    header = session_table(sessions, width, 0, is_team=True).header
    sizes = {"errors": 3, "last": 4, "cache": 5, "tokens": 6, "model": 5, "took": 4, "prompts": 7}
    left = {name for name, size in sizes.items() if header.cell_length + 2 + size <= width}
    assert left <= columns


@pytest.mark.parametrize("width", [59, 79, 119])
def test_a_long_project_leaves_the_columns_where_they_are(width: int) -> None:
    short, long = (
        session_table([Session(replace(ROW, project=name), None)], width, 0)
        for name in ("web-shop", "a-project-with-a-long-name-" * 3)
    )
    assert short.columns == long.columns
    assert "project" in long.columns
    assert long.header.cell_length <= width


class Listed(PlainApp):
    def compose(self) -> ComposeResult:
        yield SessionList()


async def test_equal_lines_of_other_sessions_are_other_rows() -> None:
    a, b = (replace(ROW, session_id=f"a1b2c3d4-{id}") for id in "ab")
    app = Listed()
    async with app.run_test(size=(80, 24)) as pilot:
        sessions = app.screen.query_one(SessionList)
        rows = sessions.query_one(PagedList)
        for shown in ((a, b), (b, a)):
            sessions.show(Snapshot(NOW, Window.between(T0, NOW, SEOUL), sessions=shown))
            await pilot.pause()
            rows.highlighted = 0
            assert sessions.copied(as_json=False) == shown[0].session_id


@asynccontextmanager
async def day(
    database: Database, tmp_path: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Running]:
    busy_day(database)
    folder = tmp_path / "sessions"
    register(folder, 1, BUSY, "busy", name="")
    register(folder, 2, OTHER, "waiting", waitingFor="permission prompt", name="infra-11")
    registry = SessionRegistry(folder, lambda _: "7")
    async with dashboard(tmp_path, size, registry) as running:
        yield running


def listed(running: Running) -> PagedList:
    return running.app.screen.query_one("#sessions PagedList", PagedList)


async def test_o_sorts_by_the_next_column_and_says_so(database: Database, tmp_path: Path) -> None:
    async with day(database, tmp_path) as running:
        await running.press("s")
        shown = await running.until("now▾")
        assert shown.index("infra-11") < shown.index(BUSY[:8])
        shown = await running.press("o")
        assert "cost▾" in shown
        assert shown.index(BUSY[:8]) < shown.index(OLD[:8]) < shown.index("infra-11")
        assert listed(running).marked == BUSY
        header = shown.splitlines()[2]
        await running.pilot.click(offset=(header.index("last"), 2))
        assert "last▾" in await running.until("last▾")
        await running.pilot.click(offset=(header.index("last"), 2))
        await running.until("now▾")


async def test_what_comes_first_is_in_sight_after_another_order(
    database: Database, tmp_path: Path
) -> None:
    database.append(request(n / 100, NOW - n * SECOND, f"s{n:03}") for n in range(1, 60))
    async with dashboard(tmp_path) as running:
        await running.press("s")
        await running.until("s001")
        shown = await running.press("o")
        assert "cost▾" in shown
        assert "s059" in shown.splitlines()[3]


async def test_a_list_of_events_has_one_order(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("following")
        await running.press("o")
        await running.until(strings.NOTHING_TO_SORT)


async def test_the_marked_session_stays_marked_while_others_come(
    database: Database, tmp_path: Path
) -> None:
    async with day(database, tmp_path) as running:
        await running.press("s")
        await running.until("busy")
        await running.press("end")
        assert listed(running).marked == OLD
        database.append([request(0.5, NOW - SECOND, "new-session")])
        await running.until("new-sess")
        assert listed(running).marked == OLD
        await running.press("o")
        assert listed(running).marked == OLD


async def test_the_scroll_stays_while_sessions_come(database: Database, tmp_path: Path) -> None:
    database.append(request(0.01, T0 + n * SECOND, f"s{n:03}") for n in range(60))
    async with dashboard(tmp_path) as running:
        await running.press("s")
        await running.until("s059")
        listed(running).scroll_to(y=20, animate=False)
        top = (await running.until("s039")).splitlines()[3]
        database.append([request(0.01, NOW - SECOND, "newest")])
        assert (await running.until("61 today")).splitlines()[3][:10] == top[:10]


async def test_the_marked_prompt_stays_marked_while_others_come(
    database: Database, tmp_path: Path
) -> None:
    def asked(n: int) -> None:
        at = NOW - 100 * SECOND + n * SECOND
        database.append(
            [event("user_prompt", at, "s1", prompt=f"do {n}", **{"prompt.id": f"p{n}"})]
        )

    database.append([request(0.5, NOW - 200 * SECOND)])
    for n in range(3):
        asked(n)
    async with dashboard(tmp_path) as running:
        await running.press("s")
        await running.until("1 today")
        await running.press("enter")
        await running.until("do 2")
        await running.press("down")
        prompts = running.app.screen.query_one("#session PromptList PagedList", PagedList)
        assert prompts.marked == "p1"
        asked(3)
        await running.until("do 3")
        assert prompts.marked == "p1"
        assert "cost▾" in await running.press("o")


@pytest.mark.parametrize("key", ["escape", "x"])
async def test_a_filter_of_sessions_and_without(
    key: str, database: Database, tmp_path: Path
) -> None:
    async with day(database, tmp_path) as running:
        await running.press("s")
        await running.until("3 today")
        await running.press("slash", *"opus")
        shown = await running.until("sessions  1 of 3")
        assert "infra-11" not in shown
        await running.press("enter", key)
        assert "infra-11" in await running.until("3 today")


async def test_a_click_marks_a_row_and_another_opens_it(database: Database, tmp_path: Path) -> None:
    async with day(database, tmp_path) as running:
        await running.press("s")
        await running.until("busy")
        await running.pilot.click(offset=(5, 4))
        assert running.app._main.open_view == "sessions"
        assert listed(running).marked == BUSY
        await running.pilot.click(offset=(5, 4))
        await running.until("reqs")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_tabs_and_the_keys_below_do_what_they_say_by_a_click(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with day(database, tmp_path, size) as running:
        top = running.screen.splitlines()[0]
        await running.pilot.click(offset=(top.index("3") + 2, 0))
        await running.pilot.pause()
        assert running.app._main.open_view == "tools"
        bottom = running.screen.splitlines()[-1]
        await running.pilot.click(offset=(bottom.index("help"), size[1] - 1))
        await running.until("Keys")


async def test_a_broad_list_of_sessions_tells_when_they_began_and_what_they_were_asked_first(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    database.append(
        [
            event("user_prompt", T0 - SECOND, BUSY, prompt="/exit", command_source="builtin"),
            event("user_prompt", T0, BUSY, prompt="add a cart\nto the shop"),
            event("user_prompt", T0, OTHER, prompt="<REDACTED>"),
            event("user_prompt", T0 + SECOND, OTHER, prompt="later"),
        ]
    )
    async with dashboard(tmp_path, (200, 24)) as running:
        await running.press("s")
        lines = (await running.at_rest()).splitlines()
    rows = {
        name: next(line for line in lines if line.startswith(f"  {name}"))
        for name in (BUSY[:8], OTHER[:8])
    }
    assert "first prompt" in lines[2]
    assert "13:09" in rows[BUSY[:8]]
    assert rows[BUSY[:8]].endswith("add a cart to the shop")
    assert "later" not in rows[OTHER[:8]]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_requests_are_called_requests_at_every_width(
    database: Database, tmp_path: Path, width: int
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (width, 24)) as running:
        await running.press("4")
        shown = await running.at_rest()
        [head] = [line for line in shown.splitlines() if "p95" in line and "p99" in line]
        assert ("requests" if width >= 80 else "reqs") in head
        assert "count" not in head
