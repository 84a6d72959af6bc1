"""Names and folders of sessions that have ended."""

import json
import os
from pathlib import Path

import pytest

from ccotel_tui.claude.session_memory import MOST_SESSIONS, Remembered, SessionMemory
from ccotel_tui.claude.session_registry import SessionRegistry
from tests.screen.tools.registry import register

SAMPLE = (Path(__file__).parents[1] / "data" / "session-registry.json").read_text()
SESSION = "53b1cbe9-b649-4729-a4f8-2ffd0bdabdff"


def test_only_names_and_folders_are_written_for_the_owner_alone(tmp_path: Path) -> None:
    folder, file = tmp_path / "sessions", tmp_path / "data" / "sessions.json"
    folder.mkdir()
    (folder / "22.json").write_text(SAMPLE)
    SessionRegistry(folder, lambda _: "287989", SessionMemory(file), writes=True).read()
    assert file.stat().st_mode & 0o777 == 0o600
    body = json.loads(file.read_text())
    [(session_id, (name, where, _))] = body["sessions"].items()
    assert (session_id, name, where) == (SESSION, "acme-api-c4", "/Users/dev/work/acme-api")
    assert "pid" not in file.read_text()
    assert os.listdir(file.parent) == [file.name]


def test_nothing_is_written_without_a_change_or_a_wish(tmp_path: Path) -> None:
    folder, file = tmp_path / "sessions", tmp_path / "sessions.json"
    register(folder, 1, "s1", "busy")
    SessionRegistry(folder, lambda _: "7", SessionMemory(file)).read()
    assert not file.exists()
    registry = SessionRegistry(folder, lambda _: "7", SessionMemory(file), writes=True)
    registry.read()
    file.unlink()
    register(folder, 1, "s1", "idle")
    registry.read()
    assert not file.exists()
    register(folder, 1, "s1", "idle", name="renamed")
    registry.read()
    assert SessionMemory(file).read()["s1"].name == "renamed"


def test_a_process_that_has_just_begun_keeps_the_name_its_session_had(tmp_path: Path) -> None:
    folder, file = tmp_path / "sessions", tmp_path / "sessions.json"
    register(folder, 1, "s1", "busy", name="quarterly")
    registry = SessionRegistry(folder, lambda _: "7", SessionMemory(file), writes=True)
    registry.read()
    register(folder, 1, "s1", "busy", name="")
    registry.read()
    assert SessionMemory(file).read()["s1"].name == "quarterly"


def test_what_another_dashboard_wrote_stays(tmp_path: Path) -> None:
    one, other = (SessionMemory(tmp_path / "sessions.json") for _ in range(2))
    one.add({"s1": Remembered("one", "/a", 1)})
    other.add({"s2": Remembered("two", "/b", 2)})
    assert set(one.read()) == {"s1", "s2"}


def test_the_newest_are_kept(tmp_path: Path) -> None:
    memory = SessionMemory(tmp_path / "sessions.json")
    memory.add({f"s{at}": Remembered("n", "/f", at) for at in range(MOST_SESSIONS)})
    memory.add({"new": Remembered("n", "/f", MOST_SESSIONS)})
    kept = memory.read()
    assert len(kept) == MOST_SESSIONS
    assert "new" in kept
    assert "s0" not in kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"sessions": 3}',
        '{"sessions": {"s": 1}}',
        '{"sessions": {"s": ["a", 2, 3]}}',
        '{"sessions": {"s": ["a", "b", "c"]}}',
        "[" * 99_999,
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_ignored(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sessions.json"
    file.write_text(text)
    assert SessionMemory(file).read() == {}
    SessionMemory(file).add({"s1": Remembered("one", "/a", 1)})
    assert set(SessionMemory(file).read()) == {"s1"}


def test_a_file_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = SessionMemory(tmp_path / "file" / "sessions.json")
    assert memory.add({"s1": Remembered("one", "/a", 1)}) == {"s1": ("one", "/a", 1)}
    assert memory.read() == {}


def test_one_that_was_seen_before_has_ended(tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    SessionMemory(file).add({"s1": Remembered("one", "/a", 1)})
    registry = SessionRegistry(tmp_path / "none", memory=SessionMemory(file))
    assert [(one.name, one.status) for one in registry.read().values()] == [("one", "ended")]
