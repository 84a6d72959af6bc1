"""However records arrive, they amount to the same."""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.records import Point, Record
from tests.tools.otlp import SECOND, T0, event, lines, request

seconds = st.integers(0, 50).map(lambda n: T0 + n * SECOND)
sessions = st.sampled_from(["s1", "s2"])
events = st.builds(request, st.integers(0, 9).map(float), seconds, sessions, st.integers(0, 3))
other_events = st.builds(event, st.sampled_from(["user_prompt", "tool_result"]), seconds, sessions)
deltas = st.builds(
    lines,
    st.integers(1, 9).map(float),
    seconds,
    seconds,
    sessions,
    st.sampled_from(["added", "removed"]),
)
values = st.lists(st.integers(0, 9), min_size=1, max_size=12).map(
    lambda steps: [sum(steps[: n + 1]) for n in range(len(steps))]
)


def kept(requests: Sequence[Sequence[Record]]) -> list[Record]:
    """What a new database holds after these requests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.db"
        for one in requests:
            # Each by a recorder of its own: a restart at any place changes nothing.
            with closing(Database(path)) as database:
                database.append(one)
        with closing(connect(path)) as connection:
            return list(stored_records(connection, 0, 2**62))


def as_kept(record: Record) -> str:
    """The record without the order of its attributes."""
    return repr(replace(record, attributes=dict(sorted(record.attributes.items()))))


def grown(requests: Sequence[Sequence[Record]]) -> float:
    return sum(point.value for point in kept(requests) if isinstance(point, Point))


def cumulative(values: Sequence[float]) -> list[Point]:
    return [lines(value, at=T0 + n * SECOND, cumulative=True) for n, value in enumerate(values)]


@given(st.data())
def test_any_split_order_and_repetition_is_the_same(data: st.DataObject) -> None:
    sent = data.draw(st.lists(events | other_events | deltas, min_size=1, max_size=12))
    sent = list({as_kept(record): record for record in sent}.values())
    again = data.draw(st.lists(st.sampled_from(sent), max_size=6, unique_by=as_kept))
    order = data.draw(st.permutations(sent))
    cut = data.draw(st.integers(0, len(order)))
    found = kept([order[:cut], again, order[cut:], again])
    assert sorted(map(as_kept, found)) == sorted(map(as_kept, sent))


@given(st.data())
def test_equal_records_of_a_request_are_distinct_however_often_it_comes(
    data: st.DataObject,
) -> None:
    sent = data.draw(st.lists(events | other_events | deltas, max_size=12))
    found = kept([sent, data.draw(st.permutations(sent)), sent])
    assert sorted(map(as_kept, found)) == sorted(map(as_kept, sent))


@given(values, st.data())
def test_cumulative_points_sum_to_the_last_value_whoever_restarts_when(
    values: list[float], data: st.DataObject
) -> None:
    points = cumulative(values)
    cut = data.draw(st.integers(0, len(points)))
    assert grown([points[:cut], points[cut:]]) == values[-1]


@given(values, st.data())
def test_an_older_point_of_a_cumulative_stream_changes_nothing(
    values: list[float], data: st.DataObject
) -> None:
    points = cumulative(values)
    reached = data.draw(st.integers(1, len(points)))
    older = data.draw(st.lists(st.sampled_from(points[:reached])))
    assert grown([points[:reached], older, points[reached:]]) == values[-1]
