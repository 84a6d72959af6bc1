"""What is forgotten is gone: from the answers, and from every byte beside them."""

from contextlib import closing
from pathlib import Path

from ccotel_tui.store.database import Database
from ccotel_tui.store.erase import forget_older, forget_session
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.retention import DELETED_AT_ONCE
from ccotel_tui.store.stored_records import count_of_session, count_older, session_ids
from ccotel_tui.telemetry.records import Record
from tests.store.reading import count, total
from tests.tools.otlp import SECOND, T0, event, lines, request, span


def secret(session: str, sequence: int, at: int = T0) -> Record:
    return event(
        "user_prompt", at=at, session=session, prompt=f"secret of {session} " * 20, n=sequence
    )


def bytes_beside(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


def test_no_byte_of_a_session_stays_beside_a_recorder(database: Database, path: Path) -> None:
    for number in range(300):
        # Mixed, so that rows move from page to page while the indexes grow.
        database.append([secret("mine", number, T0 + number), secret("other", number, T0 + number)])
    database.append([lines(5, session="mine"), lines(7, session="other")])
    database.append([lines(5, session="mine", cumulative=True, start=T0 + 1)])
    assert b"secret of mine" in bytes_beside(path)
    assert forget_session(path, "mine")
    assert b"mine" not in bytes_beside(path)
    database.append([request(1.0, session="other")])
    assert count(path, "events") == 301
    assert total(path, "increments", "value") == 7


def test_no_byte_of_what_is_older_stays(database: Database, path: Path) -> None:
    database.append([secret("mine", number, T0 + number) for number in range(DELETED_AT_ONCE + 1)])
    database.append([secret("other", 0, T0 + SECOND), lines(7, at=T0 + SECOND, session="other")])
    assert forget_older(path, T0 + SECOND)
    assert b"mine" not in bytes_beside(path)
    assert count(path, "events") == 1
    assert total(path, "increments", "value") == 7


def test_a_session_that_goes_on_counts_from_here_on(database: Database, path: Path) -> None:
    database.append([lines(100, session="mine", cumulative=True)])
    assert forget_session(path, "mine")
    database.append([lines(103, at=T0 + 9 * SECOND, session="mine", cumulative=True)])
    assert total(path, "increments", "value") == 3


def test_a_recorder_goes_on_listening_over_a_time_that_is_forgotten(
    database: Database, path: Path
) -> None:
    for seconds in (0, 30, 60):
        database.record_listening(T0 + seconds * SECOND)
    assert forget_older(path, T0 + 40 * SECOND)
    database.record_listening(T0 + 90 * SECOND)
    with closing(connect(path)) as connection:
        found = connection.execute("SELECT * FROM listening").fetchall()
    assert found == [(T0 + 40 * SECOND - 1, T0 + 90 * SECOND)]
    assert forget_older(path, T0 + 100 * SECOND)
    database.record_listening(T0 + 110 * SECOND)
    assert count(path, "listening") == 1


def test_what_would_go_is_counted_before(database: Database, path: Path) -> None:
    database.append([secret("a1", 1), secret("a2", 1), secret("a2", 2, T0 + SECOND)])
    database.append([lines(5, at=T0, session="a3"), lines(5, at=T0 + SECOND, session="a2")])
    database.append([span(T0, session="a2")])
    with closing(connect(path)) as connection:
        assert count_older(connection, T0 + SECOND) == (2, 1, 1, 3)
        assert count_of_session(connection, "a2") == (2, 1, 1, 1)
        assert sorted(session_ids(connection, "a")) == ["a1", "a2", "a3"]
        assert session_ids(connection, "a3") == ["a3"]
