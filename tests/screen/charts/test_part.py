"""A part of a chart's time: whole buckets of the window, never beyond it."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.screen.charts.reader.part import TimeZoom

SEOUL = ZoneInfo("Asia/Seoul")
DAY = Window.between(0, 24 * HOUR, SEOUL)


@pytest.mark.parametrize(("steps", "hours"), [(0, 24), (1, 12), (2, 6), (3, 3), (4, 1.5), (9, 1)])
def test_each_step_is_half_the_time_at_the_newest_end(steps: int, hours: float) -> None:
    zoom = TimeZoom()
    for _ in range(steps):
        zoom = zoom.stepped(1, None, DAY)
    part = zoom.part(DAY)
    assert (part.to_ns, part.to_ns - part.from_ns) == (DAY.to_ns, hours * HOUR)


def test_a_part_is_about_a_time_and_moves_with_it() -> None:
    zoom = TimeZoom().stepped(1, 8 * HOUR, DAY).stepped(1, None, DAY)
    assert zoom.part(DAY).from_ns < 8 * HOUR < zoom.part(DAY).to_ns
    part = zoom.stepped(0, 20 * HOUR, DAY).part(DAY)
    assert part.from_ns < 20 * HOUR < part.to_ns


def test_the_whole_window_again_is_no_zoom() -> None:
    zoom = TimeZoom().stepped(1, 8 * HOUR, DAY)
    assert zoom.stepped(-1, None, DAY) == TimeZoom()


@given(st.integers(1, 40 * 24 * 60), st.integers(0, 12), st.none() | st.integers(-HOUR, 50 * HOUR))
def test_any_part_is_of_the_windows_buckets(minutes: int, steps: int, about: int | None) -> None:
    window = Window.between(7, 7 + minutes * MINUTE, SEOUL)
    zoom = TimeZoom()
    for _ in range(steps):
        zoom = zoom.stepped(1, about, window)
    part = zoom.part(window)
    buckets = window.buckets()
    assert part.from_ns in [bucket.from_ns for bucket in buckets]
    assert part.to_ns in [bucket.to_ns for bucket in buckets]
    assert part.from_ns < part.to_ns
