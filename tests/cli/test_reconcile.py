"""Events against counters, as typed."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Point
from tests.cli.test_words import run
from tests.tools.otlp import SECOND, T0, request

WINDOW = ("--from", "2026-11-24T04:00:00Z", "--to", "2026-11-24T05:00:00Z")


def counted(dollars: float, session: str) -> Point:
    told = ("claude-code", "claude_code.cost.usage", "USD", False, dollars)
    return Point(T0 + SECOND, T0, *told, {"session.id": session, "query_source": "main"})


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    """`aa-1` agrees, of `bb-2` an event was lost."""
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([request(0.25, session="aa-1"), counted(0.25, "aa-1")])
        kept = [request(0.25, session="bb-2"), request(0.5, T0 + 1, "bb-2", sequence=2)]
        database.append([*kept, counted(1.0, "bb-2")])
    return ("--source", "embedded", "--db", str(path), *WINDOW)


def test_the_session_that_differs_is_named_with_why(words: tuple[str, ...]) -> None:
    done = run("reconcile", *words)
    assert done.returncode == 0, done.stderr
    assert "agree in 1 of 2 whole sessions" in done.stdout
    assert "bb-2" in done.stdout
    assert "aa-1" not in done.stdout
    assert "difference +$0.250000" in done.stdout
    assert "Events of it that were sent and not received: 1." in done.stdout


def test_one_session_as_json(words: tuple[str, ...]) -> None:
    said = json.loads(run("reconcile", "--json", "--session", "aa", *words).stdout)
    [session] = said["sessions"]
    assert (said["source"], session["session_id"], session["state"]) == (
        "embedded",
        "aa-1",
        "agrees",
    )
    assert session["cost"]["difference"] == 0


def test_what_does_not_select_sessions_is_left_out_and_said(words: tuple[str, ...]) -> None:
    done = run("reconcile", "--model", "opus", *words)
    assert "agree in 1 of 2 whole sessions" in done.stdout
    assert "--model and --filter are left out" in done.stderr


def test_panels_tell_that_sessions_differ(words: tuple[str, ...]) -> None:
    said = json.loads(run("panels", "--json", *words).stdout)["panels"]
    note = said["total_cost"]["notes"][-1]
    assert note.startswith("Events and counters differ in 1 of 2 whole sessions, by $0.250000:")
    assert not any("whole sessions" in note for note in said["cost_by_model"]["notes"])
    assert note in run("panels", *words).stdout
    alone = json.loads(run("panels", "--json", "--session", "aa", *words).stdout)["panels"]
    assert alone["total_cost"]["notes"] == []
