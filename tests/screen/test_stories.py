"""The dashboard as its user meets it, from the first day on."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.errors import BadComposeFile
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from ccotel_tui.recorder.state import PortOwner, PortState
from ccotel_tui.screen.data.messages import Answered, RecorderReported
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.scenes import BUSY, OLD, OTHER, busy_day, counter
from tests.tools.browser import Browser
from tests.tools.otlp import T0, event, request


async def test_the_first_day_turns_into_the_dashboard_at_the_first_event(
    database: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path) as running:
        assert 'eval "$(ccotel-tui env)"' in running.screen
        assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:14317" in running.screen
        assert "waiting" in running.screen.splitlines()[0]
        assert "$0" not in running.screen.replace('"$(', "")
        database.append([request(1.25)])
        assert "ccotel-tui env" not in await running.until("$1.25")


async def test_a_request_is_on_the_screen_without_a_key(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as running:
        await running.until("$1.25")
        database.append([request(2.0, sequence=1)])
        await running.until("$3.25")


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_events_that_did_not_come_in_stand_beside_the_dollars(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    database.append([request(1.25, sequence=1), request(2.0, at=T0 + SECOND, sequence=5)])
    async with dashboard(tmp_path, size) as running:
        await running.until("3 events lost")


async def test_what_a_number_is_tells_what_did_not_come_in(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, sequence=1), request(2.0, at=T0 + SECOND, sequence=5)])
    async with dashboard(tmp_path, (80, 30)) as running:
        await running.until("$3.25")
        await running.press("i")
        assert "that came in is counted" in await running.until("3 events were sent")


async def test_a_busy_day_at_the_smallest_pane_says_what_matters(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        shown = await running.until("529 Overloaded")
        for told in ("$20.22 this session", "$25.12 today", "$30.60/h", "live", "Read || Grep"):
            assert told in shown
        assert "1 active in 5 min, 3 today" in shown


async def test_who_waits_comes_first_and_enter_makes_all_about_one_session(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    folder = tmp_path / "sessions"
    register(folder, 1, BUSY, "busy", name="")
    register(folder, 2, OTHER, "waiting", waitingFor="permission prompt", name="infra-11")
    registry = SessionRegistry(folder, {1: "7", 2: "7"}.get)
    async with dashboard(tmp_path, registry=registry) as running:
        await running.press("s")
        shown = await running.until("busy")
        names = ["infra-11", BUSY[:8], OLD[:8]]
        assert sorted(names, key=shown.index) == names
        assert "waits: permission prompt" in shown
        await running.press("enter")
        shown = await running.until("took")
        assert "infra-11" in shown
        assert "$0.90" in shown
        await running.press("1")
        assert "$0.90" in await running.until("1 waits, 1 today")
        await running.press("escape")
        assert "session 91bc" not in (await running.until("1 waits, 3 today")).splitlines()[0]


async def test_beside_the_name_of_this_session_only_what_it_waits_for_is_said(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    folder = tmp_path / "sessions"
    register(folder, 1, BUSY, "waiting", waitingFor="permission prompt", name="fix-login")
    async with dashboard(tmp_path, registry=SessionRegistry(folder, {1: "7"}.get)) as running:
        shown = await running.until("? waits: permission prompt")
        assert any(f"{BUSY[:4]} fix-login" in row for row in shown.splitlines())
        assert "fix-login waits" not in shown


async def test_a_session_has_a_page_of_its_own_life_and_esc_leads_back(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("s")
        await running.until("3 today")
        await running.press("enter")
        shown = await running.until("reqs")
        assert "$20.22" in shown
        assert "1Ovw" in shown or "Overview" in shown
        page = await running.press("enter")
        assert "request" in page
        await running.press("escape")
        await running.press("escape")
        await running.until("3 today")


async def test_silence_is_not_staleness(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25, at=NOW - SECOND)])
    async with dashboard(tmp_path) as running:
        assert "live" in (await running.until("$1.25")).splitlines()[0]
        running.clock.now_ns = NOW + 12 * MINUTE
        assert "stale" not in await running.until("quiet 12m")


async def test_a_recorder_that_dies_and_returns(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25, at=NOW - SECOND)])
    async with dashboard(tmp_path) as running:
        running.app.post_message(RecorderReported(RecorderReport(False, failure="it broke")))
        shown = await running.until("not recording")
        assert "it broke" in shown
        running.app.post_message(RecorderReported(RecorderReport(recording=True)))
        await running.until("live")


async def test_a_source_that_fails_leaves_its_former_answer_and_recovers(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as running:
        await running.press("2")
        await running.until("$1.25")
        database._connection.execute("ALTER TABLE events RENAME TO away")
        running.clock.now_ns = NOW + 40 * SECOND
        shown = await running.until("stale 40s")
        assert "stale, as of 14:10:00" in shown
        assert "$1.25" in shown
        database._connection.execute("ALTER TABLE away RENAME TO events")
        await running.press("r")
        await running.until("quiet 1h")
        assert "as of" not in running.screen


async def test_a_source_that_never_answered_is_an_error_and_not_a_zero(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    database._connection.execute("DROP TABLE events")
    async with dashboard(tmp_path) as running:
        shown = await running.until("error")
        assert "$0.00" not in shown
        assert "error" in shown.splitlines()[0]


async def test_space_stops_and_starts_the_updates(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as running:
        await running.press("space")
        await running.until("paused")
        database.append([request(2.0, sequence=1)])
        running.app._refresher._poll_store()
        assert "$3.25" not in await running.press("i", "escape")
        await running.press("space")
        await running.until("$3.25")


async def test_windows_get_shorter_longer_and_move(database: Database, tmp_path: Path) -> None:
    database.append([request(1.0, at=NOW - 26 * HOUR), request(0.5)])
    async with dashboard(tmp_path) as running:
        await running.press("2")
        assert "today" in (await running.until("$0.50 est.")).splitlines()[0]
        await running.press("right_square_bracket", "right_square_bracket")
        assert "7d" in (await running.until("$1.50 est.")).splitlines()[0]
        await running.press("left_square_bracket", "left_square_bracket", "left_curly_bracket")
        assert "11-23" in (await running.until("$1.00 est.")).splitlines()[0]
        await running.press("n")
        assert "today" in (await running.until("$0.50 est.")).splitlines()[0]


async def test_every_event_followed_held_filtered_and_in_full(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("following   134 events")
        database.append(
            [event("tool_result", NOW - SECOND, BUSY, tool_name="Glob", success="true")]
        )
        await running.until("Glob      ok")
        await running.press("space")
        await running.until("Space to resume")
        database.append([event("tool_result", NOW, BUSY, tool_name="Write", success="true")])
        assert "Write" not in await running.until("paused: Space to resume   1 new")
        await running.press("space")
        await running.until("Write     ok")
        await running.press("slash", *"tool:edit", "space", *"ok:false")
        assert "Edit      failed" in await running.until("filter: tool:edit ok:false   2 of 136")
        await running.press("enter", "enter")
        shown = await running.until("tool_name")
        assert BUSY in shown
        assert "duration_ms" in shown
        await running.press("escape", "escape")
        await running.until("following   136 events")
        await running.press("escape")
        await running.until("this session")


async def test_a_panel_is_zoomed_told_and_explained(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("4", "tab")
        await running.until("API Error Rate")
        assert "API Error Rate" not in await running.press("z")
        await running.press("z")
        await running.until("API Error Rate")
        await running.press("tab", "enter")
        assert "529" in await running.until("API Error Rate:")
        await running.press("escape", "i")
        shown = await running.until("retries that recovered")
        for told in ("from", "events", "last heard", "as of", "window"):
            assert told in shown
        await running.press("escape")


async def test_a_page_that_closes_leaves_the_keys_where_they_were(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    titles = {"2": "Cumulative Cost by Model", "4": "API Request Duration by Model"}
    titles |= {"3": "Tool Success Rate"}
    async with dashboard(tmp_path) as running:
        for section, title in titles.items():
            await running.press(section)
            await running.until(title)
            for page in ("enter", "i", "enter"):
                shown = await running.press("down", page)
                assert shown.startswith(f" {title}"), shown
                await running.press("escape")


async def test_enter_is_about_the_panel_that_is_in_sight(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 12)) as running:
        for keys in (["4", "pagedown"], ["4", "tab", "pagedown"]):
            await running.press(*keys)
            await running.until("1.4%  1 of 70")
            assert (await running.press("enter")).startswith(" API Error Rate: ")
            await running.press("escape", "z")
            assert (await running.press("enter")).startswith(" API Error Rate: ")
            await running.press("escape", "z", "home", "1")


async def test_the_first_day_scrolls_in_the_smallest_pane(
    database: Database, tmp_path: Path
) -> None:
    for keys in (["down"] * 30, ["pagedown"] * 5, ["2", "pagedown", "pagedown", "pagedown"]):
        async with dashboard(tmp_path, (40, 12)) as running:
            assert "OTEL_METRIC_EXPORT_INTERVAL" not in running.screen
            await running.press(*keys)
            await running.until("OTEL_METRIC_EXPORT_INTERVAL")


async def test_a_taken_port_is_told_where_it_can_be_read(
    database: Database, tmp_path: Path
) -> None:
    owner = PortOwner("unknown", "python3", 1234)
    grpc = PortState("grpc", "127.0.0.1", 14317, bound=False, owner=owner)
    http = PortState("http", "127.0.0.1", 14318, bound=False, owner=PortOwner("collector"))
    neither = RecorderReport(False, (grpc, http))
    only_http = RecorderReport(True, (grpc, PortState("http", "127.0.0.1", 14318, bound=True)))
    async with dashboard(tmp_path, (40, 12)) as running:
        running.app.post_message(RecorderReported(neither))
        shown = await running.until("not recording: ports taken")
        assert "python3, process 1234" in " ".join(shown.split())
        database.append([request(1.25, at=NOW - SECOND)])
        await running.until("$1.25")
        running.app.post_message(RecorderReported(only_http))
        shown = await running.until("14317 taken by python3 (1234)")
        assert "live" in shown.splitlines()[0]
        assert "python3, process 1234" in " ".join((await running.press("i")).split())
        await running.press("escape")
        running.app.post_message(RecorderReported(RecorderReport(recording=True)))
        await running.until("embedded, 1s ago")


async def test_a_window_that_is_not_today_is_seen_in_the_smallest_pane(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.0, at=NOW - 26 * HOUR), request(0.5, at=NOW - SECOND)])
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("left_curly_bracket")
        for key in "1236se":
            await running.press(key)
            assert "11-23 live" in (await running.until("11-23")).splitlines()[0]
        shown = await running.until("1 event")
        assert "past window 11-23" in shown
        assert "following" not in shown
        await running.press("n")
        assert "5Code" in (await running.until("following")).splitlines()[0]


async def test_the_log_follows_again_once_it_is_opened_anew(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press("e")
        await running.until("following")
        await running.press("up")
        await running.until("scrolled back: End to follow")
        await running.press("end")
        await running.until("following")
        await running.press("up", "escape", "e")
        await running.until("following")


async def test_the_keys_of_the_registry_make_help_and_palette(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path, (80, 40)) as running:
        assert "a longer window" in await running.press("question_mark")
        await running.press("escape", "ctrl+p")
        await running.press(*"tool calls")
        await running.until("tool calls and API errors")
        await running.press("down", "enter")
        await running.until("Tool Execution Events")


async def test_sections_go_round(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as running:
        await running.press("less_than_sign")
        await running.until("API Error Events")
        await running.press("greater_than_sign")
        await running.until("this session")


async def test_any_size_and_any_change_of_it(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (80, 24)) as running:
        for key, size in zip("124se6", [(20, 5), (200, 60)] * 3, strict=True):
            await running.press(key)
            await running.pilot.resize_terminal(*size)
            await running.press("i", "escape", "z", "z")
        await running.pilot.resize_terminal(80, 24)
        await running.press("1")
        await running.until("this session")


async def test_a_scope_that_records_do_not_carry_says_so(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        app = running.app
        app._selection = app._selection._replace(scope=Scope(model="opus"))
        await running.press("3")
        await running.until("not available: tool_result carries no model.")


async def test_an_answer_to_a_former_question_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as running:
        await running.until("$1.25")
        snapshot = running.app._main.snapshot
        assert snapshot is not None
        former = replace(running.app._question(), view="cost")
        running.app.post_message(Answered(former, replace(snapshot, heard_ns=NOW)))
        assert "quiet 1h" in (await running.press()).splitlines()[0]


async def test_a_record_of_the_future_is_told_and_not_taken_for_news(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, at=NOW + HOUR)])
    async with dashboard(tmp_path, (120, 40)) as running:
        shown = await running.until("1 record is dated 1 h ahead")
        assert "waiting" in shown.splitlines()[0]
        assert "Nothing has been received yet" not in shown
        database.append([request(1.25, at=NOW - 12 * MINUTE, sequence=1)])
        assert "quiet 12m" in (await running.until("quiet")).splitlines()[0]
        await running.press("i")
        await running.until("a clock is wrong")


async def test_a_time_zone_that_is_none_is_told(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path, (120, 40), note="TZ=Seoul is no time zone") as running:
        assert "TZ=Seoul is no time zone" in running.screen.splitlines()[-1]
        await running.press("i")
        await running.until("TZ=Seoul is no time zone")


async def test_q_leaves(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as running:
        await running.press("q")
        assert running.app.return_code == 0


async def test_events_are_held_against_counters_by_a_key(
    database: Database, tmp_path: Path
) -> None:
    spent = request(1.25, session=BUSY)
    database.append([spent, counter("cost.usage", 1.75, T0 + SECOND)])
    async with dashboard(tmp_path) as running:
        await running.press("=")
        shown = await running.until("agree in 0 of 1 whole session")
        assert "difference +$0.500000" in shown
        await running.press("escape")
        await running.until("this session")


async def test_grafana_opens_at_the_section_window_and_session_that_are_shown(
    database: Database, tmp_path: Path, browser: Browser
) -> None:
    busy_day(database)
    async with dashboard(tmp_path, (40, 20)) as running:
        await running.press("s")
        await running.until(BUSY[:8])
        await running.press("enter", "2", "left_square_bracket", "g")
        shown = await running.until("A browser opens")
        address = browser.address()
        place = "http://127.0.0.1:13000/d/ccotel-cost?from=now-6h&to=now"
        assert address == f"{place}&var-session={running.app._selection.scope.session_id}"
        assert address in "".join(line.strip() for line in shown.splitlines())
        assert "must run" in shown


@pytest.mark.parametrize(("key", "board"), [("e", "events"), ("s", "overview"), ("u", "overview")])
async def test_a_view_of_no_section_has_a_board_in_grafana(
    database: Database, tmp_path: Path, browser: Browser, key: str, board: str
) -> None:
    busy_day(database)
    async with dashboard(tmp_path) as running:
        await running.press(key, "g")
        await running.until("A browser opens")
        assert f"/d/ccotel-{board}?from=now/d&to=now&timezone=Asia/Seoul" in browser.address()


async def test_settings_that_hide_grafana_are_said(database: Database, tmp_path: Path) -> None:
    def hidden() -> str:
        raise BadComposeFile("CCOTEL_GRAFANA_PORT is no port: [/red]")

    busy_day(database)
    async with dashboard(tmp_path) as running:
        main = running.app._main
        main._controls = main._controls._replace(grafana=hidden)
        await running.press("g")
        await running.until("CCOTEL_GRAFANA_PORT is no port: [/red]")
