"""What is appended is in the file at the path, whatever became of the one that was opened."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from ccotel_tui.errors import BadDatabase, NotStored
from ccotel_tui.store.database import Database
from ccotel_tui.store.file import open_file
from ccotel_tui.store.file.connection import connect
from tests.store.file.acts import (
    delete,
    delete_all,
    delete_folder,
    delete_log,
    delete_shared_memory,
    move,
    move_folder,
    replace,
)
from tests.store.reading import count, total
from tests.tools.otlp import SECOND, T0, request

FORGETS = [delete, delete_all, delete_folder]
_READ = """\
import sys
from pathlib import Path

from ccotel_tui.store.file.connection import connect

connection = connect(Path(sys.argv[1]))
connection.execute("SELECT count(*) FROM events").fetchone()
print("read", flush=True)
sys.stdin.read()
"""

KEEPS = [delete_log, delete_shared_memory]
AFTER: list[tuple[Callable[[Path], None], float]] = [
    *((act, 6.0) for act in FORGETS),
    *((act, 7.0) for act in KEEPS),
    (move, 6.0),
    (move_folder, 6.0),
    (replace, 38.0),
]


@pytest.mark.parametrize(("act", "there"), AFTER)
def test_what_is_appended_is_in_the_file_at_the_path(
    database: Database, path: Path, act: Callable[[Path], None], there: float
) -> None:
    database.append([request(1.0)])
    act(path)
    assert not database.in_place
    database.append([request(2.0, sequence=1)])
    assert database.in_place
    database.append([request(4.0, sequence=2)])
    assert total(path, "events", "cost_usd") == there
    database.close()
    assert total(path, "events", "cost_usd") == there


@pytest.mark.parametrize(("act", "there"), AFTER)
def test_a_file_that_changes_in_the_middle_of_a_commit_is_noticed_before_the_acknowledgement(
    database: Database,
    path: Path,
    act: Callable[[Path], None],
    there: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database.append([request(1.0)])
    acts = [act]
    write = database._append

    def interrupted(*arguments: object) -> object:
        kept = write(*arguments)  # type: ignore[arg-type]
        if acts:
            acts.pop()(path)
        return kept

    monkeypatch.setattr(database, "_append", interrupted)
    database.append([request(6.0, sequence=1)])
    database.close()
    assert total(path, "events", "cost_usd") == there


@pytest.mark.parametrize("act", [move, move_folder])
def test_a_file_that_was_moved_has_all_that_was_kept_in_it(
    database: Database, path: Path, act: Callable[[Path], None]
) -> None:
    database.append([request(1.0), request(2.0, sequence=1)])
    act(path)
    database.append([request(4.0, sequence=2)])
    folder = path.parent.with_name("elsewhere")
    moved = path.with_name("elsewhere.db") if act is move else folder / path.name
    assert total(moved, "events", "cost_usd") == 3.0


def test_a_log_that_was_lost_is_not_looked_for_while_somebody_still_reads_what_it_held(
    database: Database, path: Path
) -> None:
    database.append([request(1.0)])
    with closing(connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        database.append([request(2.0, sequence=1)])
        delete_log(path)
        with pytest.raises(NotStored, match="End who reads it") as refused:
            database.append([request(4.0, sequence=2)])
        assert refused.value.reason == "replaced"
        reader.execute("COMMIT")
    database.append([request(4.0, sequence=2)])
    assert total(path, "events", "cost_usd") == 7.0


def test_who_reads_before_a_lost_index_is_noticed_costs_no_record(
    database: Database, path: Path, tmp_path: Path
) -> None:
    """Who opens the file makes the index anew, of a log that goes when the file is settled."""
    database.beat(T0)
    database.append([request(1.0)], T0)
    database.close()
    # The log has only what the next commit does not look at.
    database.beat(T0 + SECOND)
    delete_shared_memory(path)
    with read_by_another(path):
        database.append([request(2.0, sequence=1)], T0)
        killed = tmp_path / "killed.db"
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{killed}{end}")
        assert total(killed, "events", "cost_usd") == 3.0
    database.close()
    assert total(path, "events", "cost_usd") == 3.0


def test_a_file_that_is_replaced_while_none_can_be_opened_is_kept_from_the_log_of_the_former(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.append([request(1.0)])
    before = path.with_name("before.db")
    os.link(path, before)

    def fails(_: Path) -> NoReturn:
        raise NotStored("disk_full", "no room")

    with read_by_another(path), monkeypatch.context() as patched:
        # Who reads keeps the log from being emptied, as a full disk does.
        patched.setattr(open_file, "open_database", fails)
        database._file.suspect()
        with pytest.raises(NotStored, match="no room"):
            database.append([request(2.0, sequence=1)])
    replace(path)
    database.append([request(2.0, sequence=1)])
    assert total(path, "events", "cost_usd") == 34.0
    [log] = path.parent.glob("telemetry.db-wal.*")
    log.rename(f"{before}-wal")
    assert total(before, "events", "cost_usd") == 1.0


@contextmanager
def read_by_another(path: Path) -> Iterator[None]:
    """In the block another process has the file open, and has read in it."""
    command = [sys.executable, "-c", _READ, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"read\n"
        try:
            yield
        finally:
            process.communicate()


def test_another_program_file_at_the_path_is_refused_and_left_alone(
    database: Database, path: Path
) -> None:
    database.append([request(1.0)])
    for content in (b"not a database" * 500, b"SQLite format 3\0" + b"x" * 5000):
        delete_all(path)
        path.write_bytes(content)
        for _ in range(2):
            with pytest.raises(BadDatabase):
                database.append([request(2.0, sequence=1)])
        assert path.read_bytes() == content
        path.unlink()
        database.append([request(2.0, sequence=1)])
        assert total(path, "events", "cost_usd") == 2.0


def test_a_file_that_is_replaced_all_the_time_is_refused(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = database._append

    def interrupted(*arguments: object) -> object:
        kept = write(*arguments)  # type: ignore[arg-type]
        delete_all(path)
        return kept

    with monkeypatch.context() as patched:
        patched.setattr(database, "_append", interrupted)
        with pytest.raises(NotStored, match="again and again"):
            database.append([request(1.0)])
    database.append([request(1.0)])
    assert count(path, "events") == 1


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_file_that_another_program_holds_locked_is_refused_and_then_taken(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.append([request(1.0)])
    database._connection.execute("PRAGMA busy_timeout = 1")
    with locked(path), pytest.raises(NotStored, match="locked: end it") as refused:
        database.append([request(2.0, sequence=1)])
    assert refused.value.reason == "locked"
    database.append([request(2.0, sequence=1)])
    assert total(path, "events", "cost_usd") == 3.0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's file")
def test_a_file_of_another_user_is_not_written_to(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    os.chown(path, 65534, 65534)
    with pytest.raises(NotStored, match="belongs to another user") as refused:
        Database(path)
    assert refused.value.reason == "not_ours"


def test_a_dangling_link_is_followed_and_one_into_no_folder_is_told(path: Path) -> None:
    target = path.with_name("real") / "telemetry.db"
    path.parent.mkdir()
    path.symlink_to(target)
    with closing(Database(path)) as database:
        database.append([request(1.0)])
        assert database.in_place
    assert total(target, "events", "cost_usd") == 1.0
    path.unlink()
    path.symlink_to("/dev/null/telemetry.db")
    with pytest.raises(NotStored, match="cannot be made"):
        Database(path)


@pytest.mark.parametrize("opened", [Database, connect])
def test_what_was_killed_in_the_middle_of_a_migration_is_taken_back(
    tmp_path: Path, opened: Callable[[Path], Database | sqlite3.Connection]
) -> None:
    before, killed = tmp_path / "before.db", tmp_path / "killed.db"
    with closing(Database(before)) as database:
        database.append([request(1.0, sequence=number) for number in range(500)])
    with closing(sqlite3.connect(before, isolation_level=None)) as migrating:
        migrating.execute("PRAGMA journal_mode = DELETE")
        migrating.execute("PRAGMA cache_size = 1")  # what is changed is written before its end
        migrating.execute("BEGIN IMMEDIATE")
        migrating.execute("UPDATE events SET cost_usd = 9")
        for end in ("", "-journal"):
            shutil.copyfile(f"{before}{end}", f"{killed}{end}")
        killed.chmod(0o600)
    with closing(opened(killed)):
        assert total(killed, "events", "cost_usd") == 500.0
