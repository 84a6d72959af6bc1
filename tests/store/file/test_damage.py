"""Files that cannot be trusted: told in a sentence, and left as they are."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.errors import BadDatabase, NotStored
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.file.faults import translate_errors
from ccotel_tui.store.stored_records import stored_records
from tests.store.file.damage import damage
from tests.store.reading import fill, total
from tests.tools.otlp import T0, event, request


@pytest.fixture
def damaged(path: Path) -> Path:
    with closing(Database(path)) as database:
        database.append([event("note", at=T0 + n, text="x" * 300) for n in range(300)])
    damage(path)
    return path


def test_damage_that_shows_while_it_is_written_is_told(damaged: Path) -> None:
    before = damaged.read_bytes()
    with closing(Database(damaged)) as database:
        for act in (
            lambda: database.append([request(1.0)]),
            lambda: database.record_listening(T0),
            lambda: database.retain(T0),
        ):
            with pytest.raises(BadDatabase, match="Stop the recorder and move the file away"):
                act()
    assert damaged.read_bytes() == before


def test_damage_that_shows_while_it_is_read_is_told(damaged: Path) -> None:
    with (
        closing(connect(damaged)) as connection,
        pytest.raises(BadDatabase, match="is damaged"),
        translate_errors(damaged),
    ):
        list(stored_records(connection, 0, T0 * 2))


def test_other_failures_are_not_called_damage(path: Path) -> None:
    path.parent.mkdir()
    with pytest.raises(NotStored, match="cannot be made") as told, translate_errors(path):
        sqlite3.connect(f"file:{path}?mode=rw", uri=True)
    assert told.value.reason == "gone"


@pytest.mark.parametrize("open_it", [Database, connect])
def test_a_folder_is_called_one(path: Path, open_it: Callable[[Path], object]) -> None:
    path.mkdir(parents=True)
    with pytest.raises(NotStored, match=r"it is a folder.* name another file with --db"):
        open_it(path)


def test_a_log_of_another_program_beside_the_file_is_not_applied(
    path: Path, tmp_path: Path
) -> None:
    fill(path, [request(1.0)])
    foreign = tmp_path / "foreign.db"
    log = path.with_name(path.name + "-wal")
    with closing(sqlite3.connect(foreign, isolation_level=None)) as other:
        other.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x); CREATE TABLE u (x)")
        shutil.copy(foreign.with_name("foreign.db-wal"), log)
    before = path.read_bytes(), log.read_bytes()
    for open_it in (Database, connect):
        with pytest.raises(BadDatabase):
            open_it(path)
        assert (path.read_bytes(), log.read_bytes()) == before


def test_a_log_that_is_none_and_one_without_its_file_are_passed_over(path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    fill(path, [request(1.0)])
    log.write_bytes(b"not a log " * 1000)
    fill(path, [request(2.0, sequence=1)])
    assert total(path, "events", "cost_usd") == 3.0
    with closing(Database(path)) as database:
        database.append([request(4.0, sequence=2)])
        shutil.copy(log, path.with_name("kept-wal"))
    path.unlink()
    shutil.move(path.with_name("kept-wal"), log)
    fill(path, [request(8.0, sequence=3)])
    assert total(path, "events", "cost_usd") == 8.0
