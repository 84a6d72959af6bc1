"""What a screen asks of the stack again and again."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.measures import COST, DURATION
from ccotel_tui.query.query import Current, EventKind, EventRow, Query, Scope
from ccotel_tui.query.stack.cached_source import CachedSource
from ccotel_tui.query.stack.first_record import Beginning
from ccotel_tui.query.stack.responses import LabelledValue
from ccotel_tui.query.stack.source import HELD_FOR, StackSource
from ccotel_tui.query.window import DAY, HOUR, SECOND, Bucket, Window
from tests.otlp import T0

UTC = ZoneInfo("UTC")
NOON = T0 // DAY * DAY + 12 * HOUR
BY_MODEL = Query(COST, by=("model",))
STEPPED = Query(COST, by=("model",), stepped=True)
QUANTILE = Query(DURATION, stat=0.95)
HOURLY = {"opus": 1.0, "sonnet": 0.25}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Window]:
    """The windows that Loki is asked about; each hour of them cost the same."""
    windows: list[Window] = []

    def found(
        self: StackSource, asks: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]:
        asks = list(asks)
        windows.extend([window] * bool(asks))
        return {
            ask: [
                ((model,) if ask.by else (), bucket.to_ns, dollars * _hours(bucket))
                for bucket in (window.buckets() if ask.stepped else (window.whole,))
                for model, dollars in HOURLY.items()
                if ask.by or model == "opus"
            ]
            for ask in asks
        }

    monkeypatch.setattr(StackSource, "_found", found)
    monkeypatch.setattr(StackSource, "_counting", lambda *_: (set(), True))
    monkeypatch.setattr(Beginning, "first", lambda *_: 0)
    return windows


@pytest.fixture
def source() -> Iterator[CachedSource]:
    source = CachedSource("http://127.0.0.1:1", "http://127.0.0.1:1")
    yield source
    source.close()


def _hours(bucket: Bucket) -> float:
    return (bucket.to_ns - bucket.from_ns) / HOUR


def dollars(source: CachedSource, length: int, to_ns: int) -> dict[str, float | None]:
    window = Window.between(to_ns - length, to_ns, UTC)
    answer = source.numbers([BY_MODEL], window, Scope())[BY_MODEL]
    assert all(series.points[0][0] == to_ns for series in answer)
    return {series.labels["model"]: series.points[0][1] for series in answer}


def test_long_ago_is_asked_once_a_minute_and_what_is_new_each_time(
    source: CachedSource, asked: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dollars(source, 7 * DAY, NOON) == pytest.approx({"opus": 168.0, "sonnet": 42.0})
    assert len(asked) == 2
    asked.clear()
    later = dollars(source, 7 * DAY, NOON + 5 * SECOND)
    assert later["opus"] == pytest.approx(168.0 + 5 / 3600)
    assert [_hours(window.whole) for window in asked] == [pytest.approx(2 + 5 / 3600)]
    later_still = monotonic() + HELD_FOR + 1
    monkeypatch.setattr("ccotel_tui.query.stack.cached_source.monotonic", lambda: later_still)
    assert dollars(source, 7 * DAY, NOON + 9 * SECOND) == pytest.approx({"opus": 168, "sonnet": 42})
    assert len(asked) == 3


def test_a_window_just_as_long_that_begins_elsewhere_is_asked_itself(
    source: CachedSource, asked: list[Window]
) -> None:
    dollars(source, 30 * DAY, NOON)
    assert dollars(source, 30 * DAY, NOON + 3 * HOUR)["opus"] == 720
    assert dollars(source, 30 * DAY, NOON)["opus"] == 720


def test_buckets_of_days_are_held_but_for_the_newest(
    source: CachedSource, asked: list[Window]
) -> None:
    for to_ns in (NOON, NOON + 5 * SECOND):
        asked.clear()
        window = Window.between(to_ns - 30 * DAY, to_ns, UTC)
        answer = source.numbers([STEPPED], window, Scope())[STEPPED]
        opus = answer[0].points
        assert [end for end, _ in opus] == [bucket.to_ns for bucket in window.buckets()]
        assert [number for _, number in opus][1:-1] == [24.0] * 29
        assert opus[-1][1] == pytest.approx(_hours(window.buckets()[-1]))
    assert [_hours(window.whole) < 13 for window in asked] == [True]


def test_a_quantile_of_the_whole_is_held_whole(source: CachedSource, asked: list[Window]) -> None:
    for to_ns in (NOON, NOON + 5 * SECOND):
        window = Window.between(to_ns - 30 * DAY, to_ns, UTC)
        [series] = source.numbers([QUANTILE], window, Scope())[QUANTILE]
        assert series.points == ((to_ns, 720.0),)
    assert [window.to_ns for window in asked] == [NOON]


def test_spans_that_are_asked_about_at_once_keep_their_answers(
    source: CachedSource, asked: list[Window]
) -> None:
    lengths = [days * DAY for days in range(8, 28)]
    with ThreadPoolExecutor(len(lengths)) as threads:
        for _ in range(5):
            found = list(threads.map(lambda length: dollars(source, length, NOON), lengths))
            assert [one["opus"] for one in found] == pytest.approx([n / HOUR for n in lengths])
    assert sum(window.to_ns < NOON for window in asked) == len(lengths)


def test_who_is_at_work_is_asked_once_for_a_moment(
    source: CachedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[int] = []

    def current(self: StackSource, to_ns: int, scope: Scope) -> Current:
        moments.append(to_ns)
        return Current(f"s{len(moments)}", None)

    monkeypatch.setattr(StackSource, "current", current)
    seen = [source.current(at, scope) for at in (T0, T0, T0 + 1) for scope in (Scope(),)]
    assert [one.session_id for one in seen if one] == ["s1", "s1", "s2"]
    other = source.current(T0 + 1, Scope(model="opus"))
    assert other is not None
    assert other.session_id == "s3"


def test_a_day_is_asked_whole(source: CachedSource, asked: list[Window]) -> None:
    dollars(source, DAY, NOON)
    assert [window.to_ns - window.from_ns for window in asked] == [DAY]


def test_rows_of_long_ago_are_read_once_a_minute(
    source: CachedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[float] = []
    times = [NOON - 5 * DAY, NOON - 3 * DAY, NOON - SECOND]

    def rows(
        self: StackSource, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        read.append(_hours(window.whole))
        found: list[EventRow] = [
            {"time": at} for at in times if window.from_ns < at <= window.to_ns
        ]
        return found[-limit:]

    monkeypatch.setattr(StackSource, "rows", rows)

    def times_of(to_ns: int, limit: int) -> list[object]:
        window = Window.between(to_ns - 7 * DAY, to_ns, UTC)
        return [row["time"] for row in source.rows([], window, Scope(), limit)]

    assert times_of(NOON, 9) == times
    assert len(read) == 2
    times.append(NOON + SECOND)
    assert times_of(NOON + 5 * SECOND, 9) == times
    assert [hours < 3 for hours in read[2:]] == [True]
    assert times_of(NOON + 5 * SECOND, 3) == times[-3:]
    assert times_of(NOON + 5 * SECOND, 2) == times[-2:]
    later_still = monotonic() + HELD_FOR + 1
    monkeypatch.setattr("ccotel_tui.query.stack.cached_source.monotonic", lambda: later_still)
    read.clear()
    times.insert(0, NOON - 6 * DAY)
    assert times_of(NOON + 9 * SECOND, 9) == times
    assert len(read) == 2


def test_a_row_that_left_the_window_is_not_told(
    source: CachedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = NOON - 7 * DAY + SECOND
    monkeypatch.setattr(
        StackSource,
        "rows",
        lambda _, kinds, window, *more: [{"time": at}] * (window.from_ns < at <= window.to_ns),
    )
    for to_ns, count in ((NOON, 1), (NOON + 5 * SECOND, 0)):
        window = Window.between(to_ns - 7 * DAY, to_ns, UTC)
        assert len(source.rows([], window, Scope(), 9)) == count
