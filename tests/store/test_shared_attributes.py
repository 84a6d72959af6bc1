"""What an event has in common with others is kept once, and is found wherever it is kept."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import LINES
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.window import Window
from ccotel_tui.store import database as database_module
from ccotel_tui.store.database import Database
from ccotel_tui.store.erase import forget_older, forget_session
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.conventions import EVENT_SCOPE
from ccotel_tui.telemetry.records import Event, Point, Record, Value
from tests.store.reading import count
from tests.tools.otlp import SECOND, T0, event, lines

HOSTILE: dict[str, Value] = {
    'team"': 'a "quoted" one',
    "team\nblue": "a\nline",
    "nested": {"team": "blue", "deep": [1, None, {"x": "\\"}]},
    "number": 7,
    "whole": 2.0,
    "flag": True,
    "nothing": None,
    "empty": "",
    "": "no name",
    "팀": "파랑",
}


def sent(sequence: int, service: str = "claude-code", /, **attributes: Value) -> Event:
    """An event whose number tells it from the others."""
    common: dict[str, Value] = {
        "session.id": "s1",
        "event.name": "note",
        "event.sequence": sequence,
    }
    scope = EVENT_SCOPE if service == "claude-code" else ""
    return Event(T0 + sequence, service, "note", common | attributes, "1.0", scope)


def found(path: Path, name: str, value: str) -> list[int]:
    """The numbers of the events that a filter keeps."""
    window = Window.between(T0 - 1, T0 + SECOND, ZoneInfo("UTC"))
    with closing(open_embedded(path)) as backend:
        rows = backend.source.rows((), window, Scope(attributes=((name, value),)), 100)
        return [int(row["event_sequence"] or 0) for row in rows]


def test_what_comes_out_is_what_came_in(database: Database, path: Path) -> None:
    events = [sent(1, **HOSTILE), sent(2, "shop", **HOSTILE), event("note", at=T0 + 3, n=1)]
    database.append(events)
    with closing(connect(path)) as connection:
        assert list(stored_records(connection, 0, T0 * 2)) == events


@pytest.mark.parametrize("service", ["claude-code", "shop"])
def test_a_filter_finds_it_wherever_it_is_kept(
    database: Database, path: Path, service: str
) -> None:
    held: list[dict[str, Value]] = [
        {"user.id": "u1", "team": "blue", "tool_name": "Bash"},
        {"user.id": "u2", "team": 7, "tool_name": "Read"},
        {"user_id": "u1", "team": "", "request_id": "r1"},
        {},
    ]
    database.append([sent(n, service, **one) for n, one in enumerate(held, 1)])
    for name in ("user.id", "user_id"):
        assert found(path, name, "u1") == [1, 3]
        assert found(path, name, "") == [4]
    assert found(path, "team", "blue") == [1]
    assert found(path, "team", "7") == [2]
    assert found(path, "team", "") == [3, 4]
    assert found(path, "request.id", "r1") == [3]
    assert found(path, "nobody.has", "x") == []


def test_a_filter_finds_what_resource_and_scope_say_and_the_records_own_before_it(
    database: Database, path: Path
) -> None:
    context: dict[str, Value] = {"project": "shop", "team.id": "blue", "os.type": ""}
    held: list[dict[str, Value]] = [{}, {"project": "mine"}, {"project": None}, {"project": ""}]
    plain = [sent(n, **one) for n, one in enumerate(held, 1)]
    database.append([replace(one, context=context) for one in plain])
    database.append([sent(9)])
    assert found(path, "project", "shop") == [1]
    assert found(path, "project", "mine") == [2]
    assert found(path, "project", "") == [3, 4, 9]
    assert found(path, "team_id", "blue") == [1, 2, 3, 4]
    assert found(path, "os.type", "") == [1, 2, 3, 4, 9]
    assert found(path, "service.name", "claude-code") == [1, 2, 3, 4, 9]
    assert found(path, "service.version", "") == []


def test_a_counter_is_found_by_its_context_too(database: Database, path: Path) -> None:
    points: list[Record] = [
        replace(lines(3, kind=kind), context={"project": project})
        for kind, project in (("added", "shop"), ("removed", "infra"))
    ]
    database.append([*points, lines(9, session="bare")])
    window = Window.between(T0 - 1, T0 + 2 * SECOND, ZoneInfo("UTC"))
    ask = Query(LINES)

    def counted(value: str) -> float:
        scope = Scope(attributes=(("project", value),))
        with closing(open_embedded(path)) as backend:
            answer = backend.source.numbers([ask], window, scope)[ask]
        return sum(number or 0 for series in answer for _, number in series.points)

    assert [counted(value) for value in ("shop", "infra", "", "none")] == [3, 3, 9, 0]
    with closing(open_embedded(path)) as backend:
        assert backend.diagnostics.unknown_attributes(
            Scope(attributes=(("project", "x"), ("town", "y")))
        ) == ["town"]
    with closing(connect(path)) as connection:
        kept = [p for p in stored_records(connection, 0, T0 * 2) if isinstance(p, Point)]
    assert {one.context["project"] for one in kept if one.context} == {"shop", "infra"}


def test_attributes_that_are_the_same_are_kept_once(database: Database, path: Path) -> None:
    database.append([sent(n, **{"user.id": "u1", "team": "blue"}) for n in range(50)])
    database.append([sent(n, **{"user.id": "u2", "team": "blue"}) for n in range(50, 60)])
    assert count(path, "origins") == 2


def test_what_changes_from_one_event_to_the_next_is_not_kept_as_common(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_SELDOM", 5)
    database.append([sent(n, trace=f"t{n}", team="blue") for n in range(50)])
    assert count(path, "origins") < 10
    assert [found(path, "trace", f"t{n}") for n in (0, 49)] == [[0], [49]]
    assert len(found(path, "team", "blue")) == 50


def test_it_goes_with_the_last_event_that_has_it(database: Database, path: Path) -> None:
    for number, session in enumerate(("mine", "mine", "other")):
        database.append([sent(number, **{"session.id": session, "team": f"of {session}"})])
    assert forget_session(path, "mine")
    assert count(path, "origins") == 1
    assert b"of mine" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
    database.append([sent(9, **{"session.id": "mine", "team": "of mine"})])
    assert found(path, "team", "of mine") == [9]
    assert forget_older(path, T0 + SECOND)
    assert count(path, "origins") == 0
