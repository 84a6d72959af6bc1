"""A database of an earlier version becomes one of this, or stays what it is."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.errors import BadDatabase
from ccotel_tui.store.database import Database
from ccotel_tui.store.file import schema
from ccotel_tui.store.file.connection import connect, empty_database
from ccotel_tui.store.file.migrations import MIGRATIONS
from ccotel_tui.store.file.version import APPLICATION_ID
from ccotel_tui.store.shared_attributes import canonical
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.records import Event
from tests.store.reading import total
from tests.tools.otlp import T0, request

FIRST = "CREATE TABLE notes (text TEXT); CREATE INDEX texts ON notes (text);"
SECOND = """
ALTER TABLE notes ADD COLUMN length INTEGER;
UPDATE notes SET length = length(text);
"""
FAILING = (
    "ALTER TABLE notes ADD COLUMN length INTEGER; DELETE FROM notes; INSERT INTO nowhere DEFAULT"
)

OLD = [
    Event(T0, "claude-code", "note", {"user.id": "u1", "n": 1, "session.id": "s1"}, "1.0"),
    Event(T0 + 1, "claude-code", "note", {"user.id": "u1", "n": 2, "session.id": "s1"}, "1.0"),
    Event(T0 + 2, "claude-code", "note", {"user.id": "ü", "a'\n": [None, {"b": '"'}]}, "1.0"),
    Event(T0 + 3, "shop", "note", {"user.id": "u1"}, "1.0", scope=""),
]


def test_an_sqlite_that_is_too_old_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ubuntu 22.04 has it: its errors of syntax say nothing of the file."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.37.2")
    for open_ in (Database, connect, lambda _: empty_database()):
        with pytest.raises(BadDatabase, match=r"SQLite is 3\.37\.2, and .* needs 3\.38\.0 or"):
            open_(path)


@pytest.fixture
def earlier(path: Path) -> Path:
    """A file of the version before, as that version left it."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"PRAGMA auto_vacuum = INCREMENTAL; {FIRST} INSERT INTO notes VALUES ('kept');"
            f"PRAGMA user_version = 1; PRAGMA application_id = {APPLICATION_ID};"
            "PRAGMA journal_mode = WAL;"
        )
    return path


@pytest.fixture
def reader(earlier: Path) -> Iterator[sqlite3.Connection]:
    """Somebody in the middle of reading it."""
    with closing(sqlite3.connect(earlier, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        assert connection.execute("SELECT * FROM notes").fetchall() == [("kept",)]
        yield connection


def test_it_is_migrated_beside_a_reader(
    earlier: Path, reader: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (FIRST, SECOND))
    Database(earlier).close()
    assert reader.execute("SELECT * FROM notes").fetchall() == [("kept",)]
    reader.execute("COMMIT")
    assert reader.execute("SELECT * FROM notes").fetchall() == [("kept", 4)]
    assert reader.execute("PRAGMA user_version").fetchone() == (2,)


def test_who_only_reads_finds_it_migrated(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (FIRST, SECOND))
    with closing(connect(earlier)) as connection:
        assert connection.execute("SELECT length FROM notes").fetchall() == [(4,)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = earlier.read_bytes()
    monkeypatch.setattr(schema, "MIGRATIONS", (FIRST, SECOND, FAILING))
    for open_it in (Database, connect):
        with pytest.raises(BadDatabase, match="it was not touched"):
            open_it(earlier)
        assert earlier.read_bytes() == before
    monkeypatch.setattr(schema, "MIGRATIONS", (FIRST,))
    with closing(connect(earlier)) as connection:
        assert connection.execute("SELECT * FROM notes").fetchall() == [("kept",)]


@pytest.fixture
def first(path: Path) -> Path:
    """A file of the first version with a few events in it."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA auto_vacuum = INCREMENTAL;" + MIGRATIONS[0])
        for number, one in enumerate(OLD):
            connection.execute(
                "INSERT INTO events (time_ns, identity, service, version, name, session_id,"
                " source, cost_usd, attributes) VALUES (?, ?, ?, '1.0', ?, 's1', 'main', 1, ?)",
                (one.time_ns, number, one.service, one.name, canonical(one.attributes)),
            )
        connection.executescript(
            f"PRAGMA user_version = 1; PRAGMA application_id = {APPLICATION_ID};"
            "PRAGMA journal_mode = WAL;"
        )
    return path


def test_events_of_the_first_version_are_what_they_were(first: Path) -> None:
    with closing(connect(first)) as connection:
        assert list(stored_records(connection, 0, T0 * 2)) == OLD
    assert total(first, "events", "cost_usd") == len(OLD)
    assert total(first, "origins", "1") == 3


def test_events_of_the_first_version_stay_whole_where_their_migration_is_cut_off(
    first: Path,
) -> None:
    with closing(sqlite3.connect(first, isolation_level=None)) as connection:
        connection.set_authorizer(
            lambda action, *_: (
                sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DROP_TABLE else sqlite3.SQLITE_OK
            )
        )
        with pytest.raises(sqlite3.DatabaseError):
            schema.migrate(connection, first)
    with closing(sqlite3.connect(first)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (len(OLD),)
    with closing(connect(first)) as connection:
        assert list(stored_records(connection, 0, T0 * 2)) == OLD


def test_many_may_open_a_new_file_at_once(path: Path) -> None:
    ready = threading.Barrier(6)
    problems = []

    def open_it(number: int) -> None:
        ready.wait()
        try:
            with closing(Database(path)) as database:
                database.append([request(1.0, sequence=number)])
        except BadDatabase as error:
            problems.append(str(error))

    threads = [threading.Thread(target=open_it, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert total(path, "events", "cost_usd") == 6


def test_who_reads_a_file_that_was_only_just_made_finds_the_tables(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    assert total(path, "events", "cost_usd") == 0
