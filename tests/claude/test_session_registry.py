"""Claude Code's own files of its running sessions, as far as they can be trusted."""

import json
import os
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import (
    SessionRegistry,
    parse_session,
    process_start,
    sessions_folder,
)

SAMPLE = (Path(__file__).parents[1] / "data" / "session-registry.json").read_text()
SESSION = "53b1cbe9-b649-4729-a4f8-2ffd0bdabdff"
BEGAN = "287989"


def test_a_recorded_file_is_read_without_the_machine_id() -> None:
    running = parse_session(SAMPLE)
    assert running is not None
    assert (running.pid, running.session_id, running.began) == (22, SESSION, BEGAN)
    assert (running.status, running.waiting_for) == ("waiting", "permission prompt")
    assert (running.name, running.folder) == ("acme-api-c4", "/Users/dev/work/acme-api")
    assert "pid:[" not in repr(running)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"pid": "22"}',
        '{"pid": 22}',
        '{"pid": 22, "sessionId": 5}',
        "[" * 9999,
    ],
)
def test_a_surprise_says_nothing(text: str) -> None:
    assert parse_session(text) is None


def test_an_unknown_status_is_none() -> None:
    body = json.loads(SAMPLE) | {"status": "dreaming", "waitingFor": 7, "name": None}
    running = parse_session(json.dumps(body))
    assert running is not None
    assert (running.status, running.waiting_for, running.name) == (None, "", "")


@pytest.mark.parametrize(
    ("began", "status"), [(BEGAN, "waiting"), ("", "waiting"), ("1", "ended"), (None, "ended")]
)
def test_only_the_process_that_wrote_it_is_trusted(
    tmp_path: Path, began: str | None, status: str
) -> None:
    (tmp_path / "22.json").write_text(SAMPLE)
    registry = SessionRegistry(tmp_path, lambda pid: began)
    assert registry.read()[SESSION].status == status


def test_only_files_named_by_a_pid_are_opened(tmp_path: Path) -> None:
    (tmp_path / "22.json").write_text(SAMPLE)
    os.mkfifo(tmp_path / f"22.{'a' * 64}.key")
    (tmp_path / "23.json").write_text(SAMPLE)
    (tmp_path / "24.json").write_bytes(b"\xff\xfe")
    os.mkfifo(tmp_path / "x22.json")
    assert list(SessionRegistry(tmp_path, lambda pid: BEGAN).read()) == [SESSION]


def test_one_that_was_seen_and_is_gone_has_ended(tmp_path: Path) -> None:
    file = tmp_path / "22.json"
    file.write_text(SAMPLE)
    registry = SessionRegistry(tmp_path, lambda pid: BEGAN)
    registry.read()
    file.unlink()
    ended = registry.read()[SESSION]
    assert (ended.status, ended.waiting_for) == ("ended", "")
    file.write_text(SAMPLE)
    assert registry.read()[SESSION].status == "waiting"


def test_no_folder_is_no_session(tmp_path: Path) -> None:
    assert SessionRegistry(tmp_path / "none").read() == {}


def test_the_folder_follows_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    assert sessions_folder() == str(tmp_path / "sessions")
    monkeypatch.delenv("CLAUDE_CONFIG_DIR")
    assert sessions_folder() == str(Path.home() / ".claude" / "sessions")


def test_our_own_process_has_a_start_and_pid_of_nobody_has_none() -> None:
    began = process_start(os.getpid())
    assert began is not None
    assert began == "" or began.isdigit()
    assert process_start(2**22 + 1) is None
