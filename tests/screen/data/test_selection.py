"""The window that the screen is about, as keys and the clock move it."""

from pathlib import Path

import pytest

from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, SEOUL, dashboard
from tests.tools.otlp import request as api_request

PAST = [Period("yesterday"), Period(from_ns=NOW - 2 * HOUR, to_ns=NOW - HOUR)]


@pytest.mark.parametrize("period", PAST)
def test_from_a_past_period_at_the_start_keys_lead_to_now(period: Period) -> None:
    start = Selection.at_start(period, Scope())
    assert start.period == period
    assert start.moved(1, NOW, SEOUL).period == Period()
    assert start.moved(-1, NOW, SEOUL).up_to_now().period == Period()


@pytest.mark.parametrize("period", [Period("week"), Period(since_ns=HOUR), Period(from_ns=NOW)])
def test_from_one_that_goes_on_they_lead_back_to_it(period: Period) -> None:
    start = Selection.at_start(period, Scope())
    past = start.moved(-1, NOW + SECOND, SEOUL)
    assert past.period != period
    assert past.up_to_now().period == period
    assert past.moved(1, NOW + SECOND, SEOUL).period == period


@pytest.mark.parametrize(
    ("language", "words"),
    [("english", "The window ends before it begins."), ("korean", "기간의 끝이 시작보다 앞섬.")],
)
async def test_a_clock_that_is_set_back_to_before_the_window_ends_nothing(
    database: Database,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    language: str,
    words: str,
) -> None:
    if language == "korean":
        request.getfixturevalue("korean")
    database.append([api_request(1.25, NOW - SECOND)])
    async with dashboard(tmp_path, period=Period(from_ns=NOW - MINUTE)) as running:
        await running.until("$1.25")
        running.clock.now_ns = NOW - HOUR
        await running.press("r")
        await running.until(words)
        await running.press("left_curly_bracket")
        running.clock.now_ns = NOW
        await running.press("n")
        assert words not in await running.at_rest()
        assert "$1.25" in running.screen
