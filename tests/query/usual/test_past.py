"""What numbers are compared with is read in steps, and kept."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import ACTIVITY, COST, LINES, TOKENS
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.usual.past import PAST_DAYS, Past, PastKey, PastReader
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Window, local_day
from ccotel_tui.store.database import Database
from tests.query.passing import Passing
from tests.tools.otlp import request

SEOUL = ZoneInfo("Asia/Seoul")
NOW = 1_795_503_600_000_000_000
"""16:00 in Seoul."""
KEY = PastKey("embedded", Scope(), SEOUL, Period())


class Counted(Passing):
    """A source, and the windows that it was asked about."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self.windows: list[Window] = []

    @property
    def lengths(self) -> set[int]:
        return {window.to_ns - window.from_ns for window in self.windows}

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        self.windows.append(window)
        return super().numbers(queries, window, scope)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Counted]:
    """A dollar an hour ago, two a day before that, and so on for 40 days."""
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(
            [request(number + 1, NOW - HOUR - number * DAY, f"s{number}") for number in range(40)]
        )
    with closing(open_embedded(path)) as backend:
        yield Counted(backend.source)


def read_all(reader: PastReader, source: Source, key: PastKey, now_ns: int = NOW) -> Past:
    while not reader.is_complete(key, now_ns):
        reader.read_more(source, key, now_ns)
    return reader.past(key, now_ns)


def test_days_are_told_when_all_are_read_a_few_at_a_time(source: Counted) -> None:
    reader = PastReader()
    reader.read_more(source, KEY, NOW)
    assert reader.past(KEY, NOW).days == ()
    past = read_all(reader, source, KEY)
    assert len(past.days) == PAST_DAYS
    assert past.days[-1].day == local_day(NOW, SEOUL) - timedelta(days=1)
    assert [day.curves[COST].total for day in past.days] == list(range(32, 1, -1))
    assert source.lengths == {4 * DAY, 3 * DAY, DAY, 7 * DAY}


def test_what_is_read_is_not_read_again_within_an_hour(source: Counted) -> None:
    reader = PastReader()
    read_all(reader, source, KEY)
    assert reader.is_complete(KEY, NOW + MINUTE - 1)
    source.windows.clear()
    read_all(reader, source, KEY, NOW + HOUR - 1)
    assert source.lengths == {7 * DAY}
    reader.read_more(source, KEY, NOW + HOUR)
    assert source.lengths == {7 * DAY, 4 * DAY, DAY}


def test_at_midnight_one_day_is_read(source: Counted) -> None:
    reader = PastReader()
    tomorrow = NOW + 8 * HOUR + MINUTE
    read_all(reader, source, KEY, tomorrow - 2 * MINUTE)
    reader.read_more(source, KEY, tomorrow)
    assert reader.past(KEY, tomorrow).days[-1].curves[COST].total == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, source="stack"),
        replace(KEY, scope=Scope(session_id="s1")),
        replace(KEY, zone=ZoneInfo("UTC")),
    ],
)
def test_days_of_something_else_are_not_mixed_in(source: Counted, other: PastKey) -> None:
    reader = PastReader()
    read_all(reader, source, KEY)
    assert reader.past(other, NOW).days == ()


def test_another_window_changes_only_what_was_before_it(source: Counted) -> None:
    reader = PastReader()
    days = read_all(reader, source, KEY).days
    assert reader.past(replace(KEY, period=Period("week")), NOW).days == days


@pytest.mark.parametrize(
    ("period", "dollars", "sessions"),
    [
        (Period(since_ns=DAY), 2.0, 1),
        (Period("yesterday"), 3.0, 1),
        # 2026-11-24 is a Tuesday: Monday of last week, and Tuesday up to 16:00.
        (Period("week"), 9.0 + 8.0, 2),
        (Period(since_ns=7 * DAY), sum(range(8, 15)), 7),
    ],
)
def test_the_window_before_has_the_same_length(
    source: Counted, period: Period, dollars: float, sessions: int
) -> None:
    past = read_all(PastReader(), source, replace(KEY, period=period))
    assert past.before[COST] == dollars
    assert past.before[ACTIVITY] == sessions
    assert past.week_before == sum(range(8, 15))


def test_today_is_compared_with_usual_days_alone(source: Counted) -> None:
    assert read_all(PastReader(), source, KEY).before == {}


def test_where_nobody_recorded_before_nothing_is_compared(source: Counted) -> None:
    """Two windows back the recorder was new: what it has of the window before is not all."""
    past = read_all(PastReader(), source, replace(KEY, period=Period(since_ns=30 * DAY)))
    assert past.before == {}
    assert past.week_before is not None


def test_what_no_record_tells_is_not_nothing(source: Counted) -> None:
    past = read_all(PastReader(), source, replace(KEY, period=Period(since_ns=DAY)))
    assert LINES not in past.before
    assert past.before[TOKENS] == 0
