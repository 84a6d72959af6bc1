"""A store of the version before, in which service.name told whose a record is, goes on exactly."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from ccotel_tui.store.file import schema
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.file.migrations import MIGRATIONS
from ccotel_tui.store.file.version import APPLICATION_ID
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.records import Event, Point
from tests.store.reading import count, total
from tests.tools.otlp import SECOND, T0, lines, request

COST = "claude_code.cost.usage"


def digest(*parts: str) -> int:
    """What the version before knew a record or a stream by."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), signed=True)


def canonical(attributes: object) -> str:
    return json.dumps(attributes, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def as_before(service: str, name: str) -> str:
    return name if service.startswith("claude-code") else f"{service}/{name}"


@pytest.fixture
def before(path: Path) -> Path:
    """A file of version 3: a request and a counter of each service, as that version kept them."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("part", 3, schema._part, deterministic=True)
        connection.executescript(
            "PRAGMA auto_vacuum = INCREMENTAL;"
            + ";".join(MIGRATIONS[:3])
            + f"; PRAGMA user_version = 3; PRAGMA application_id = {APPLICATION_ID};"
            "PRAGMA journal_mode = WAL;"
        )
        for service in ("claude-code", "my-team"):
            keep_request(connection, of(service, request(0.25, session=service)))
            keep_point(connection, of(service, cost(5.0, service)))
        keep_request(connection, Event(T0, "shop", "api_request", {"cost_usd": 9.0}))
        connection.commit()
    return path


def of(service: str, record: Event | Point) -> Event | Point:
    return type(record)(
        **{name: getattr(record, name) for name in record.__slots__ if name != "service"},
        service=service,
    )


def cost(dollars: float, session: str, seconds: int = 1) -> Point:
    attributes = {"session.id": session}
    return Point(T0 + seconds * SECOND, T0, "claude-code", COST, "USD", True, dollars, attributes)


def keep_request(connection: sqlite3.Connection, event: Event | Point) -> None:
    assert isinstance(event, Event)
    text, name = canonical(event.attributes), as_before(event.service, event.name)
    names = "\n".join(("", *sorted(event.attributes), ""))
    (origin,) = connection.execute(
        "INSERT INTO origins (service, version, attributes, names) VALUES (?, '', '{}', ?)"
        " RETURNING id",
        (event.service, names),
    ).fetchone()
    connection.execute(
        "INSERT INTO events (time_ns, identity, origin, name, session_id, sequence, model,"
        " source, cost_usd, attributes) VALUES (?, ?, ?, ?, ?, ?, ?, 'unknown', ?, ?)",
        (
            *(event.time_ns, digest(event.service, name, text), origin, name),
            event.attributes.get("session.id", "unknown"),
            event.attributes.get("event.sequence"),
            event.attributes.get("model"),
            *(event.attributes["cost_usd"], text),
        ),
    )


def keep_point(connection: sqlite3.Connection, point: Event | Point) -> None:
    assert isinstance(point, Point)
    text, metric = canonical(point.attributes), as_before(point.service, point.metric)
    identity = digest(point.service, metric, text)
    (series,) = connection.execute(
        "INSERT INTO series (identity, service, version, metric, unit, session_id, source,"
        " attributes) VALUES (?, ?, '', ?, 'USD', ?, 'unknown', ?) RETURNING id",
        (identity, point.service, metric, point.attributes["session.id"], text),
    ).fetchone()
    connection.execute(
        "INSERT INTO increments (series, time_ns, start_ns, value, total) VALUES (?, ?, ?, ?, ?)",
        (series, point.time_ns, point.start_ns, point.value, point.value),
    )
    connection.execute(
        "INSERT INTO streams VALUES (?, ?, ?, ?)",
        (identity, point.start_ns, point.time_ns, point.value),
    )


def spent(path: Path) -> float:
    return total(path, "events", "cost_usd * (name = 'api_request')")


def counted(path: Path) -> float:
    with closing(connect(path)) as connection:
        (value,) = connection.execute(
            "SELECT total(i.value) FROM increments i JOIN series s ON s.id = i.series"
            " WHERE s.metric = ?",
            (COST,),
        ).fetchone()
        return float(value)


def test_what_was_kept_under_another_service_counts(before: Path) -> None:
    assert (spent(before), counted(before)) == (0.5, 10.0)
    with closing(connect(before)) as connection:
        kept = list(stored_records(connection, 0, T0 * 2))
    events = {one.service: one for one in kept if isinstance(one, Event)}
    assert events["my-team"].name == events["claude-code"].name == "api_request"
    assert events["my-team"].scope == events["claude-code"].scope != events["shop"].scope
    assert events["shop"].name == "api_request"


def test_sessions_that_live_through_the_upgrade_change_no_figure(before: Path) -> None:
    services = ("claude-code", "my-team")
    context = {"os.type": "linux", "project": "shop"}

    def sent(seconds: int, dollars: float) -> list[list[Event | Point]]:
        return [[with_context(of(one, cost(dollars, one, seconds)), context)] for one in services]

    def again() -> Iterable[Event | Point]:
        return (with_context(of(one, request(0.25, session=one)), context) for one in services)

    with closing(Database(before)) as database:
        database.append(again())
        database.append_requests(sent(1, 5.0))
        assert (spent(before), counted(before)) == (0.5, 10.0)
        database.append_requests(sent(20, 7.0))
        database.append_requests(sent(20, 7.0))
    assert (spent(before), counted(before)) == (0.5, 14.0)
    assert count(before, "series") == 2


def with_context(record: Event | Point, context: dict[str, str]) -> Event | Point:
    return type(record)(
        **{name: getattr(record, name) for name in record.__slots__ if name != "context"},
        context=context,
    )


def test_a_delta_that_comes_again_after_the_upgrade_counts_once(path: Path) -> None:
    with closing(Database(path)) as database:
        database.append([lines(3)])
        database.append([with_context(lines(3), {"os.type": "linux"})])
    assert total(path, "increments", "value") == 3


def test_the_clock_of_a_store_of_before_is_where_somebody_listened_last(before: Path) -> None:
    with closing(sqlite3.connect(before)) as connection:
        connection.execute("INSERT INTO listening VALUES (?, ?)", (T0, T0 + 60 * SECOND))
        connection.commit()
    with closing(Database(before)) as database:
        clock = database.beat(T0 + 420 * 86_400 * SECOND)
    assert clock.wait_ns > 0
