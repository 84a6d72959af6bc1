"""The event log: prompts as heads, start-ups folded, sessions by name, a time to go to."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.app import Dashboard
from ccotel_tui.screen.format.events.groups import listed_prompts, log_entries
from ccotel_tui.screen.format.events.lines import EventTable
from ccotel_tui.screen.format.times import parse_time
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.conventions import STARTUP
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import T0, event, request

WINDOW = Window.between(0, DAY, ZoneInfo("UTC"))


def row(name: str, at: int, session: str = "s1", **more: str | float | bool) -> EventRow:
    return {"time": at * SECOND, "event_name": name, "session_id": session, **more}


def printed(rows: list[EventRow], width: int, *, folds: bool = True) -> list[str]:
    entries = log_entries(rows, {}, listed_prompts(rows), folds=folds)
    table = EventTable.of(entries, width)
    return [table.line(entry, WINDOW).plain.rstrip() for entry in entries]


@pytest.mark.parametrize("width", [50, 79])
def test_costs_are_in_cents_where_one_is(width: int) -> None:
    fine = row("api_request", 2, cost_usd=0.0013, model="haiku")
    dear = row("api_request", 3, cost_usd=5.95, model="haiku")
    assert "$0.0013" in printed([fine], width)[0]
    assert ["<$0.01" in line for line in printed([fine, dear], width)] == [True, False]


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize(
    ("decided", "shown"), [("accept", "허용됨"), ("reject", "거절됨"), ("later", "later")]
)
def test_a_decision_is_korean_where_its_word_is_known(decided: str, shown: str) -> None:
    [line] = printed([row("tool_decision", 1, tool_name="Bash", decision=decided)], 40)
    assert line.split()[-2:] == ["Bash", shown]


def test_a_prompt_is_the_head_of_what_followed_it() -> None:
    rows = [
        row("user_prompt", 1, prompt="fix it", prompt_id="p"),
        row("tool_result", 5, tool_name="Bash", success=False, prompt_id="p", duration_ms=2000),
        row("api_request", 65, cost_usd=0.25, model="claude-opus-4-8", prompt_id="p"),
        row("user_prompt", 70, "s2", prompt="other", prompt_id="q"),
        row("user_prompt", 80, "s2", prompt="<task-notification>", prompt_id="r"),
    ]
    head, tool, asked, other, notified = printed(rows, 79)
    assert head.split() == ["00:00:01", "s1", ">", "fix", "it", "1m", "4s", "$0.25"]
    assert tool.split() == ["00:00:05", "!", "Bash", "failed", "2.0", "s"]
    assert "s1" not in asked
    assert other.split() == ["00:01:10", "s2", ">", "other"]
    assert "background task" in notified
    assert ">" not in notified
    table = EventTable.of(log_entries(rows), 79)
    line = table.line(log_entries(rows, {}, listed_prompts(rows))[0], WINDOW)
    assert {str(span.style) for span in line.spans} >= {"bold $text-accent"}


@pytest.mark.parametrize(
    ("width", "said", "took"),
    [
        (58, "Read failed TelemetrySafeError", " 3 ms"),
        (43, "Read failed", " 3 ms"),
        (26, "Read", " 3ms"),
    ],
)
def test_a_narrow_line_says_that_a_call_failed_where_its_kind_has_no_room(
    width: int, said: str, took: str
) -> None:
    call = row("tool_result", 1, tool_name="Read", success=False, duration_ms=3)
    [line] = printed([{**call, "error_type": "TelemetrySafeError"}], width)
    assert line.removeprefix("00:00:01  ! ").split("  ")[0] == said
    assert line.endswith(took)


@pytest.mark.parametrize(("width", "kind"), [(79, "response  "), (39, "")])
def test_a_response_is_its_text_or_how_long_it_is(width: int, kind: str) -> None:
    redacted = row("assistant_response", 1, response="<REDACTED>", response_length="17", model="m")
    told = row("assistant_response", 2, response="done", response_length="4", model="m")
    assert [
        line.endswith(f"{kind}{text}")
        for line, text in zip(
            printed([redacted, told], width), ("17 characters", "done"), strict=True
        )
    ] == [True, True]


def test_a_start_up_is_one_line_unless_something_failed_in_it() -> None:
    names = ("plugin_loaded",) * 4 + ("managed_settings_resolved",) * 2 + ("mcp_server_connection",)
    rows = [row(name, at) for at, name in enumerate(names)]
    [line] = printed(rows, 79)
    assert line.endswith("+ start-up, 7 events: 4 plugins, 2 settings, 1 mcp server")
    assert printed(rows, 39)[0].endswith("+ start-up, 7 events")
    assert len(printed(rows, 79, folds=False)) == 7
    broken = row("mcp_server_connection", 9, status="failed", server_name="db", error="refused")
    assert len(printed([*rows, broken, rows[0]], 79)) == 3
    assert len(printed([row(STARTUP[0], 1), row(STARTUP[0], 2, "s2")], 79)) == 2


@pytest.mark.parametrize("width", [1, 9, 20, 39, 59, 60, 79, 89, 90, 119])
def test_a_line_is_as_wide_as_the_list(width: int) -> None:
    long = "mcp__" + "인" * 80
    rows = [
        row("user_prompt", 1, prompt=long, prompt_id="p"),
        row("tool_result", 2, long, tool_name=long, success=True, prompt_id="p"),
    ]
    entries = log_entries(rows, {}, listed_prompts(rows))
    table = EventTable.of(entries, width)
    lengths = {line.cell_length for line in (table.header(), *_lines(table, entries))}
    assert len(lengths) == 1
    assert width < 25 or lengths == {width}


def _lines(table: EventTable, entries: list) -> list:  # type: ignore[type-arg]
    return [table.line(entry, WINDOW) for entry in entries]


@pytest.mark.parametrize(
    ("typed", "time_ns"),
    [
        ("9:05", DAY + 9 * HOUR + 5 * MINUTE),
        ("11:00", 11 * HOUR),
        ("01-01 11:00", 11 * HOUR),
        ("1-2 10:00", DAY + 10 * HOUR),
        ("12-31 10:00", -14 * HOUR),
        ("24:00", None),
        ("02-30 10:00", None),
        ("10", None),
        ("[red]10:00", None),
    ],
)
def test_a_time_is_the_newest_of_its_kind(typed: str, time_ns: int | None) -> None:
    assert parse_time(typed, DAY + 10 * HOUR, WINDOW) == time_ns


async def test_the_log_names_sessions_where_they_change_and_unfolds_a_start_up(
    database: Database, tmp_path: Path
) -> None:
    database.append(event(STARTUP[n % 3], T0 + n * SECOND, "s1", n=n) for n in range(7))
    database.append([request(0.25, T0 + 9 * SECOND)])
    register(tmp_path / "sessions", 1, "s1", "busy", name="web-shop")
    registry = SessionRegistry(tmp_path / "sessions", lambda _: "7")
    async with dashboard(tmp_path, registry=registry) as running:
        await running.press("e")
        shown = await running.until("+ start-up, 7 events: 3 plugins, 2 settings, 2 hooks")
        assert shown.count("web-shop") == 1
        await running.press("up", "enter")
        assert (await running.until("managed_settings_resolved")).count("event_name") >= 3


async def test_the_first_row_in_sight_names_its_session_and_the_heading_says_what_it_is(
    database: Database, tmp_path: Path
) -> None:
    calls = (event("tool_result", T0 + n * SECOND, "s1", tool_name="Read", n=n) for n in range(99))
    database.append(calls)
    async with dashboard(tmp_path) as running:
        await running.press("6")
        rows = (await running.until("Read")).splitlines()
        assert rows[2].split()[:3] == ["time", "session", "what"]
        assert [row.split()[1] for row in rows[3:5]] == ["s1", "Read"]


async def test_t_goes_to_a_time_however_many_events_ago_it_is(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices: list[str] = []
    monkeypatch.setattr(Dashboard, "notify", lambda self, text, **_: notices.append(text))
    database.append(request(0.01, NOW - n * SECOND, sequence=n) for n in range(1, 3000))
    async with dashboard(tmp_path) as running:
        await running.press("t", *"13:30", "enter")
        await running.until("scrolled back")
        await running.at_rest()
        events = running.app.screen.query_one("#log EventList", EventList)
        marked = events._entries[events.highlighted or 0]
        assert marked.row["time"] == T0 + 20 * MINUTE
        await running.press("t", *"9:00", "enter")
        await running.at_rest()
        assert notices == [strings.BEFORE_WINDOW.format(time="11-24 13:20")]
        await running.press("t", *"morning", "enter")
        assert notices[1:] == [strings.BAD_TIME.format(text="morning")]
        await running.press("escape")


async def test_the_wheel_holds_the_log_where_it_is_read(database: Database, tmp_path: Path) -> None:
    database.append(request(0.01, NOW - n * MINUTE, sequence=n) for n in range(1, 60))
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("following   59 events")
        events = running.app.screen.query_one("#log EventList", EventList)
        events.scroll_relative(y=-5, animate=False)
        before = _rows(await running.until("scrolled back"))
        database.append([request(0.02, NOW - SECOND, sequence=99)])
        assert _rows(await running.until("60 events")) == before
        await running.press("end")
        await running.until("following   60 events")


def _rows(screen: str) -> list[str]:
    """Return the list's rows without its scrollbar."""
    return [line[:79].rstrip() for line in screen.splitlines()[7:22]]


