"""What a screen asks of the stack again and again."""

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.measures import COST, DURATION
from ccotel_tui.query.query import Current, EventKind, EventRow, Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.stack.cached_source import CACHED_FOR, CachedSource, CachedValues
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.first_record import FirstRecord
from ccotel_tui.query.stack.responses import LabelledValue
from ccotel_tui.query.stack.source import StackSource
from ccotel_tui.query.window import DAY, HOUR, SECOND, Bucket, Window
from tests.query.passing import Passing
from tests.tools.otlp import T0

UTC = ZoneInfo("UTC")
NOON = T0 // DAY * DAY + 12 * HOUR
BY_MODEL = Query(COST, by=("model",))
STEPPED = Query(COST, by=("model",), stepped=True)
QUANTILE = Query(DURATION, stat=0.95)
HOURLY = {"opus": 1.0, "sonnet": 0.25}


class Clock:
    """A clock that a test moves on."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Loki:
    """The windows that it is asked about; each hour of them cost the same."""

    def __init__(self) -> None:
        self.windows: list[Window] = []

    def query_values(
        self, queries: Collection[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]:
        self.windows.extend([window] * bool(queries))
        return {
            query: [
                ((model,) if query.by else (), bucket.to_ns, dollars * _hours(bucket))
                for bucket in (window.buckets() if query.stepped else (window.whole,))
                for model, dollars in HOURLY.items()
                if query.by or model == "opus"
            ]
            for query in queries
        }


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def loki() -> Loki:
    return Loki()


@pytest.fixture
def source(loki: Loki, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[StackSource]:
    """A stack without counters, whose events' numbers are cached."""
    monkeypatch.setattr(StackSource, "_counter_coverage", lambda *_: (set(), True))
    monkeypatch.setattr(FirstRecord, "first_ns", lambda *_: 0)
    monkeypatch.setattr(StackClient, "has_event_streams", lambda *_: False)
    with closing(StackClient("http://127.0.0.1:1", "http://127.0.0.1:1")) as client:
        yield StackSource(client, CachedValues(loki, clock))


def _hours(bucket: Bucket) -> float:
    return (bucket.to_ns - bucket.from_ns) / HOUR


def dollars(source: Source, length: int, to_ns: int) -> dict[str, float | None]:
    window = Window.between(to_ns - length, to_ns, UTC)
    answer = source.numbers([BY_MODEL], window, Scope())[BY_MODEL]
    assert all(series.points[0][0] == to_ns for series in answer)
    return {series.labels["model"]: series.points[0][1] for series in answer}


def test_long_ago_is_asked_once_a_minute_and_what_is_new_each_time(
    source: StackSource, loki: Loki, clock: Clock
) -> None:
    assert dollars(source, 7 * DAY, NOON) == pytest.approx({"opus": 168.0, "sonnet": 42.0})
    assert len(loki.windows) == 2
    loki.windows.clear()
    later = dollars(source, 7 * DAY, NOON + 5 * SECOND)
    assert later["opus"] == pytest.approx(168.0 + 5 / 3600)
    assert [_hours(window.whole) for window in loki.windows] == [pytest.approx(2 + 5 / 3600)]
    clock.seconds += CACHED_FOR + 1
    assert dollars(source, 7 * DAY, NOON + 9 * SECOND) == pytest.approx({"opus": 168, "sonnet": 42})
    assert len(loki.windows) == 3


def test_a_window_just_as_long_that_begins_elsewhere_is_asked_itself(
    source: StackSource, loki: Loki
) -> None:
    dollars(source, 30 * DAY, NOON)
    assert dollars(source, 30 * DAY, NOON + 3 * HOUR)["opus"] == 720
    assert dollars(source, 30 * DAY, NOON)["opus"] == 720


def test_buckets_of_days_are_held_but_for_the_newest(source: StackSource, loki: Loki) -> None:
    for to_ns in (NOON, NOON + 5 * SECOND):
        loki.windows.clear()
        window = Window.between(to_ns - 30 * DAY, to_ns, UTC)
        answer = source.numbers([STEPPED], window, Scope())[STEPPED]
        opus = answer[0].points
        assert [end for end, _ in opus] == [bucket.to_ns for bucket in window.buckets()]
        assert [number for _, number in opus][1:-1] == [24.0] * 29
        assert opus[-1][1] == pytest.approx(_hours(window.buckets()[-1]))
    assert [_hours(window.whole) < 13 for window in loki.windows] == [True]


