"""The event log over the whole window: read in pages, counted above, heads kept in sight."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ccotel_tui.query.events import event_row
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.history.log_page import EVENTS_BESIDE
from ccotel_tui.screen.format.events.groups import LogEntry, listed_prompts, log_entries
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, Running, dashboard
from tests.screen.views.test_event_log import row
from tests.tools.otlp import event, request

COUNT = 1000


@pytest.fixture
def many(database: Database) -> None:
    """An event each second, numbered from the newest on."""
    database.append(request(0.01, NOW - n * SECOND, sequence=n) for n in range(COUNT))


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The times of the events that were decoded."""
    times: list[int] = []

    def counted(time_ns: int, *rest: object) -> EventRow:
        times.append(time_ns)
        return event_row(time_ns, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("ccotel_tui.query.embedded.source.event_row", counted)
    return times


def events_of(running: Running) -> EventList:
    return running.app.screen.query_one("#log EventList", EventList)


def numbers(running: Running) -> list[int]:
    return [int(entry.row.get("event_sequence") or 0) for entry in events_of(running)._entries]


def marked(running: Running) -> LogEntry:
    entry = events_of(running).marked_entry
    assert entry is not None
    return entry


@pytest.mark.usefixtures("many")
async def test_page_by_page_to_the_oldest_event_and_back(tmp_path: Path) -> None:
    seen: set[int] = set()
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("1,000 events")
        while (at := marked(running).row["event_sequence"]) != COUNT - 1:
            await running.press("pageup")
            await running.at_rest()
            listed = numbers(running)
            assert len(listed) <= 2 * EVENTS_BESIDE
            assert listed == list(range(listed[0], listed[-1] - 1, -1))
            assert marked(running).row["event_sequence"] != at
            seen.update(listed)
        assert seen == set(range(COUNT))
        for _ in range(10):
            await running.press("pagedown")
            await running.at_rest()
        assert marked(running).row["event_sequence"] == COUNT - 1 - 10 * 15


@pytest.mark.usefixtures("many")
async def test_home_and_end_are_those_of_the_window(tmp_path: Path, decoded: list[int]) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("1,000 events")
        decoded.clear()
        await running.press("home")
        await running.at_rest()
        assert marked(running).row["event_sequence"] == COUNT - 1
        assert events_of(running).scroll_y == 0
        await running.press("end")
        await running.until("following")
        assert marked(running).row["event_sequence"] == 0
        assert len(decoded) < 6 * EVENTS_BESIDE


@pytest.mark.slow
async def test_a_key_decodes_a_page_of_20_000_events(
    database: Database, tmp_path: Path, decoded: list[int]
) -> None:
    database.append(
        request(0.01, NOW - n * SECOND // 2, sequence=n)
        if n % 100
        else event("tool_result", NOW - n * SECOND // 2, tool_name="Bash", success="false")
        for n in range(20_000)
    )
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("20,000 events")
        for keys in (["pageup"], ["home"], ["t", *"12:30", "enter"], ["slash", *"bash"]):
            decoded.clear()
            await running.press(*keys)
            await running.at_rest()
            assert len(decoded) <= 3 * EVENTS_BESIDE * max(1, 2 * len(keys) - 4)
        assert "200 of 20,000" in running.screen


@pytest.mark.usefixtures("many")
async def test_the_reader_s_place_stays_while_events_come(
    database: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("1,000 events")
        await running.press("t", *"14:02", "enter")
        await running.press(*["down"] * 5)
        before = (await running.at_rest()).splitlines()[7:22]
        database.append([request(0.5, NOW - 1, sequence=9999)])
        after = (await running.until("1,001 events")).splitlines()[7:22]
        assert after == before


async def test_the_histogram_follows_the_filter_and_shows_what_failed(
    database: Database, tmp_path: Path
) -> None:
    database.append(request(0.01, NOW - n * MINUTE, sequence=n) for n in range(1, 20))
    database.append(
        event("tool_result", NOW - n * 60 * MINUTE, tool_name="Bash", success="false", n=n)
        for n in (2, 5)
    )
    async with dashboard(tmp_path) as running:
        await running.press("e")
        every = (await running.until("21 events   ! 2 failed")).splitlines()
        assert every[4].count("!") == 2
        assert every[5].rstrip().endswith("now")
        await running.press("slash", *"tool:bash ok:true")
        await running.until("0 of 21")
        assert "!" not in running.screen.splitlines()[4]
        await running.press("escape")
        await running.until("21 events   ! 2 failed")
        assert running.screen.splitlines()[1:6] == every[1:6]
        await running.pilot.resize_terminal(40, 12)
        short = await running.at_rest()
        assert short.splitlines()[1].split()[0] == strings.EVENT_COLUMNS["time"]


def prompt_of(number: int, steps: int, database: Database) -> None:
    began, of_prompt = NOW - (10 - number) * MINUTE, {"prompt_id": f"p{number}"}
    database.append(
        [
            event("user_prompt", began, prompt=f"question {number}", **of_prompt),
            *(
                event("api_request", began + n * SECOND // 10, cost_usd=0.25, n=n, **of_prompt)
                for n in range(1, steps + 1)
            ),
        ]
    )


async def test_the_head_of_the_rows_in_sight_stays_above_them(
    database: Database, tmp_path: Path
) -> None:
    prompt_of(1, 400, database)
    prompt_of(2, 3, database)
    async with dashboard(tmp_path) as running:
        await running.press("e")
        shown = (await running.until("405 events")).splitlines()
        assert "> question 1" in shown[6]
        # It is 400 events away: of its cost nothing is said.
        assert "$" not in shown[6]
        assert [line for line in shown if "> question 2" in line and "$0.75" in line]
        await running.press("home")
        shown = (await running.at_rest()).splitlines()
        assert strings.EVENT_COLUMNS["what"] in shown[6]
        assert "> question 1" in shown[7]
        await running.press("slash", *"api_request")
        await running.until("403 of 405")
        assert "> question 1" in (await running.at_rest()).splitlines()[6]


def rows_of(prompts: int, *, agent_in: int = 0) -> Iterator[EventRow]:
    for n in range(prompts):
        yield row("user_prompt", 10 * n, prompt=f"q{n}", prompt_id=f"p{n}")
        more = {"agent_id": "a"} if n == agent_in - 1 else {}
        yield row("api_request", 10 * n + 5, prompt_id=f"p{n}", cost_usd=0.25, **more)


@pytest.mark.parametrize(
    ("cut", "filtered", "agent_in", "known"),
    [
        (False, False, 0, ["p0", "p1", "p2"]),
        (True, False, 0, ["p0", "p1"]),
        (False, True, 0, []),
        (True, False, 1, ["p1"]),
        (False, False, 1, ["p0", "p1", "p2"]),
    ],
)
def test_a_head_tells_a_cost_only_where_all_of_it_is_listed(
    cut: bool, filtered: bool, agent_in: int, known: list[str]
) -> None:
    rows = list(rows_of(3, agent_in=agent_in))
    listed = listed_prompts(rows, cut=cut, filtered=filtered)
    entries = log_entries(rows, {}, listed, folds=True)
    assert [e.row["prompt_id"] for e in entries if e.is_head] == ["p0", "p1", "p2"]
    assert [entry.prompt.prompt_id for entry in entries if entry.prompt] == known
    # Of a page that begins inside the first prompt, that one's head is above it.
    entries = log_entries(rows[1:], {}, listed_prompts(rows[1:], rows[:1]))
    assert "p0" not in [entry.prompt.prompt_id for entry in entries if entry.prompt]


async def test_from_a_row_to_its_prompt_and_its_session_and_back(
    database: Database, tmp_path: Path
) -> None:
    prompt_of(1, 3, database)
    prompt_of(2, 300, database)
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("305 events")
        await running.press("home", "down")
        await running.at_rest()
        log = running.screen
        await running.press("w")
        shown = await running.until(strings.WAITS_NOT_KNOWN)
        assert "> question 1" in shown
        assert "$0.75" in shown
        assert strings.LIFE in shown
        await running.press("enter")
        assert "cost_usd" in await running.at_rest()
        await running.press("escape", "S")
        await running.until("2 prompts")
        await running.press("escape")
        await running.until(strings.WAITS_NOT_KNOWN)
        await running.press("escape")
        assert await running.at_rest() == log
        await running.press("up", "enter")
        assert "> question 1" in await running.until(strings.WAITS_NOT_KNOWN)


@pytest.mark.usefixtures("many")
async def test_a_list_that_has_no_rows_yet_is_near_none_of_its_ends(tmp_path: Path) -> None:
    """Else a log that is opened on a busy machine would begin in the middle of its page."""
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until(strings.FOLLOWING)
        events = events_of(running)
        events.set_options([])
        assert events.size.height > 0
        assert not events.near_end(oldest=True)
