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
