"""Servers that fail while the dashboard runs: what is seen, and that keys are heard."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from ccotel_tui.errors import BadDatabase
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack import client
from ccotel_tui.query.window import SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data import refresher
from ccotel_tui.screen.data.history.log_page import LogPlace
from ccotel_tui.screen.data.snapshot import Question, Snapshot, keep_last_good
from ccotel_tui.screen.messages import PromptChosen, StackChanged
from ccotel_tui.store.database import Database
from tests.query.faults import FAULTS, hangs
from tests.query.stub import Request, Stub, data, well
from tests.screen.strings.test_korean import HANGUL
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.snapshots import snapshot_reader
from tests.tools.otlp import event, request
from tests.tools.sampling import mostly_slow

QUESTION = Question(
    "all", "stack", PANELS, Period(), Scope(), sessions=True, present=True, log=LogPlace()
)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.mark.parametrize("fault", FAULTS)
def test_a_panel_is_stale_while_the_servers_fail_and_recovers_by_itself(
    stub: Stub, tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, reader = stub.backend(), snapshot_reader(tmp_path)

    def asked(former: Snapshot | None, now_ns: int) -> Snapshot:
        return keep_last_good(former, reader.read(QUESTION, backend, now_ns))

    first = asked(None, NOW)
    assert {answer.state for answer in first.answers.values()} == {"value", "empty"}
    stub.behave, said = FAULTS[fault]
    with monkeypatch.context() as patience:
        if fault in ("hangs", "drips"):
            patience.setattr(client, "ANSWER_TIMEOUT", 0.2)
        second = asked(first, NOW + SECOND)
    assert said in second.failure
    assert second.now_ns == NOW
    assert second.stale
    for id, answer in second.answers.items():
        assert (answer.state, answer.as_of_ns) == ("stale", NOW)
        assert answer.notes == (second.failure,)
        assert answer.value == first.answers[id].value
        assert answer.rows == first.answers[id].rows
    stub.behave = well
    third = asked(second, NOW + 2 * SECOND)
    assert not third.failure
    assert {answer.state for answer in third.answers.values()} == {"value", "empty"}
    backend.close()


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("fault", mostly_slow(FAULTS, 6))
def test_why_a_server_fails_is_said_in_korean_too(
    stub: Stub, tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, reader = stub.backend(), snapshot_reader(tmp_path)
    assert not reader.read(QUESTION, backend, NOW).failure
    stub.behave, _ = FAULTS[fault]
    with monkeypatch.context() as patience:
        if fault in ("hangs", "drips"):
            patience.setattr(client, "ANSWER_TIMEOUT", 0.2)
        failure = reader.read(QUESTION, backend, NOW).failure
    words = strings.translated(failure)
    assert stub.url in words
    assert HANGUL.search(words)
    assert not re.search(r"\b(the|is|it|did|with)\b", words)
    backend.close()


def put_no_database_there(database: Database, path: Path) -> None:
    """Replace the store by something else."""
    database.close()
    path.write_bytes(b"no database at all" * 100)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)


@pytest.mark.usefixtures("korean")
async def test_a_damaged_file_is_told_in_korean(database: Database, tmp_path: Path) -> None:
    database.append([event("api_request", NOW - SECOND, cost_usd=1.5)])
    async with dashboard(tmp_path) as running:
        await running.until("$1.50")
        put_no_database_there(database, tmp_path / "telemetry.db")
        await running.press("r")
        await running.until(str(tmp_path)[:20])
        assert "데이터베이스로 읽을 수 없음" in running.app._main._bottom_bar.text


@pytest.mark.parametrize("view", ["d", "equals_sign"])
async def test_what_was_of_another_window_is_not_shown_where_the_first_answer_fails(
    database: Database, tmp_path: Path, view: str
) -> None:
    database.append([request(1.25, NOW - SECOND, "s1")])
    async with dashboard(tmp_path) as running:
        await running.press(view)
        shown = await running.at_rest()
        list_of_today = shown.splitlines()[1:-1]
        put_no_database_there(database, tmp_path / "telemetry.db")
        await running.press("r")
        stale = await running.until("stale")
        assert stale.splitlines()[1:-1] == list_of_today
        await running.press("left_square_bracket")
        shown = await running.until("error")
        assert not set(filter(None, list_of_today)) & set(shown.splitlines())


async def test_where_the_first_answer_fails_no_prompt_is_said_to_be_missing(
    database: Database, tmp_path: Path
) -> None:
    of_prompt = {"prompt.id": "p1"}
    database.append([event("api_request", NOW - SECOND, "s1", cost_usd=1.25, **of_prompt)])
    async with dashboard(tmp_path) as running:
        await running.until("$1.25")
        put_no_database_there(database, tmp_path / "telemetry.db")
        running.app.post_message(PromptChosen("s1", "p1"))
        shown = await running.until("error")
        await running.at_rest()
        assert strings.PROMPT_NOT_RECEIVED not in shown + running.screen


async def test_a_database_that_cannot_be_opened_is_no_other_source(
    database: Database, tmp_path: Path
) -> None:
    """The stack was stopped, and the store is damaged: the dashboard does not end of it."""
    database.append([request(1.25, NOW - SECOND)])

    reopened = Event()

    def reopen() -> Backend:
        reopened.set()
        raise BadDatabase("damaged")

    async with dashboard(tmp_path, reopen=reopen) as running:
        await running.until("$1.25")
        running.app.post_message(StackChanged(started=False))
        assert await asyncio.to_thread(reopened.wait, 20)
        database.append([request(2.5, NOW - SECOND, sequence=2)])
        await running.until("$3.75")


async def test_keys_are_heard_while_a_server_hangs(stub: Stub, tmp_path: Path) -> None:
    async with dashboard(tmp_path, backend=stub.backend()) as running:
        await running.until("$1.25")
        stub.behave = hangs
        stub.asked.clear()
        await running.press("r")
        assert await asyncio.to_thread(stub.asked.wait, 20)
        shown = await running.press("2")
        assert "Cumulative Cost by Model" in shown
        assert "$" not in shown
        assert "Keys" in await running.press("question_mark")
        assert "$1.25" in await running.press("escape", "1")
        assert not stub.released.is_set()
        await running.press("2")
        stub.behave = well
        stub.released.set()
        await running.until("$2.50")


async def test_leaving_is_possible_while_a_server_hangs(stub: Stub, tmp_path: Path) -> None:
    async with dashboard(tmp_path, backend=stub.backend()) as running:
        await running.until("$1.25")
        stub.behave = hangs
        stub.asked.clear()
        await running.press("r")
        assert await asyncio.to_thread(stub.asked.wait, 20)
        await running.press("q")
    assert not stub.released.is_set()


async def test_what_was_asked_before_the_reader_moved_on_is_never_shown(
    stub: Stub, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, backend=stub.backend()) as running:
        await running.until("$1.25")
        stub.behave = hangs
        stub.asked.clear()
        await running.press("r")
        assert await asyncio.to_thread(stub.asked.wait, 20)
        await running.press("2", "1")
        stub.behave = well
        stub.released.set()
        await running.press("r")
        assert "moved on" not in await running.until("$1.25")


async def test_what_the_stack_was_sent_is_seen_before_all_is_asked_again(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A panel that has nothing new is not asked for; only the newest event is looked for."""
    monkeypatch.setattr(refresher, "REFRESH_INTERVAL", 3600.0)
    monkeypatch.setattr(refresher, "NEWS_POLL_INTERVAL", 0.05)
    newest, dollars = [NOW // SECOND], ["1.25"]
    sums: list[str] = []

    def answer(request: Request) -> None:
        found = data(request.path)
        for series in found["result"] if isinstance(found, dict) else ():
            if "stream" in series:
                series["values"] = [[str(newest[0] * SECOND), "claude_code.api_request"]]
            elif "value" in series:
                series["value"][1] = dollars[0]
                sums.append(request.path)
        request.say(200, json.dumps({"status": "success", "data": found}).encode())

    stub.behave = answer
    async with dashboard(tmp_path, backend=stub.backend()) as running:
        await running.until("$1.25")
        # The panels of the size that the screen has at last may be asked after those of the first.
        for _ in range(20):
            asked, looked = len(sums), len(stub.paths)
            while len(stub.paths) < looked + 5 + len(sums) - asked:
                stub.asked.clear()
                await asyncio.to_thread(stub.asked.wait, 20)
            if len(sums) == asked:
                break
        assert len(sums) == asked
        newest[0] += 1
        dollars[0] = "7.75"
        await running.until("$7.75")
