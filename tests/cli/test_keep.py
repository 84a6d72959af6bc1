"""export and forget, as they are typed."""

import os
import pty
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.claude.session_memory import Remembered, SessionMemory
from ccotel_tui.line.memory import LineMemory
from ccotel_tui.local import locations
from ccotel_tui.query.window import MILLISECOND, MINUTE
from ccotel_tui.screen.data.files.fired import FiredHistory
from ccotel_tui.send.replay import read_lines, send
from ccotel_tui.status_line.memory import HandedOn, handed_on_folder
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.decode import read_request
from ccotel_tui.telemetry.records import Record
from tests.cli.test_words import run
from tests.recorder.running import recorder
from tests.store.file.damage import damage
from tests.tools.otlp import SECOND, T0, event, lines, request, span

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Two sessions; the second is a minute later."""
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([request(1.0, session="aa-1"), lines(5, at=T0, session="aa-1")])
        late = T0 + 60 * SECOND
        database.append([request(2.0, at=late, session="ab-2"), lines(7, at=late, session="ab-2")])
        database.append([span(late, session="ab-2")])
    return path


def held(path: Path) -> list[Record]:
    with closing(connect(path)) as connection:
        return list(stored_records(connection, 0, 2**62))


def exported(path: Path, *words: str) -> list[Record]:
    done = run("export", "--db", str(path), *words)
    assert done.returncode == 0, done.stderr
    file = path.with_name("exported.jsonl")
    file.write_text(done.stdout)
    return [record for line in read_lines(file) for record in read_request(line.request).records]


def test_what_is_exported_is_what_is_kept(database: Path) -> None:
    assert len(held(database)) == 5
    assert exported(database) == held(database)


def test_a_window_and_a_session_are_exported(database: Path) -> None:
    first, second = held(database)[:2], held(database)[2:]
    assert exported(database, "--to", "2026-11-24T04:10:00Z") == first
    assert exported(database, "--from", "2026-11-24T04:10:00Z") == second
    assert exported(database, "--session", "aa") == first
    assert exported(database, "--session", "aa", "--from", "2026-11-24T04:10:00Z") == []


def test_export_into_replay_gives_the_same_records(tmp_path: Path) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    with recorder(first) as running:
        for name in ("sessions.jsonl", "sessions-2.1.330.jsonl"):
            send(read_lines(DATA / name), running.grpc)
    with recorder(second) as running:
        ours = [sys.executable, "-m", "ccotel_tui"]
        with subprocess.Popen(
            [*ours, "export", "--db", str(first)], stdout=subprocess.PIPE
        ) as export:
            replay = [*ours, "replay", "-", "--endpoint", running.grpc]
            subprocess.run(replay, stdin=export.stdout, check=True, capture_output=True)
    assert export.returncode == 0
    assert len(held(first)) > 900
    assert sorted(map(repr, held(second))) == sorted(map(repr, held(first)))


def test_nothing_is_made_where_nothing_was_recorded(tmp_path: Path) -> None:
    for words in (("export",), ("forget", "--session", "aa", "--yes")):
        done = run(*words, "--db", str(tmp_path / "none.db"))
        assert done.returncode == 1
        assert "nothing was recorded there" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("forget",), "Use exactly one of --before and --session"),
        (("forget", "--session", "aa", "--before", "2026-01-01"), "Use exactly one of"),
        (("forget", "--session", "a", "--yes"), "it may be aa-1, ab-2"),
        (("forget", "--session", "zz", "--yes"), "there is no such session"),
        (("forget", "--session", "aa"), "without a terminal, say --yes"),
        (("export", "--session", "a"), "it may be"),
        (("export", "--from", "2026-12-01", "--to", "2026-11-01"), "ends before it begins"),
    ],
)
def test_wrong_words_delete_nothing(database: Path, words: tuple[str, ...], said: str) -> None:
    done = run(*words, "--db", str(database))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(held(database)) == 5


def test_forget_says_what_goes_and_deletes_it_beside_a_recorder(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with recorder(path) as running:
        send(read_lines(DATA / "sessions.jsonl"), running.grpc)
        session = "d7d6a673"
        assert session.encode() in bytes_beside(path)
        done = run("forget", "--session", session, "--yes", "--db", str(path))
        assert done.returncode == 0, done.stderr
        assert "of 1 session, from" in done.stderr
        assert done.stdout == ""
        assert session.encode() not in bytes_beside(path)
        before = len(held(path))
        send(read_lines(DATA / "sessions-2.1.330.jsonl"), running.grpc)
        assert len(held(path)) > before > 0


def bytes_beside(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())


@pytest.mark.parametrize("words", [("--session", "aa"), ("--before", "2026-11-24T04:10:30Z")])
def test_what_status_lines_told_is_forgotten_too(database: Path, words: tuple[str, str]) -> None:
    folder = handed_on_folder(database)
    HandedOn(folder, "aa-1").write({"session_name": "secret"}, 1000.0)
    [of_first] = Path(folder).iterdir()
    os.utime(of_first, (T0 / SECOND, T0 / SECOND))
    HandedOn(folder, "ab-2").write({"session_name": "other"}, 1000.0)
    LineMemory(database).put("alert", None, T0, SECOND, "context: secret 90%")
    assert run("forget", *words, "--yes", "--db", str(database)).returncode == 0
    assert b"secret" not in bytes_beside(database)
    assert b"other" in bytes_beside(database)


@pytest.mark.parametrize("words", [("--session", "aa"), ("--before", "2026-11-24T04:10:30Z")])
def test_names_and_alerts_of_the_own_store_are_forgotten_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str]
) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    locations.database().parent.mkdir(parents=True, exist_ok=True)
    with closing(Database(locations.database())) as store:
        store.append([request(1.0, T0, "aa-1"), request(2.0, T0 + MINUTE, "ab-2")])
    gone = Remembered("secret", "/secret", T0 // MILLISECOND)
    stays = Remembered("other", "/other", (T0 + MINUTE) // MILLISECOND)
    SessionMemory(locations.session_memory()).add({"aa-1": gone, "ab-2": stays})
    history = FiredHistory(locations.fired_alerts())
    history.add(("loop", "aa-1", "Bash"), "loop: secret", T0)
    history.add(("loop", "ab-2", "Bash"), "loop: other", T0 + MINUTE)
    history.add(("budget", "", "day"), "budget", T0 + MINUTE)
    kept = locations.database().with_name("telemetry.db-wal.17")
    kept.write_bytes(b"pages of a former file")
    done = run("forget", *words, "--yes")
    assert done.returncode == 1
    assert f"{kept} is the log of a file that was at this path before" in done.stderr
    assert b"secret" not in bytes_beside(tmp_path / "any")
    assert b"aa-1" not in bytes_beside(tmp_path / "any")
    assert SessionMemory(locations.session_memory()).read() == {"ab-2": stays}
    assert [fired.text for fired in FiredHistory(locations.fired_alerts()).entries] == [
        "loop: other",
        "budget",
    ]


def test_forget_what_is_older(database: Path) -> None:
    done = run("forget", "--before", "2026-11-24T04:10:30Z", "--yes", "--db", str(database))
    assert "1 event and 1 increment of counters, of 1 session, from" in done.stderr
    assert {record.time_ns for record in held(database)} == {T0 + 60 * SECOND}


@pytest.mark.parametrize(("answer", "status", "kept"), [(b"\n", 1, 5), (b"y\n", 0, 3)])
def test_forget_asks_and_takes_silence_for_no(
    database: Path, answer: bytes, status: int, kept: int
) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, answer)
    words = ["forget", "--session", "aa", "--db", str(database)]
    with open(keyboard, "rb", buffering=0), open(terminal, "rb", buffering=0) as file:
        done = subprocess.run(
            [sys.executable, "-m", "ccotel_tui", *words], stdin=file, capture_output=True
        )
    assert done.returncode == status, done.stderr
    assert b"Delete it?" in done.stderr
    assert len(held(database)) == kept


def test_a_recorder_on_a_damaged_file_refuses_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([event("note", at=T0 + n, text="x" * 300) for n in range(300)])
    damage(path)
    with recorder(path) as running:
        done = run("replay", str(DATA / "sessions.jsonl"), "--endpoint", running.grpc)
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    done = run("export", "--db", str(path))
    assert done.returncode == 1
    assert "is damaged" in done.stderr
