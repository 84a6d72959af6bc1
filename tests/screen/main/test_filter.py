"""The key / on every page: it filters the list that is there, and says so where there is none."""

from pathlib import Path

import pytest

from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.query.window import MINUTE
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.files.fired import Fired, FiredHistory
from ccotel_tui.screen.messages import SessionChosen
from ccotel_tui.screen.widgets import bars
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.screen.tools.fake_stack import FakeStack
from tests.screen.tools.running import NOW, Running, dashboard
from tests.screen.tools.tour import VIEWS, open_view, visited
from tests.tools.otlp import event, request

SIZES = pytest.mark.parametrize("size", [(40, 12), (120, 40)])
FOOTER = "/ filter"


def footer(running: Running) -> str:
    return running.screen.rstrip("\n").rpartition("\n")[2]


@SIZES
@pytest.mark.parametrize("name", VIEWS)
async def test_it_filters_here_or_says_that_there_is_no_list(
    database: Database, tmp_path: Path, size: tuple[int, int], name: str
) -> None:
    database.append([request(1.25, NOW - MINUTE, "3f2a0c11-aaaa")])
    async with visited(tmp_path, size) as running:
        await open_view(running, name)
        filters = FOOTER in footer(running)
        await running.press("slash")
        await running.at_rest()
        opened = running.app._main.open_view
        typed = isinstance(running.app.focused, LineInput)
        if name in SECTIONS and name != "events":
            assert (opened, typed) == (name, False)
            assert strings.NOTHING_TO_FILTER in footer(running)
            assert strings.NOTHING_TO_FILTER not in await running.press("s")
        elif name == "reconcile":
            assert not typed
        else:
            assert typed
            assert opened == ("log" if name == "events" else name)
        assert filters == (typed and size[0] >= 60)


async def test_what_begins_to_hold_is_told_on_whatever_page(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bars, "_NOTICE_S", 600)
    database.append([request(1.25, NOW - MINUTE, "3f2a0c11-aaaa")])
    async with dashboard(tmp_path) as running:
        running.app._main.tell_alert("web-shop waits")
        assert "web-shop waits" in await running.press("s")
        assert strings.NOTHING_TO_FILTER in await running.press("2", "slash")


async def test_prompts_and_steps(database: Database, tmp_path: Path) -> None:
    def prompt(number: int, text: str, tool: str) -> list[Event]:
        at, of = NOW - (20 - number) * MINUTE, {"prompt.id": f"p{number}"}
        return [
            event("user_prompt", at, prompt=text, **of),
            event("api_request", at + 1, model="claude-opus-4-8", cost_usd=1.0, **of),
            event("tool_result", at + 2, tool_name=tool, success="true", **of),
        ]

    database.append([*prompt(1, "fix the login", "Read"), *prompt(2, "write the docs", "Edit")])
    async with dashboard(tmp_path, (120, 40)) as running:
        running.app.post_message(SessionChosen("s1"))
        await running.until("write the docs")
        await running.press("slash", *"LOGIN", "enter")
        shown = await running.at_rest()
        assert "fix the login" in shown
        assert "write the docs" not in shown
        assert "1 of 2" in shown
        # The arrows of the cursor stay among what is listed.
        await running.press("c", "right", "left")
        assert "fix the login" in await running.press("enter")
        await running.until("Read")
        await running.press("slash", *"request", "enter")
        shown = await running.at_rest()
        assert "Read" not in shown
        assert "opus-4-8" in shown
        await running.press("escape")
        assert "Read" in await running.at_rest()
        await running.press("escape")
        assert "write the docs" not in await running.at_rest()
        await running.press("x")
        assert "write the docs" in await running.at_rest()


@SIZES
async def test_rules(database: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    database.append([request(1.25, NOW - MINUTE)])
    history = FiredHistory(None)
    history.entries = [
        Fired(("loop", "s1", "Bash"), "loop: Bash failed 3 times", NOW - 9, NOW - 8),
        Fired(("surge", "s1", ""), "surge: $9.00 an hour", NOW - 7, NOW - 6),
    ]
    async with dashboard(tmp_path, size, history=history) as running:
        await running.press("A")
        await running.until("loop: Bash")
        await running.press("slash", *"surge", "enter")
        shown = await running.at_rest()
        assert "loop: Bash" not in shown
        assert "surge: $9.00" in shown
        assert "1 of 2" in shown
        await running.press("escape")
        assert "loop: Bash" in await running.at_rest()


@SIZES
async def test_services_and_nothing_is_done_to_those_that_are_not_listed(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    database.append([request(1.25, NOW - MINUTE)])
    stack = FakeStack()
    stack.see_running()
    async with dashboard(tmp_path, size, stack=stack) as running:
        await running.press("u")
        await running.until("4 of 4 ready")
        await running.press("slash", *"lok")
        shown = await running.at_rest()
        assert "loki" in shown
        assert "grafana" not in shown
        await running.press("enter", "R")
        await running.until("restarted")
        await running.press("slash", "i", "x", "enter")
        shown = await running.until(strings.NOTHING_MATCHES)
        assert "loki " not in shown
        await running.press("x", "a", "R", "l", "C")
        await running.at_rest()
        assert stack.done == [("restart", ("loki",))]
        await running.press("escape")
        await running.until("4 of 4 ready")


@SIZES
async def test_logs(database: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    database.append([request(1.25, NOW - MINUTE)])
    stack = FakeStack()
    stack.see_running()
    async with dashboard(tmp_path, size, stack=stack) as running:
        await running.press("u")
        await running.until("4 of 4 ready")
        await running.press("l")
        await running.until("hello")
        await running.press("slash", *"other")
        shown = await running.at_rest()
        assert "hello" not in shown
        assert "loki" in shown
        await running.press("backspace", "backspace", "backspace", "backspace", "backspace")
        await running.press(*"LOKI", "enter")
        await running.until("hello")
        await running.press("escape")
        await running.until("hello")
        await running.press("escape")
        assert "hello" not in await running.until("4 of 4 ready")


async def test_a_filter_is_about_the_session_that_it_was_typed_on(
    database: Database, tmp_path: Path
) -> None:
    for session in ("s1", "s2"):
        about = {"prompt": f"asked of {session}", "prompt.id": f"p-{session}"}
        database.append([event("user_prompt", NOW - MINUTE, session, **about)])
    async with dashboard(tmp_path) as running:
        running.app.post_message(SessionChosen("s1"))
        await running.until("asked of s1")
        # An id that is not shown is not looked in.
        await running.press("slash", *"p-")
        assert "0 of 1" in await running.at_rest()
        await running.press("enter")
        running.app.post_message(SessionChosen("s2"))
        await running.until("asked of s2")


async def test_the_total_says_how_many_of_its_rows_are_listed(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, NOW - MINUTE, "s1"), request(2.5, NOW - MINUTE, "s2")])
    async with dashboard(tmp_path) as running:
        await running.press("d", "b", "b")
        await running.until("by session")
        assert "total of 2 " in await running.at_rest()
        await running.press("slash", *"s2", "enter")
        shown = await running.at_rest()
        assert "total of 2, 1 listed" in shown
        assert "$3.75" in shown


async def test_where_no_other_order_has_room_the_key_says_so(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, NOW - MINUTE)])
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("d")
        await running.until("total of 1")
        assert strings.NOTHING_TO_SORT in await running.press("o")
        await running.pilot.resize_terminal(80, 24)
        await running.at_rest()
        await running.press("o")
        assert "reqs▾" in await running.at_rest()
