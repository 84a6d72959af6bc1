"""What the recorder refuses is told where it is seen."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.recorder.refusals import Refusal, RefusalReason
from ccotel_tui.recorder.state import endpoints
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.messages import RecorderReported
from ccotel_tui.screen.data.recorder_child import RecorderChild
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.refusals import RECENT, NotTaken
from ccotel_tui.store.database import Database
from tests.recorder.running import post, recorder, refused
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import request

FOO = "POST /v1/foo: there is no such path: send to /v1/logs, /v1/metrics or /v1/traces"


def not_taken(at: int = NOW, sentence: str = FOO, **counts: int) -> NotTaken:
    return NotTaken(counts, Refusal(at / SECOND, next(reversed(counts)), sentence))


def test_in_brief_it_is_told_for_minutes_and_in_full_for_good() -> None:
    one = not_taken(tls=1, path=2, record=1)
    brief = f"not taken: 3 requests, 1 record (bad record: {FOO})"
    assert one.in_brief(NOW) == one.in_brief(NOW + RECENT) == brief
    assert one.in_brief(NOW + RECENT + SECOND) == ""
    assert one.in_full() == (
        "Not taken since the recorder began: 3 requests, 1 record "
        f"(1 TLS, 2 wrong path, 1 bad record).\nThe newest: {FOO}"
    )
    assert not_taken(value=1, a_new_reason=1).in_brief(NOW).startswith("not taken: 1 value, 1 req")
    assert NotTaken().in_brief(NOW) == NotTaken().in_full() == ""


def test_every_reason_has_words() -> None:
    assert set(strings.REFUSAL_REASONS) == set(RefusalReason.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_it_is_on_the_first_day_the_bottom_line_and_the_page_of_a_number(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    report = RecorderReport(True, not_taken=not_taken(path=3))
    async with dashboard(tmp_path, size) as running:
        running.app.post_message(RecorderReported(report))
        first_day = await running.until("Not taken since the recorder began: 3")
        assert "POST /v1/foo" in first_day
        # After what the rule says for a moment.
        await running.until("not taken: 3 requests")
        database.append([request(1.25, at=NOW - SECOND)])
        await running.until("$1.25")
        await running.until("not taken: 3 requests")
        page = " ".join((await running.press("i")).split())
        assert "requests (3 wrong path). The newest: POST /v1/foo" in page
        await running.press("escape")
        running.clock.now_ns += RECENT + MINUTE
        assert "not taken" not in await running.until("6m ago")


async def test_a_strangers_words_are_harmless(database: Database, tmp_path: Path) -> None:
    sentence = "\x1b[31m[b]x[/b] \u202e"
    report = RecorderReport(True, not_taken=not_taken(sentence=sentence, path=1))
    async with dashboard(tmp_path) as running:
        running.app.post_message(RecorderReported(report))
        assert "[b]x[/b]" in await running.until("not taken: 1 request ")
        assert not re.search("[\x1b\u202e]", running.screen)


async def test_a_dashboard_hears_of_it_whoever_records(tmp_path: Path) -> None:
    """From its own recorder, and from another one that its own waits for."""
    database = tmp_path / "telemetry.db"
    reports: asyncio.Queue[RecorderReported] = asyncio.Queue()
    recording = RecorderChild(database, "127.0.0.1:0", "127.0.0.1:0")
    async with asyncio.timeout(60):
        with recorder(database) as other:
            going = asyncio.create_task(recording.keep_going(reports.put_nowait))
            first = (await reports.get()).report
            assert first.not_taken.counts == {}
            await asyncio.to_thread(post, other.http, "/v1/foo", b"")
            report = (await reports.get()).report
            assert report == replace(first, not_taken=report.not_taken)
            assert report.not_taken.counts == {"path": 1}
        while (report := (await reports.get()).report).ports == first.ports:
            pass
        while report.not_taken.newest:
            report = (await reports.get()).report
        for path in ("/v1/foo", "/v1/bar"):
            await asyncio.to_thread(post, endpoints(report.ports)["http"], path, b"")
        await asyncio.to_thread(refused, database, path=2)
        while report.not_taken.counts != {"path": 2}:
            report = (await reports.get()).report
        assert report.recording
        await recording.stop()
        await going
