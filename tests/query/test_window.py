"""Buckets add up to their window, wherever it is cut and whatever the clock does there."""

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.period import Period
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window, midnight, step_for

BERLIN, KOLKATA, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC")
T = midnight(date(2026, 11, 24), UTC)


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (HOUR, MINUTE),
        (HOUR + 1, 5 * MINUTE),
        (6 * HOUR, 5 * MINUTE),
        (DAY, 15 * MINUTE),
        (7 * DAY, 2 * HOUR),
        (7 * DAY + 1, DAY),
        (30 * DAY, DAY),
    ],
)
def test_the_step_follows_from_the_length(length: int, step: int) -> None:
    assert step_for(length) == step


def test_buckets_end_at_multiples_and_are_cut_at_the_ends() -> None:
    window = Window.between(T + 30 * SECOND, T + 3 * MINUTE + SECOND, UTC)
    edges = [(b.from_ns - T, b.to_ns - T) for b in window.buckets()]
    assert [(a // SECOND, b // SECOND) for a, b in edges] == [
        (30, 60),
        (60, 120),
        (120, 180),
        (180, 181),
    ]


def test_a_window_that_starts_at_an_edge_has_no_empty_bucket() -> None:
    window = Window.between(T, T + 2 * MINUTE, UTC)
    assert [b.to_ns - b.from_ns for b in window.buckets()] == [MINUTE, MINUTE]


@pytest.mark.parametrize("zone", [UTC, KOLKATA, BERLIN])
@pytest.mark.parametrize("length", [HOUR, 5 * HOUR, DAY, 6 * DAY, 40 * DAY])
@pytest.mark.parametrize("start", [0, 1, 7 * HOUR + 13 * MINUTE + 1_000_000])
def test_buckets_partition_the_window(zone: ZoneInfo, length: int, start: int) -> None:
    window = Window.between(T + start, T + start + length, zone)
    buckets = window.buckets()
    assert (buckets[0].from_ns, buckets[-1].to_ns) == (window.from_ns, window.to_ns)
    assert all(a.to_ns == b.from_ns for a, b in pairwise(buckets))
    assert all(b.from_ns < b.to_ns for b in buckets)


def test_days_begin_at_local_midnight_also_where_the_clock_changes() -> None:
    start, end = midnight(date(2026, 10, 20), BERLIN), midnight(date(2026, 10, 30), BERLIN)
    lengths = [(b.to_ns - b.from_ns) // HOUR for b in Window.between(start, end, BERLIN).buckets()]
    assert lengths == [24, 24, 24, 24, 24, 25, 24, 24, 24, 24]
    half = midnight(date(2026, 11, 1), KOLKATA)
    assert half % DAY == 18 * HOUR + 30 * MINUTE


def test_at_midnight_today_is_the_day_that_ends() -> None:
    start, end = midnight(date(2026, 11, 23), BERLIN), midnight(date(2026, 11, 24), BERLIN)
    assert Period().window(end, BERLIN).whole == (start, end)
    assert Period().window(end + SECOND, BERLIN).whole == (end, end + SECOND)
    assert Period(name="month").window(midnight(date(2026, 11, 1), BERLIN), BERLIN).whole == (
        midnight(date(2026, 10, 1), BERLIN),
        midnight(date(2026, 11, 1), BERLIN),
    )


@pytest.mark.parametrize(
    ("period", "day", "by", "first", "last"),
    [
        (Period("month"), (2026, 11, 30), -1, (2026, 10, 1), (2026, 11, 1)),
        (Period("month"), (2026, 3, 31), -1, (2026, 2, 1), (2026, 3, 1)),
        (Period("month"), (2026, 1, 1), -2, (2025, 11, 1), (2025, 12, 1)),
        (Period("week"), (2026, 10, 28), -1, (2026, 10, 19), (2026, 10, 26)),
        (Period(), (2026, 10, 26), -1, (2026, 10, 25), (2026, 10, 26)),
        (Period("yesterday"), (2026, 10, 26), -1, (2026, 10, 24), (2026, 10, 25)),
    ],
)
def test_the_one_before_a_calendar_s_is_one_of_the_calendar(
    period: Period,
    day: tuple[int, int, int],
    by: int,
    first: tuple[int, int, int],
    last: tuple[int, int, int],
) -> None:
    now_ns = midnight(date(*day), BERLIN) + 7 * HOUR
    moved = period.moved(by, now_ns, BERLIN)
    ends = midnight(date(*first), BERLIN), midnight(date(*last), BERLIN)
    assert (moved.from_ns, moved.to_ns) == ends


def test_months_before_a_month_are_of_the_calendar_too() -> None:
    period, now_ns = Period("month"), midnight(date(2026, 12, 24), BERLIN)
    lengths = []
    for _ in range(12):
        period = period.moved(-1, now_ns, BERLIN)
        assert period.from_ns is not None
        assert period.to_ns is not None
        lengths.append(round((period.to_ns - period.from_ns) / DAY))
    assert lengths == [30, 31, 30, 31, 31, 30, 31, 30, 31, 28, 31, 31]
    back = period.moved(12, now_ns, BERLIN).window(now_ns, BERLIN)
    assert back.from_ns == midnight(date(2026, 12, 1), BERLIN)


def test_a_window_may_begin_and_end_at_the_epoch() -> None:
    now_ns = T + HOUR
    assert Period(from_ns=0).window(now_ns, UTC).whole == (0, now_ns)
    assert Period(from_ns=-DAY, to_ns=0).window(now_ns, UTC).whole == (-DAY, 0)


@pytest.mark.parametrize(
    ("length", "label"),
    [
        (45 * SECOND, "45s"),
        (30 * MINUTE, "30m"),
        (90 * MINUTE, "90m"),
        (HOUR, "1h"),
        (DAY, "24h"),
        (36 * HOUR, "36h"),
        (7 * DAY, "7d"),
    ],
)
def test_a_rolling_period_is_called_by_its_length(length: int, label: str) -> None:
    assert Period(since_ns=length).label == label
