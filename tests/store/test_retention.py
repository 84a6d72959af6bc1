"""What is too old or too much goes, and nothing that still counts."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.retention import DELETED_AT_ONCE
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.records import Event
from tests.store.reading import count, total
from tests.tools.otlp import SECOND, T0, event, lines, request

HOUR = 3600 * SECOND
DAY = 24 * HOUR


def retain(database: Database, now_ns: int, days: int = 400) -> int:
    """The number of batches it took."""
    batches = 1
    while database.retain(now_ns, days):
        batches += 1
    return batches


def test_what_is_older_goes_and_the_rest_stays(database: Database, path: Path) -> None:
    database.append([request(1.0), lines(5), request(2.0, at=T0 + DAY), lines(7, at=T0 + DAY)])
    retain(database, T0 + 400 * DAY + DAY // 2)
    assert total(path, "events", "cost_usd") == 2.0
    assert total(path, "increments", "value") == 7


def test_it_goes_in_batches(database: Database, path: Path) -> None:
    database.append([request(1.0, at=T0 + n) for n in range(2 * DELETED_AT_ONCE + 1)])
    assert retain(database, T0 + 401 * DAY) == 3
    assert count(path, "events") == 0


def test_what_only_the_deleted_needed_goes_too(database: Database, path: Path) -> None:
    database.append([lines(5, session="old"), lines(7, at=T0 + DAY, session="new")])
    retain(database, T0 + 400 * DAY + DAY // 2)
    with closing(connect(path)) as connection:
        assert connection.execute("SELECT session_id FROM series").fetchall() == [("new",)]


def notes(numbers: Iterable[int]) -> list[Event]:
    return [event("note", at=T0 + n, text="x" * 500) for n in numbers]


def bytes_of(path: Path) -> int:
    with closing(connect(path)) as connection:
        pages, free = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count")
        )
    return (int(pages) - int(free)) * 4096


def times(path: Path) -> list[int]:
    with closing(connect(path)) as connection:
        return [record.time_ns - T0 for record in stored_records(connection, 0, T0 * 2)]


def half_full(path: Path) -> int:
    """Half the bytes of a store of five batches of notes."""
    with closing(Database(path)) as database:
        database.append(notes(range(5 * DELETED_AT_ONCE)))
    return bytes_of(path) // 2


def test_the_oldest_go_where_the_file_is_too_large(path: Path) -> None:
    most = half_full(path)
    with closing(Database(path, most)) as database:
        retain(database, T0 + DAY)
    left = times(path)
    assert bytes_of(path) <= most
    assert 0 < len(left) < 5 * DELETED_AT_ONCE
    assert left == list(range(5 * DELETED_AT_ONCE - len(left), 5 * DELETED_AT_ONCE))
    assert database.deleted == {"oldest": 5 * DELETED_AT_ONCE - len(left), "ahead": 0}


def test_what_is_dated_ahead_goes_first_where_the_clock_is_believed(path: Path) -> None:
    most = half_full(path)
    now_ns = T0 + DELETED_AT_ONCE - DAY
    with closing(Database(path, most)) as database:
        retain(database, now_ns)
    assert database.deleted["ahead"] > 0
    assert times(path)[0] == 0


def test_what_is_dated_ahead_of_a_clock_that_is_not_believed_is_as_good_as_any(
    path: Path,
) -> None:
    most = half_full(path)
    with closing(Database(path, most)) as database:
        database.beat(T0 + DAY)
    with closing(Database(path, most)) as database:
        retain(database, T0 - 420 * DAY)
    assert database.deleted["ahead"] == 0
    assert times(path)[-1] == 5 * DELETED_AT_ONCE - 1


def test_the_file_gets_smaller(database: Database, path: Path) -> None:
    database.append([event("note", at=T0 + n, text="x" * 900) for n in range(3000)])
    database.close()
    large = path.stat().st_size
    with closing(Database(path)) as again:
        retain(again, T0 + 401 * DAY)
    assert path.stat().st_size < large / 4


def test_a_live_stream_whose_increments_are_gone_does_not_count_in_full_again(
    database: Database, path: Path
) -> None:
    database.append([lines(100, at=T0, cumulative=True)])
    database.append([lines(100, at=T0 + 30 * DAY, cumulative=True)])
    retain(database, T0 + 31 * DAY, days=7)
    assert count(path, "increments") == 0
    database.append([lines(103, at=T0 + 32 * DAY, cumulative=True)])
    assert total(path, "increments", "value") == 3


def test_the_last_value_of_a_stream_stays_for_its_longest_silence(
    database: Database, path: Path
) -> None:
    database.append([lines(100, at=T0, cumulative=True)])
    retain(database, T0 + 62 * DAY - HOUR, days=7)
    assert count(path, "streams") == 1
    retain(database, T0 + 62 * DAY + HOUR, days=7)
    assert count(path, "streams") == 0


def test_the_last_value_stays_as_long_as_the_increments(database: Database, path: Path) -> None:
    database.append([lines(100, at=T0, cumulative=True)])
    retain(database, T0 + 300 * DAY, days=400)
    assert count(path, "streams") == 1


def test_a_time_whose_records_went_is_not_one_without_records(
    database: Database, path: Path
) -> None:
    database.record_listening(T0)
    database.append([request(1.0)], T0 + 60 * SECOND)
    retain(database, T0 + 400 * DAY + 30 * SECOND)
    with closing(connect(path)) as connection:
        ((from_ns, to_ns),) = connection.execute("SELECT * FROM listening").fetchall()
    assert (from_ns, to_ns) == (T0 + 30 * SECOND - 1, T0 + 60 * SECOND)
    database.record_listening(T0 + 90 * SECOND)
    assert count(path, "listening") == 1
