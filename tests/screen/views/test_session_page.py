"""A session's page: its whole life, and nothing claimed that is not known."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.prompts.rows import PromptRow, cost_of, prompt_rows
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.history import session_events
from ccotel_tui.screen.format.prompts.lines import prompt_table
from ccotel_tui.screen.format.prompts.waterfall import waterfall_of
from ccotel_tui.screen.messages import SessionChosen
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import event, request

WINDOW = Window.between(0, HOUR, ZoneInfo("UTC"))


def row(name: str, at_s: float, **more: str | float | bool) -> EventRow:
    return {
        "time": int(at_s * SECOND),
        "event_name": name,
        "session_id": "s1",
        "prompt_id": "p1",
        **more,
    }


def prompt_text(prompt: PromptRow) -> str:
    """Return the line of the one prompt of a list."""
    [line] = prompt_table([prompt], 80, WINDOW, "").lines
    return line.plain


async def open_session(database: Database, tmp_path: Path, shown: str) -> str:
    async with dashboard(tmp_path) as running:
        await running.press("s")
        await running.until(shown)
        await running.press("enter")
        return await running.at_rest()


async def test_all_of_it_is_about_its_whole_life(database: Database, tmp_path: Path) -> None:
    """It began the day before yesterday; the list says what it cost today."""
    database.append(
        [
            request(1.25, NOW - 2 * DAY, sequence=1),
            request(2.5, NOW - DAY, sequence=2),
            request(0.5, NOW - MINUTE, sequence=3),
        ]
    )
    page = await open_session(database, tmp_path, "$0.50")
    bar, _, facts = page.splitlines()[:3]
    assert strings.LIFE in bar
    assert "today" not in bar
    assert "$4.25" in facts
    assert facts.endswith("1d 23h")
    assert "$4.25" in page.splitlines()[3] + page.splitlines()[4] + page.splitlines()[5]


async def test_a_session_of_which_nothing_came_shows_nothing_of_another(
    database: Database, tmp_path: Path
) -> None:
    """As one that waits and is not heard: the page of the rules leads to it."""
    prompt = event("user_prompt", NOW - 2 * SECOND, prompt="write it", **{"prompt.id": "p1"})
    failed = event("api_error", NOW - SECOND, error="overloaded", **{"prompt.id": "p1"})
    database.append([prompt, request(1.25, NOW - SECOND), failed])
    async with dashboard(tmp_path) as running:
        running.app.post_message(SessionChosen("s1"))
        await running.until("write it")
        shown = await running.at_rest()
        assert all(words in shown for words in ("$1.25", "write it", "overloaded"))
        await running.press("escape")
        running.app.post_message(SessionChosen("unheard"))
        await running.until("session unhe")
        shown = await running.at_rest()
        assert not any(words in shown for words in ("$", "write it", "overloaded", "prompt"))
        assert "unheard" in shown.splitlines()[1]
        await running.press("escape")
        running.app.post_message(SessionChosen("s1"))
        await running.until("write it")
        assert "overloaded" in await running.at_rest()


async def test_an_ended_session_is_one_that_the_registry_has_seen_end(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, NOW - 5 * MINUTE)])
    page = await open_session(database, tmp_path, "$1.25")
    assert strings.LAST_ACTIVITY.format(age="5m") in page
    assert "ended" not in page
    folder = tmp_path / "sessions"
    register(folder, 1, "s1", "busy", name="")
    # The process with that id began at another time.
    async with dashboard(tmp_path, registry=SessionRegistry(folder, lambda _: "8")) as running:
        await running.press("s")
        await running.until("$1.25")
        await running.press("enter")
        page = await running.at_rest()
    assert strings.THIS_SESSION_ENDED.format(age="5m") in page


async def test_that_older_prompts_lack_is_said(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_events, "SESSION_PAGE", 2)
    monkeypatch.setattr(session_events, "MOST_OLDER", 2)
    database.append([request(1.0, NOW - n * SECOND, sequence=9 - n) for n in range(1, 6)])
    page = await open_session(database, tmp_path, "$5.00")
    assert strings.PROMPTS_CUT in page


def test_a_cost_that_no_request_told_is_no_zero() -> None:
    unreadable = [row("api_request", 1), row("api_request", 2, cost_usd="NaN")]
    assert cost_of(unreadable) is None
    assert cost_of([*unreadable, row("api_request", 3, cost_usd=0.5)]) == 0.5
    assert cost_of([row("tool_result", 1)]) == 0.0
    [prompt] = prompt_rows([row("user_prompt", 0), *unreadable])
    line = prompt_text(prompt)
    assert "$" not in line
    assert "–" in line
    assert "–" in waterfall_of(prompt, WINDOW, 80, str).head[0].plain


def test_a_command_that_asked_nothing_took_and_cost_nothing() -> None:
    [command] = prompt_rows([row("user_prompt", 0, command_source="builtin", command_name="clear")])
    assert prompt_text(command).split() == ["00:00", "/clear"]
    waterfall = waterfall_of(command, WINDOW, 80, str)
    assert [line.plain.strip() for line in waterfall.head] == [
        "00:00:00 > /clear",
        strings.NO_STEPS,
    ]
    assert waterfall.lines == ()


@pytest.mark.parametrize(
    ("seconds", "width", "times"),
    [
        (42 * 60, 78, ["0 s", "20 min"]),
        (42 * 60, 118, ["0 s", "10 min", "20 min", "30 min"]),
        (95, 118, ["0 s", "20 s", "40 s", "60 s"]),
        (1.7, 118, ["0 s", "0.5 s", "1.0 s"]),
    ],
)
def test_round_times_stand_above_the_cells_of_a_waterfall(
    seconds: float, width: int, times: list[str]
) -> None:
    last = row("api_request", seconds, duration_ms=1, cost_usd=0.25, model="claude-opus-4-8")
    [prompt] = prompt_rows([row("user_prompt", 0), last])
    waterfall = waterfall_of(prompt, WINDOW, width, str)
    *_, axis = waterfall.head
    bars = axis.plain[: axis.plain.index("took")]
    *ticks, _ = [part.strip() for part in bars.removeprefix("what").split("  ") if part.strip()]
    assert ticks == times
    [line] = waterfall.lines
    upright = [at for at, character in enumerate(line.plain) if character == "┊"]
    assert upright == [bars.index(f" {time}") + 1 for time in times[1:]]


@pytest.mark.parametrize("width", [20, 38, 59, 60, 78, 118, 198])
def test_a_step_of_a_waterfall_fills_its_line_and_no_more(width: int) -> None:
    [prompt] = prompt_rows(
        [
            row("user_prompt", 0),
            row("api_request", 3, duration_ms=2000, cost_usd=0.25, model="claude-opus-4-8"),
            row(
                "tool_result",
                40,
                duration_ms=30_000,
                tool_name="mcp__인벤토리__조회",
                success=False,
            ),
            row("tool_result", 41, duration_ms=1, tool_name="Read", agent_id="a", success=True),
        ]
    )
    waterfall = waterfall_of(prompt, WINDOW, width, str)
    *titles, facts, axis = waterfall.head
    assert len(titles) == (1 if width > 20 else 2)
    assert titles[-1].plain.endswith("$0.25  41.0 s")
    assert facts.plain.startswith("1 request")
    assert width < 60 or facts.plain.endswith(strings.WAITS_NOT_KNOWN)
    assert axis.plain.endswith(" cost")
    assert axis.cell_length == max(width, 26)
    assert width < 59 or " 41.0 s " in axis.plain
    assert {step.cell_length for step in waterfall.lines} == {max(width, 26)}
    assert len(waterfall.lines) == len(waterfall.steps) == 3


def test_a_request_has_the_colour_that_its_model_has_on_every_page() -> None:
    rows = [
        row("user_prompt", 0),
        row("api_request", 2, duration_ms=2000, model="claude-sonnet-5[1m]"),
        row("tool_result", 3, duration_ms=1000, tool_name="Read", success=True),
        row("api_request", 5, duration_ms=2000, model="claude-opus-4-8"),
    ]
    [prompt] = prompt_rows(rows)
    lines = waterfall_of(prompt, WINDOW, 80, "of {}".format).lines
    styles = [
        next(str(span.style) for span in line.spans if "━" in line.plain[span.start : span.end])
        for line in lines
    ]
    assert styles == ["of claude-sonnet-5", "$amount", "of claude-opus-4-8"]


def test_the_costs_of_a_column_are_all_in_cents_where_one_is() -> None:
    costs = [0.0018, 0.004, 0.0317]
    rows = [row("user_prompt", 0)] + [
        row("api_request", at, duration_ms=900, model="m", cost_usd=cost)
        for at, cost in enumerate(costs, start=1)
    ]
    [prompt] = prompt_rows(rows)
    steps = waterfall_of(prompt, WINDOW, 80, str).lines
    assert [line.plain.split()[-1] for line in steps] == ["<$0.01", "<$0.01", "$0.03"]
    prompts = prompt_rows([{**each, "prompt_id": f"p{at}"} for at, each in enumerate(rows[1:])])
    listed = prompt_table(prompts, 80, WINDOW, "").lines
    dollars = [word for line in listed for word in line.plain.split() if "$" in word]
    assert dollars == ["<$0.01", "<$0.01", "$0.03"]


async def test_a_running_session_took_as_long_as_the_list_of_sessions_says(
    database: Database, tmp_path: Path
) -> None:
    """Its life goes on until now: how long it was active does not."""
    folder = tmp_path / "sessions"
    register(folder, 7, "s1", "idle")
    database.append([request(1.0, NOW - 9 * MINUTE), request(1.0, NOW - 7 * MINUTE)])
    async with dashboard(tmp_path, registry=SessionRegistry(folder, lambda _: "7")) as running:
        await running.press("s")
        await running.until("$2.00")
        await running.press("enter")
        facts = (await running.at_rest()).splitlines()[2]
    assert facts.endswith(strings.LASTED.format(time="2m 0s"))


def test_what_took_less_than_a_second_took_no_zero() -> None:
    [prompt] = prompt_rows(
        [row("user_prompt", 0), row("api_request", 0.747, duration_ms=747, cost_usd=0.25)]
    )
    assert prompt_text(prompt).endswith("747 ms")


async def test_no_step_of_a_page_takes_two_lines(database: Database, tmp_path: Path) -> None:
    events = [
        event("api_request", NOW - n * SECOND, cost_usd=0.25, duration_ms=747, prompt_id="p1")
        for n in range(1, 20)
    ]
    database.append(events)
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("s")
        await running.until("$4.75")
        await running.press("enter")
        await running.until("took")
        await running.press("enter")
        page = await running.at_rest()
    assert all("747 ms" in line for line in page.splitlines() if "$0.25" in line)
    assert "$0.25" in page


async def test_compactions_are_marked_on_the_cost_and_counted(
    database: Database, tmp_path: Path
) -> None:
    """One that failed has made nothing smaller."""
    typed = event("user_prompt", NOW - 50 * MINUTE, **{"prompt.id": "p1"})
    database.append(
        [
            typed,
            request(1.25, NOW - 40 * MINUTE, sequence=1),
            event("compaction", NOW - 20 * MINUTE, success="true", trigger="auto"),
            event("compaction", NOW - 10 * MINUTE, success="false", trigger="auto"),
            request(0.5, NOW - 5 * MINUTE, sequence=2),
        ]
    )
    page = await open_session(database, tmp_path, "$1.75")
    assert "▾ 1 compaction" in page.splitlines()[2]
    marks = next(line for line in page.splitlines() if "▴" in line)
    assert marks.count("▾") == 1
    assert marks.index("▾") > marks.index("▴")


async def test_a_session_s_name_has_no_end_cut_where_its_project_has_no_room(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "sessions"
    register(folder, 7, "s1", "waiting", waitingFor="permission prompt")
    database.append([request(1.0, NOW - MINUTE)])
    processes = SessionRegistry(folder, lambda _: "7")
    async with dashboard(tmp_path, (40, 12), registry=processes) as running:
        await running.press("s")
        await running.until("$1.00")
        await running.press("enter")
        head = (await running.at_rest()).splitlines()[1]
    assert head.split() == ["acme-api-c4", "waits:", "permission", "prompt"]
