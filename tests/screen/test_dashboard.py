"""The dashboard as its user meets it, at the sizes of a pane, under a fixed clock."""

from asyncio import Event, timeout
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot

from ccotel_tui.query.ask import Scope
from ccotel_tui.query.embedded_source import EmbeddedSource
from ccotel_tui.query.period import Period
from ccotel_tui.query.window import HOUR
from ccotel_tui.screen import words
from ccotel_tui.screen.app import Dashboard
from ccotel_tui.screen.messages import Answered
from ccotel_tui.screen.refresh import LOOK_EVERY
from ccotel_tui.store.database import Database
from tests.otlp import SECOND, T0, event, lines, request

Until = Callable[[str], Awaitable[str]]

GOLDENS = Path(__file__).parent / "goldens"
NOW = T0 + HOUR
SIZES = [(40, 12), (80, 24), (120, 40)]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "telemetry.db")
    yield database
    database.close()


@asynccontextmanager
async def dashboard(
    tmp_path: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], Until]]:
    """The running app, and what waits until the screen shows a text."""
    source = EmbeddedSource(tmp_path / "telemetry.db")
    app = Dashboard(source, None, Period(), Scope(), lambda: NOW, ZoneInfo("Asia/Seoul"))
    answered = Event()

    def seen(message: object) -> None:
        if isinstance(message, Answered):
            answered.set()

    async with app.run_test(size=size, message_hook=seen) as pilot:

        async def until(text: str) -> str:
            async with timeout(20):
                while text not in (shown := screen(pilot)):
                    await answered.wait()
                    answered.clear()
                    await pilot.pause()
            return shown

        await answered.wait()
        await pilot.pause()
        yield pilot, until


def screen(pilot: Pilot[None]) -> str:
    """What the terminal shows, without colours and without blanks at the ends."""
    rows = pilot.app.screen._compositor.render_strips()
    return "\n".join(row.text.rstrip() for row in rows) + "\n"


def busy_day(database: Database) -> None:
    """Two sessions, two models, a tool that fails."""
    database.append(request(0.1 * n, at=T0 + n * 60 * SECOND, sequence=n) for n in range(1, 30))
    database.append(
        event(
            "api_request",
            at=T0 + n * 90 * SECOND,
            session="s2",
            model="claude-haiku-4-5-20251001",
            cost_usd=0.031,
        )
        for n in range(1, 20)
    )
    database.append(
        event(
            "tool_result",
            at=T0 + n * SECOND,
            tool_name=("Bash", "Read", "mcp__인벤토리__조회")[n % 3],
            success="false" if n % 9 == 0 else "true",
        )
        for n in range(1, 60)
    )
    database.append([lines(412), lines(96, kind="removed")])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize(("key", "last"), [("1", "net"), ("2", "Cost"), ("3", "Tool Success Rate")])
async def test_sections_look_as_they_did(
    database: Database,
    tmp_path: Path,
    size: tuple[int, int],
    key: str,
    last: str,
    update_goldens: bool,
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, size) as (pilot, until):
        await pilot.press(key)
        shown = await until(last)
        while words.LOADING in shown:
            await pilot.pause()
            shown = screen(pilot)
    golden = GOLDENS / f"section-{key}-{size[0]}x{size[1]}.txt"
    if update_goldens:
        golden.write_text(shown)
    assert shown == golden.read_text(), "make goldens, and read what changed"


async def test_the_first_day_turns_into_the_dashboard_at_the_first_event(
    database: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path) as (pilot, until):
        assert 'eval "$(ccotel-tui env)"' in screen(pilot)
        assert "$0" not in screen(pilot)
        database.append([request(1.25)])
        assert "ccotel-tui env" not in await until("$1.25")


async def test_a_request_is_on_the_screen_without_a_key(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as (_, until):
        await until("$1.25")
        database.append([request(2.0, sequence=1)])
        await until("$3.25")


async def test_space_stops_and_starts_the_updates(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as (pilot, until):
        await pilot.press("space")
        await until("paused")
        database.append([request(2.0, sequence=1)])
        await pilot.pause(3 * LOOK_EVERY)
        assert "$1.25" in screen(pilot)
        await pilot.press("space")
        await until("$3.25")


async def test_brackets_step_the_window(database: Database, tmp_path: Path) -> None:
    database.append([request(1.0, at=NOW - 3 * 24 * HOUR), request(0.5)])
    async with dashboard(tmp_path) as (pilot, until):
        assert "today" in (await until("$0.50 est.")).splitlines()[0]
        await pilot.press("right_square_bracket")
        assert "24h" in screen(pilot).splitlines()[0]
        await pilot.press("right_square_bracket")
        assert "7d" in (await until("$1.50 est.")).splitlines()[0]


async def test_hostile_names_reach_the_screen_as_text(database: Database, tmp_path: Path) -> None:
    evil = "Ba\x1b]52;c;AAAA\x07[bold]\u202e[/x]\n"
    database.append([event("tool_result", tool_name=evil, success="true"), request(1.0)])
    async with dashboard(tmp_path) as (pilot, until):
        await pilot.press("3")
        shown = await until("Ba ]52;c;AAAA [bold]")
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)


async def test_a_store_that_fails_is_an_error_and_not_a_zero(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as (_, until):
        await until("$1.25")
        database._connection.execute("DROP TABLE events")
        shown = await until("no such table")
        assert "error" in shown.splitlines()[0]
        assert "$0.00" not in shown


async def test_help_lists_the_keys_and_q_leaves(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as (pilot, _):
        await pilot.press("question_mark")
        await pilot.pause()
        assert "a longer window" in screen(pilot)
        await pilot.press("escape", "q")
        await pilot.pause()
        assert pilot.app.return_code == 0
