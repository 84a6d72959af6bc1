"""The stack, driven by keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.message import Message

from ccotel_tui.errors import LeftOut, PortInUse, StackError
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.source import Backend
from ccotel_tui.recorder.state import PortOwner, PortState
from ccotel_tui.screen import live_app
from ccotel_tui.screen.data.messages import RecorderReported
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.messages import StackChanged
from ccotel_tui.stack_control.models import StackSnapshot
from ccotel_tui.store.database import Database
from tests.query.faults import FAULTS
from tests.query.stub import Stub
from tests.screen.tools.fake_stack import FakeStack
from tests.screen.tools.running import dashboard
from tests.tools.otlp import request


@pytest.fixture
def stack() -> FakeStack:
    return FakeStack()


async def test_it_is_started_by_a_key_and_tells_what_it_does_meanwhile(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path, (120, 40), stack=stack) as running:
        await running.press("u")
        await running.until("0 of 4 ready")
        await running.press("a")
        await running.until("pulling 3/7 12.0 MiB")
        stack.go.set()
        await running.until("4 of 4 ready")
        assert "started: every service answers" in running.screen
        assert stack.done == [("up", ())]


async def test_one_key_starts_it_from_any_section_and_on_the_first_day(
    tmp_path: Path, database: Database, stack: FakeStack
) -> None:
    stack.go.set()
    async with dashboard(tmp_path, (40, 12), stack=stack) as running:
        await running.press("U")
        assert "pulls missing" in await running.until("Start the stack?")
        await running.press("enter")
        assert stack.done == []
        await running.press("U")
        await running.until("Start the stack?")
        await running.press("y")
        shown = await running.until("4 of 4 ready")
        for name, port in {"loki": "13100", "grafana": "13000"}.items():
            assert any(name in row and port in row for row in shown.splitlines())
        await running.press("escape")
        await running.until("ccotel-tui env")


async def test_the_same_key_stops_it_after_a_question(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    stack.see_running()
    database.append([request(1.25)])
    async with dashboard(tmp_path, stack=stack) as running:
        await running.press("2", "U")
        await running.until("Stop the stack?")
        await running.press("enter")
        await running.press("U")
        await running.until("Stop the stack?")
        assert stack.done == []
        await running.press("y")
        await running.until("0 of 4 ready")
        assert stack.done == [("down", ())]


async def test_a_service_alone_is_stopped_and_restarted_and_read(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    stack.see_running()
    async with dashboard(tmp_path, stack=stack) as running:
        await running.press("u")
        await running.until("4 of 4 ready")
        await running.press("down", "down", "down")
        await running.until("stop this")
        await running.press("l")
        shown = await running.until("from loki")
        assert "01:02:03 hello" in shown
        assert "\x1b" not in shown
        await running.press("x")
        await running.until("stopped")
        await running.press("R")
        await running.until("restarted")
        assert stack.done == [("logs", ("loki",)), ("stop", ("loki",)), ("restart", ("loki",))]


async def test_what_was_kept_goes_only_after_a_yes(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    async with dashboard(tmp_path, stack=stack) as running:
        await running.press("u")
        await running.until("0 of 4 ready")
        await running.press("C")
        assert "ccotel_loki-data" in await running.until("permanently deleted")
        await running.press("enter")
        assert stack.done == []
        await running.press("C")
        await running.until("permanently deleted")
        await running.press("y")
        await running.until("removed")
        assert stack.done == [("clean", ())]


async def test_a_failure_is_said_and_the_keys_work_again(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    stack.failure = PortInUse("loki needs port 13100, and nginx has it.")
    stack.go.set()
    async with dashboard(tmp_path, stack=stack) as running:
        await running.press("U")
        await running.until("Start the stack?")
        await running.press("y")
        await running.until("nginx has it")
        stack.failure = None
        await running.press("a")
        await running.until("4 of 4 ready")


@pytest.mark.parametrize(
    ("failure", "turned"),
    [(LeftOut("Telemetry is taken all the same."), True), (PortInUse("nginx has it."), False)],
)
async def test_the_dashboard_turns_to_a_stack_that_lacks_grafana_alone(
    database: Database, tmp_path: Path, stack: FakeStack, failure: StackError, turned: bool
) -> None:
    stack.failure = failure
    stack.go.set()
    async with dashboard(tmp_path, stack=stack) as running:
        posted, post = list[Message](), running.app.post_message

        def seen(message: Message) -> bool:
            posted.append(message)
            return post(message)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(running.app, "post_message", seen)
            await running.press("U")
            await running.until("Start the stack?")
            await running.press("y")
            await running.until(str(failure))
        assert [each.started for each in posted if isinstance(each, StackChanged)] == (
            [True] if turned else []
        )


async def test_a_start_is_given_up_by_a_key(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    async with dashboard(tmp_path, stack=stack) as running:
        await running.press("U")
        await running.until("Start the stack?")
        await running.press("y")
        await running.until("x cancel")
        await running.press("x")
        await running.until("cancelling")
        stack.go.set()
        await running.until("up goes on from here")


async def test_a_service_that_dies_is_seen_with_its_last_words(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    stack.see_running()
    async with dashboard(tmp_path, (40, 12), stack=stack) as running:
        await running.press("u")
        await running.until("4 of 4 ready")
        stack.see_dead("loki", "level=error disk full \x1b[2J")
        shown = await running.until("3 of 4 ready")
        lines = shown.splitlines()
        dead = next(at for at, line in enumerate(lines) if "exited (137)" in line)
        assert "loki" in lines[dead]
        assert lines[dead + 1].strip() == "level=error disk full"
        # It is one row with its service: the next is the service below.
        await running.press("down", "down", "down", "down")
        await running.press("R")
        await running.until("restarted")
        assert stack.done == [("restart", ("grafana",))]
        stack.see(StackSnapshot(stack.seen.services, "Docker does not answer. Reconnecting."))
        shown = await running.until("Reconnecting")
        assert "Docker does not answer" in shown.splitlines()[1]


async def test_what_was_kept_is_told_on_its_way_to_the_stack(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    stack.go.set()
    stack.kept = ["200 of 1,204 records sent", "1,204 of 1,204 records sent"]
    async with dashboard(tmp_path, stack=stack) as running:
        await running.press("U")
        await running.until("Start the stack?")
        await running.press("y")
        await running.until("backfill complete")
        await running.press("x")
        assert "backfill" not in await running.until("0 of 4 ready")


async def test_its_keys_do_nothing_elsewhere(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path, stack=stack) as running:
        await running.press("a", "x", "R", "C", "l")
        await running.until("$1.25")
        assert stack.done == []


COLLECTOR = RecorderReport(
    recording=False,
    ports=(
        PortState("grpc", "127.0.0.1", 14317, bound=False, owner=PortOwner("collector")),
        PortState("http", "127.0.0.1", 14318, bound=False, owner=PortOwner("collector")),
    ),
)


async def test_what_was_kept_goes_to_a_stack_that_answers_already(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    stack.kept = ["sending what was kept: 200 of 1,204 records"]
    with Stub() as stub:
        async with dashboard(
            tmp_path, stack=stack, backend=stub.backend(), reopen=stub.backend
        ) as running:
            await running.press("u")
            await running.until("backfill complete")
    assert stack.sent == [False]


async def test_a_stack_that_somebody_else_starts_is_turned_to_and_left_when_it_has_ended(
    database: Database, tmp_path: Path, stack: FakeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_app, "SOURCE_POLL_INTERVAL", 0.05)
    database.append([request(7.0)])
    with Stub() as stub:
        answers: list[Callable[[], Backend]] = [stub.backend]
        async with dashboard(tmp_path, stack=stack, reopen=lambda: answers[0]()) as running:
            await running.until("$7.00")
            running.app.post_message(RecorderReported(COLLECTOR))
            await running.until("$1.25")
            assert stack.sent == [False]
            # It fails, and somebody else has the ports: what was shown stays, and is stale.
            stub.behave = FAULTS["500"][0]
            answers[0] = lambda: open_embedded(tmp_path / "telemetry.db")
            await running.press("r")
            assert "$1.25" in await running.until("stale")
            running.app.post_message(RecorderReported(RecorderReport(recording=True)))
            await running.until("$7.00")


async def test_the_logs_are_read_in_a_low_pane_too(
    database: Database, tmp_path: Path, stack: FakeStack
) -> None:
    stack.see_running()
    async with dashboard(tmp_path, (40, 12), stack=stack) as running:
        await running.press("u")
        await running.until("4 of 4 ready")
        await running.press("l")
        await running.until("from loki")
        await running.press("escape")
        await running.until("4 of 4 ready")