def test_a_quantile_of_the_whole_is_held_whole(source: StackSource, loki: Loki) -> None:
    for to_ns in (NOON, NOON + 5 * SECOND):
        window = Window.between(to_ns - 30 * DAY, to_ns, UTC)
        [series] = source.numbers([QUANTILE], window, Scope())[QUANTILE]
        assert series.points == ((to_ns, 720.0),)
    assert [window.to_ns for window in loki.windows] == [NOON]


def test_spans_that_are_asked_about_at_once_keep_their_answers(
    source: StackSource, loki: Loki
) -> None:
    lengths = [days * DAY for days in range(8, 28)]
    with ThreadPoolExecutor(len(lengths)) as threads:
        for _ in range(5):
            found = list(threads.map(lambda length: dollars(source, length, NOON), lengths))
            assert [one["opus"] for one in found] == pytest.approx([n / HOUR for n in lengths])
    assert sum(window.to_ns < NOON for window in loki.windows) == len(lengths)


class Rows(Passing):
    """A source with an event at each of its `times`, that counts what it is asked."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self.times: list[int] = []
        self.hours_read: list[float] = []
        self.moments = 0

    def rows(
        self,
        kinds: Iterable[EventKind],
        window: Window,
        scope: Scope,
        limit: int,
        *,
        oldest: bool = False,
    ) -> list[EventRow]:
        self.hours_read.append(_hours(window.whole))
        rows: list[EventRow] = [
            {"time": at} for at in self.times if window.from_ns < at <= window.to_ns
        ]
        return rows[-limit:]

    def current(self, to_ns: int, scope: Scope) -> Current:
        self.moments += 1
        return Current(f"s{self.moments}", None)


@pytest.fixture
def rows(source: StackSource) -> Rows:
    return Rows(source)


def test_who_is_at_work_is_asked_once_for_a_moment(rows: Rows) -> None:
    cached = CachedSource(rows)
    seen = [cached.current(at, Scope()) for at in (T0, T0, T0 + 1)]
    assert [current.session_id for current in seen if current] == ["s1", "s1", "s2"]
    other = cached.current(T0 + 1, Scope(model="opus"))
    assert other is not None
    assert other.session_id == "s3"


def test_a_day_is_asked_whole(source: StackSource, loki: Loki) -> None:
    dollars(source, DAY, NOON)
    assert [window.to_ns - window.from_ns for window in loki.windows] == [DAY]


def times_of(source: Source, to_ns: int, limit: int) -> list[object]:
    window = Window.between(to_ns - 7 * DAY, to_ns, UTC)
    return [row["time"] for row in source.rows([], window, Scope(), limit)]


def test_rows_of_long_ago_are_read_once_a_minute(rows: Rows, clock: Clock) -> None:
    cached = CachedSource(rows, clock)
    rows.times = [NOON - 5 * DAY, NOON - 3 * DAY, NOON - SECOND]
    assert times_of(cached, NOON, 9) == rows.times
    assert len(rows.hours_read) == 2
    rows.times.append(NOON + SECOND)
    assert times_of(cached, NOON + 5 * SECOND, 9) == rows.times
    assert [hours < 3 for hours in rows.hours_read[2:]] == [True]
    assert times_of(cached, NOON + 5 * SECOND, 3) == rows.times[-3:]
    assert times_of(cached, NOON + 5 * SECOND, 2) == rows.times[-2:]
    clock.seconds += CACHED_FOR + 1
    rows.hours_read.clear()
    rows.times.insert(0, NOON - 6 * DAY)
    assert times_of(cached, NOON + 9 * SECOND, 9) == rows.times
    assert len(rows.hours_read) == 2


def test_rows_of_stretches_are_cached_as_all_rows_are(rows: Rows) -> None:
    cached = CachedSource(rows)
    rows.times = [NOON - 5 * DAY, NOON - SECOND]
    stretches = [Bucket(NOON - 7 * DAY, NOON)]
    for _ in range(2):
        read = cached.rows_within(EventKind("user_prompt"), stretches, Scope())
        assert [row["time"] for row in read] == rows.times
    assert [hours < 3 for hours in rows.hours_read] == [True, False, True]


def test_a_row_that_left_the_window_is_not_told(rows: Rows) -> None:
    cached = CachedSource(rows)
    rows.times = [NOON - 7 * DAY + SECOND]
    for to_ns, count in ((NOON, 1), (NOON + 5 * SECOND, 0)):
        assert len(times_of(cached, to_ns, 9)) == count
