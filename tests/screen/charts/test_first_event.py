"""Charts of the first day begin with the first event: hours in which nothing came tell nothing."""

from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Series
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.reader.part import from_first_event
from ccotel_tui.screen.data.history.first_event import FirstEvent
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, SEOUL, dashboard
from tests.tools.otlp import event, request

# From midnight to 14:10 in Seoul, in steps of 15 minutes.
TODAY = Window.between(NOW - 14 * HOUR - 10 * MINUTE, NOW, SEOUL)
NOON = NOW - 2 * HOUR - 10 * MINUTE


def test_the_time_begins_with_the_bucket_of_the_first_event() -> None:
    assert from_first_event(TODAY, NOON + 1, []).from_ns == NOON
    assert from_first_event(TODAY, NOON, []).from_ns == NOON - 15 * MINUTE
    assert from_first_event(TODAY, None, []) == TODAY


def test_some_buckets_stay_and_what_counters_told_earlier() -> None:
    assert len(from_first_event(TODAY, NOW, []).buckets()) == 4
    hour = NOON - HOUR
    counted = Series({}, ((hour - 15 * MINUTE, None), (hour, 2.0), (NOON, 0.0)))
    assert from_first_event(TODAY, NOON, [counted]).from_ns == hour - 15 * MINUTE


def test_an_older_event_is_looked_for_once(database: Database, tmp_path: Path) -> None:
    first = FirstEvent()
    with closing(open_embedded(tmp_path / "telemetry.db")) as backend:
        source = backend.source
        assert first.read(source, TODAY) is None
        database.append([request(1.0, NOON), request(1.0, NOON + MINUTE)])
        assert first.read(source, TODAY) == NOON
        older_ns = TODAY.from_ns - DAY
        database.append([event("plugin_loaded", older_ns)])
        assert first.read(source, TODAY._replace(from_ns=TODAY.from_ns + 1)) is None
        assert first.read(source, TODAY._replace(from_ns=older_ns - 1)) == older_ns


def _used_since_noon(database: Database, is_first_day: bool) -> None:
    if not is_first_day:
        database.append([event("plugin_loaded", NOW - 2 * DAY)])
    database.append([request(1.0, NOON + number * MINUTE, "s", number) for number in range(1, 100)])


@pytest.mark.parametrize("is_first_day", [True, False])
async def test_no_chart_of_the_first_day_shows_the_hours_before(
    database: Database, tmp_path: Path, is_first_day: bool
) -> None:
    _used_since_noon(database, is_first_day)
    async with dashboard(tmp_path, (120, 40)) as running:
        for key, morning in (("2", "06:00"), ("4", "06:00")):
            await running.press(key)
            page = await running.until("13:00" if is_first_day else morning)
            assert (morning in page) is not is_first_day
        # The whole day is what is shown, and a part of it is what was asked for.
        assert strings.A_PART.split(":")[0] not in page
        await running.press("c", *["left"] * 30)
        page = await running.at_rest()
        assert ("12:15" in page) is is_first_day
        await running.press("plus")
        assert strings.A_PART.split(":")[0] in await running.at_rest()


@pytest.mark.parametrize("is_first_day", [True, False])
async def test_nor_does_the_histogram_of_the_log(
    database: Database, tmp_path: Path, is_first_day: bool
) -> None:
    _used_since_noon(database, is_first_day)
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("e")
        page = await running.until("13:00" if is_first_day else "06:00")
        assert ("06:00" in page) is not is_first_day
        await running.press("slash", *"api_request")
        assert ("06:00" in await running.at_rest()) is not is_first_day
