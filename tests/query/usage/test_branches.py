"""The branch of a prompt, wherever the store keeps it: with the event's origin, or its own."""

import sqlite3
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Branch, Scope
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.store.database import Database
from tests.tools.otlp import SECOND, T0, event

WINDOW = Window.between(T0 - SECOND, T0 + 60 * SECOND, ZoneInfo("UTC"))

OWN_BRANCH = """\
UPDATE events SET attributes = json_set(attributes, '$."vcs.ref.head.name"', ?)
WHERE prompt_id = ? AND time_ns = ?"""


def told(path: Path) -> dict[str, tuple[str, int]]:
    with closing(open_embedded(path)) as backend:
        branches: list[Branch] = [*backend.usage.branches(WINDOW, Scope())]
    return {one.prompt_id: (one.name, (one.last_ns - T0) // SECOND) for one in branches}


@pytest.fixture(params=["the window is all there is", "it is a small part"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "telemetry.db"
    calls = [("p1", 1, "main"), ("p1", 5, "fix"), ("p2", 2, "main"), ("p3", 3, ""), ("p4", 4, None)]
    with closing(Database(path)) as database:
        database.append(
            [
                event(
                    "tool_result",
                    T0 + at * SECOND,
                    **{"prompt.id": prompt},
                    **({} if branch is None else {"vcs.ref.head.name": branch}),
                )
                for prompt, at, branch in calls
            ]
        )
        if request.param == "it is a small part":
            database.append([event("api_request", T0 - DAY, **{"prompt.id": "p0"})])
    return path


def test_the_newest_that_tells_one_is_the_branch(path: Path) -> None:
    assert told(path) == {"p1": ("fix", 5), "p2": ("main", 2)}


def test_an_event_may_have_a_branch_for_itself(path: Path) -> None:
    """As an origin's list of names says; one that is empty there is none."""
    with closing(sqlite3.connect(path)) as connection, connection:
        origin = "(SELECT origin FROM events WHERE prompt_id = 'p4')"
        connection.execute(
            "UPDATE origins SET names = names || char(10) || 'vcs.ref.head.name' || char(10)"
            f" WHERE id = {origin}"
        )
        connection.execute(OWN_BRANCH, ("later", "p4", T0 + 4 * SECOND))
    assert told(path) == {"p1": ("fix", 5), "p2": ("main", 2), "p4": ("later", 4)}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(OWN_BRANCH, ("", "p4", T0 + 4 * SECOND))
    assert told(path) == {"p1": ("fix", 5), "p2": ("main", 2)}
