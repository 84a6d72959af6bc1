"""Days that have ended, as sums over their own records tell them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import ACTIVITY, COST, LINES
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.usual.curve import DAY_SECONDS, DayCurve, clock_second
from ccotel_tui.query.usual.days import read_days
from ccotel_tui.query.window import HOUR, MINUTE, SECOND, local_day, midnight
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Record
from tests.tools.otlp import lines, request

ZONES = ["UTC", "Asia/Seoul", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]
FIRST = date(2026, 10, 23)
"""Within two weeks of it clocks are put back in New York and forward on Lord Howe Island."""
DAYS = 14


@contextmanager
def source(*records: Record) -> Iterator[Source]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.db"
        with closing(Database(path)) as database:
            database.append(list(records))
        with closing(open_embedded(path)) as backend:
            yield backend.source


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    minutes=st.lists(st.integers(1, DAYS * 1440), min_size=1, max_size=20, unique=True),
)
def test_by_each_hour_the_sum_is_that_of_the_records_so_far(
    zone: ZoneInfo, minutes: list[int]
) -> None:
    start = midnight(FIRST, zone)
    times = [start + minute * MINUTE for minute in minutes]
    with source(*(request(1 / 64, at, f"s{at % 3}", n) for n, at in enumerate(times))) as store:
        days = read_days(store, FIRST, DAYS, zone, Scope(), (COST, ACTIVITY))
    for past_day in days:
        begin = midnight(past_day.day, zone)
        of_day = [at for at in times if local_day(at - 1, zone) == past_day.day]
        cost, sessions = past_day.curves[COST], past_day.curves[ACTIVITY]
        assert cost.total == len(of_day) / 64
        assert sessions.total == len({at % 3 for at in of_day})
        assert past_day.is_used == bool(of_day)
        end = midnight(past_day.day + timedelta(days=1), zone)
        for edge in range(begin + HOUR, end, HOUR):
            if _is_shown_once(edge, zone) and not edge % HOUR:
                so_far = [at for at in of_day if at <= edge]
                assert cost.at(clock_second(edge, zone)) == len(so_far) / 64
                assert sessions.at(clock_second(edge, zone)) == len({at % 3 for at in so_far})


def _is_shown_once(time_ns: int, zone: ZoneInfo) -> bool:
    """Whether the clock shows that time once on its day, and has not shown a later one before."""
    local = datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)
    offsets = {
        (local + timedelta(hours=hours)).replace(tzinfo=zone).utcoffset() for hours in (-2, 0, 2)
    }
    return len(offsets) == 1


def test_lines_are_in_it_and_a_day_without_records_has_come_to_nothing() -> None:
    zone = ZoneInfo("Asia/Seoul")
    noon = midnight(FIRST, zone) + 12 * HOUR
    with source(request(1, noon), lines(40, noon + SECOND, noon)) as store:
        used, unused = read_days(store, FIRST, 2, zone, Scope())
    assert used.curves[LINES].at(12 * 3600) == 0
    assert used.curves[LINES].total == 40
    assert not unused.is_used
    assert unused.curves[LINES].total == 0


@pytest.mark.parametrize("name", ZONES)
def test_midnight_belongs_to_the_day_that_ends(name: str) -> None:
    zone = ZoneInfo(name)
    end = midnight(FIRST + timedelta(days=1), zone)
    assert clock_second(end, zone) == DAY_SECONDS
    assert clock_second(end + SECOND, zone) == 1
    with source(request(1, end), request(2, end + 1, sequence=1)) as store:
        ended, begun = read_days(store, FIRST, 2, zone, Scope(), (COST,))
    assert (ended.curves[COST].total, begun.curves[COST].total) == (1, 2)


@given(st.lists(st.tuples(st.floats(0, DAY_SECONDS), st.floats(0, 100)), min_size=1))
def test_a_curve_only_grows(points: list[tuple[float, float]]) -> None:
    seconds = (0.0, *sorted(second for second, _ in points))
    sums = (0.0, *sorted(number for _, number in points))
    curve = DayCurve(seconds, sums)
    values = [curve.at(second) for second in range(0, 86_401, 3600)]
    assert values == sorted(values)
    assert curve.at(DAY_SECONDS) == curve.total


def test_within_an_hour_it_grows_evenly() -> None:
    curve = DayCurve((0, 3600, 7200), (0, 2, 6))
    assert [curve.at(at) for at in (0, 1800, 3600, 5400, 7200, 9000)] == [0, 1, 2, 4, 6, 6]