GONE: dict[str, str | float | bool] = {
    **{"error": "Overloaded", "status_code": 529, "model": "claude-opus-4-8", "prompt_id": "p"},
}


def failure(at: int, session: str = "s1", attempts: int = 3) -> list[EventRow]:
    """The events that the client sends of a request that it gave up."""
    return [
        row("api_error", at, session, attempt=attempts, duration_ms=258, **GONE),
        row("api_retries_exhausted", at, session, total_attempts=attempts, **GONE),
    ]


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (119, "request   529 Overloaded opus-4-8, gave up after 3 attempts"),
        (79, "request   529 Overloaded opus-4-8"),
        (59, "529 Overloaded, gave up after 3 attempts"),
        (39, "529 Overloaded, gave up"),
        (30, "529 Overloaded"),
    ],
)
def test_a_request_that_was_given_up_is_one_row(width: int, said: str) -> None:
    [line] = printed(failure(1), width)
    assert said in line


def test_each_failure_has_its_own_row_also_where_sessions_interleave() -> None:
    first, second, other = failure(1), failure(2, attempts=11), failure(1, "s2", 1)
    lines = printed([first[0], other[0], first[1], other[1], *second], 119)
    assert [line.rpartition(",")[2].split("  ")[0] for line in lines] == [
        *(" gave up after 3 attempts", " gave up after 1 attempt", " gave up after 11 attempts")
    ]


