"""When somebody listened: written down by the recorder, read for the gaps."""

import errno
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.errors import NotStored
from ccotel_tui.store.coverage import Interval, extend_open_interval, gaps, intervals, uncovered
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from tests.tools.otlp import SECOND, T0, request


def heard(path: Path) -> list[tuple[int, int]]:
    """The intervals in seconds after T0."""
    with closing(connect(path)) as connection:
        found = intervals(connection, 0, 2**62)
    return [((one.from_ns - T0) // SECOND, (one.to_ns - T0) // SECOND) for one in found]


def listen(database: Database, *seconds: int) -> None:
    for second in seconds:
        database.record_listening(T0 + second * SECOND)


def test_signs_make_one_interval(database: Database, path: Path) -> None:
    listen(database, 0, 30, 60, 85)
    assert heard(path) == [(0, 85)]


def test_a_sleeping_laptop_leaves_a_gap(database: Database, path: Path) -> None:
    listen(database, 0, 30, 4000, 4030)
    assert heard(path) == [(0, 30), (4000, 4030)]


def test_a_clock_that_is_moved_begins_another_interval(database: Database, path: Path) -> None:
    listen(database, 9000, 9030, 0, 30, 60)
    assert heard(path) == [(0, 60), (9000, 9030)]
    listen(database, 59)
    assert heard(path)[0] == (0, 60)


def test_another_run_begins_another_interval(path: Path) -> None:
    for first in (0, 40):
        with closing(Database(path)) as database:
            listen(database, first, first + 10)
    assert heard(path) == [(0, 10), (40, 50)]


def test_what_is_appended_is_a_sign_too(database: Database, path: Path) -> None:
    listen(database, 0)
    database.append([request(1.0)], T0 + 20 * SECOND)
    assert heard(path) == [(0, 20)]
    database.append([request(1.0, sequence=1)])
    assert heard(path) == [(0, 20)]


def test_what_could_not_be_kept_is_no_sign(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    listen(database, 0)
    monkeypatch.setattr("ccotel_tui.store.database.change_log.append", fail)
    with pytest.raises(NotStored, match="no room left"):
        database.append([request(1.0)], T0 + 20 * SECOND)
    assert heard(path) == [(0, 0)]


def test_only_the_window_is_read(database: Database, path: Path) -> None:
    listen(database, 0, 30, 1000, 1030, 2000, 2030)
    with closing(connect(path)) as connection:
        found = intervals(connection, T0 + 30 * SECOND, T0 + 1010 * SECOND)
    assert found == [Interval(T0 + 1000 * SECOND, T0 + 1030 * SECOND)]


@pytest.mark.parametrize(
    ("listened", "missing"),
    [
        ([], [(0, 100)]),
        ([(0, 100)], []),
        ([(-50, 200)], []),
        ([(10, 20), (40, 60)], [(0, 10), (20, 40), (60, 100)]),
        ([(0, 50), (30, 40), (45, 70)], [(70, 100)]),
        ([(90, 200)], [(0, 90)]),
        ([(200, 300)], [(0, 100)]),
    ],
)
def test_gaps_of_a_window(listened: list[tuple[int, int]], missing: list[tuple[int, int]]) -> None:
    assert gaps(Interval(0, 100), [Interval(*one) for one in listened]) == missing


def test_a_bucket_is_a_gap_where_nobody_listened_in_any_part_of_it() -> None:
    buckets = [Interval(n, n + 10) for n in range(0, 60, 10)]
    listened = [Interval(5, 10), Interval(32, 33), Interval(50, 60)]
    assert uncovered(buckets, listened) == [False, True, True, False, True, False]


def test_the_newest_sign_holds_until_the_next_one_is_due() -> None:
    listened = [Interval(0, 10 * SECOND)]
    assert extend_open_interval(listened, 40 * SECOND) == [Interval(0, 40 * SECOND)]
    assert extend_open_interval(listened, 101 * SECOND) == listened
