"""--here: only what belongs to the folder one stands in, by the registry and by status lines."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from ccotel_tui.local.locations import session_memory
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.conventions import OWN_SCOPE, OWN_SERVICE, STATUS_LINE
from ccotel_tui.telemetry.records import Event
from tests.tools.otlp import SECOND, request


@dataclass
class Place:
    """A home, a store in it, and the folder that one stands in."""

    home: Path
    folder: Path

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        where = ("--source", "embedded", "--db", str(self.home / "t.db"), "--since", "1h")
        home = {"HOME": str(self.home), "CLAUDE_CONFIG_DIR": str(self.home), "XDG_DATA_HOME": ""}
        return subprocess.run(
            [sys.executable, "-m", "ccotel_tui", *words, *where],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, **home},
        )


def told_of(session: str, at: int, **fields: str) -> Event:
    attributes = {"event.name": STATUS_LINE, "session.id": session, **fields}
    return Event(at, OWN_SERVICE, STATUS_LINE, attributes, scope=OWN_SCOPE)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """`seen` ran here, as the registry knew; `told` says so itself; `other` ran elsewhere."""
    folder = tmp_path / "web-shop"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    memory = {"seen": ["a", str(tmp_path / "link"), 1], "other": ["b", str(tmp_path), 2]}
    session_memory().parent.mkdir(parents=True, exist_ok=True)
    session_memory().write_text(json.dumps({"sessions": memory}))
    at = time.time_ns() - 60 * SECOND
    repo = {"workspace.repo.owner": "acme", "workspace.repo.name": "shop"}
    with closing(Database(tmp_path / "t.db")) as database:
        database.append(
            [
                request(0.25, at, "seen"),
                request(0.5, at + 1, "told"),
                request(4.0, at + 2, "other"),
                request(8.0, at + 3, "nowhere"),
                told_of("told", at + 4, **{"workspace.project_dir": str(folder)}, **repo),
            ]
        )
    return Place(tmp_path, folder)


def total(place: Place) -> float:
    document = json.loads(place.ask("panels", "--here", "--panel", "total_cost", "--json").stdout)
    assert set(document["scope"]) == {"sessions"}
    value: float = document["panels"]["total_cost"]["value"]
    return value


def sessions(place: Place) -> list[str]:
    rows = place.ask("sessions", "--here", "--json").stdout.splitlines()
    return [json.loads(row)["session_id"] for row in rows]


def events(place: Place) -> list[str]:
    rows = place.ask("events", "--here", "--json").stdout.splitlines()
    return [json.loads(row)["session_id"] for row in rows]


def used(place: Place) -> list[tuple[str | None, float]]:
    rows = place.ask("usage", "--by", "session", "--here", "--json").stdout.splitlines()
    return [(row["key"], row["cost_usd"]) for row in map(json.loads, rows)]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (total, 0.75),
        (sessions, ["seen", "told"]),
        (events, ["seen", "told"]),
        (used, [("told", 0.5), ("seen", 0.25), (None, 0.75)]),
    ],
)
def test_only_sessions_of_the_folder_count(
    place: Place, ask: Callable[[Place], object], answer: object
) -> None:
    assert ask(place) == answer


def test_a_folder_without_sessions_has_nothing_and_not_all(place: Place) -> None:
    empty = place.home / "empty"
    empty.mkdir()
    place.folder = empty
    done = place.ask("panels", "--here", "--panel", "total_cost", "--json")
    document = json.loads(done.stdout)
    assert document["scope"] == {"sessions": []}
    assert document["panels"]["total_cost"]["state"] == "empty"
    assert sessions(place) == []


def test_a_folder_that_is_gone_is_said(place: Place) -> None:
    gone = place.home / "gone"
    words = [sys.executable, "-P", "-m", "ccotel_tui", "panels", "--here"]
    script = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, str(gone), *words, "--source", "embedded", "--db", str(place.home)],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_a_project_is_the_repo_of_the_status_line_else_the_folder(place: Place) -> None:
    rows = place.ask("usage", "--by", "project", "--json").stdout.splitlines()
    costs = {row["key"]: row["cost_usd"] for row in map(json.loads, rows)}
    assert costs == {
        "acme/shop": 0.5,
        str(place.home / "link"): 0.25,
        str(place.home): 4.0,
        "(none)": 8.0,
        None: 12.75,
    }