def test_what_was_given_up_before_the_page_is_a_failed_request_too() -> None:
    [line] = printed(failure(1)[1:], 119)
    assert "!" in line
    assert "request   529 Overloaded opus-4-8, gave up after 3 attempts" in line


async def test_enter_and_copy_lose_neither_of_the_two_events(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = {"error": "Overloaded", "model": "claude-opus-4-8", "prompt.id": "p"}
    database.append(
        [
            request(1.25, NOW - 5 * MINUTE),
            event("api_error", NOW - 3 * MINUTE, attempt="3", **gone),
            event("api_retries_exhausted", NOW - 3 * MINUTE, total_attempts="3", **gone),
        ]
    )
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("e")
        shown = await running.until("gave up after 3 attempts")
        assert shown.count("Overloaded") == 1
        assert "3 events" in shown
        copied = running.app.screen.query_one("#log EventList", EventList).copied(as_json=True)
        assert copied.count("Overloaded") == 2
        await running.press("enter")
        page = await running.until("total_attempts")
        assert "api_retries_exhausted" in page
        assert "start-up" not in page
        await running.press("escape", "6")
        assert "gave up after 3 attempts" in await running.at_rest()


async def test_the_line_below_the_log_leaves_out_whole_what_has_no_room(
    database: Database, tmp_path: Path
) -> None:
    database.append(request(0.01, NOW - n * MINUTE, sequence=n) for n in range(20))
    database.append([event("tool_result", NOW - MINUTE, tool_name="Bash", success="false")])
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("e", "slash", *"s1", "enter")
        shown = await running.at_rest()
        assert "following   filter: s1   21 of 21" in shown
        assert "!" not in shown.splitlines()[-3]
        await running.press("up")
        assert "filter:" not in await running.at_rest()
