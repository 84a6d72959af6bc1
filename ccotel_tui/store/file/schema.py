"""How a new file, or a database of an earlier version, becomes one of this."""

import json
import sqlite3
from functools import lru_cache

from ccotel_tui.store.file.migrations import MIGRATIONS
from ccotel_tui.store.file.transaction import transaction
from ccotel_tui.store.file.version import APPLICATION_ID, file_version
from ccotel_tui.store.rows import whole
from ccotel_tui.store.shared_attributes import split_attributes
from ccotel_tui.telemetry.conventions import EVENT_SCOPE, VARYING
from ccotel_tui.telemetry.records import Event
from ccotel_tui.telemetry.values import as_number


def migrate(connection: sqlite3.Connection, path: object) -> None:
    """Bring the database to this version, or raise BadDatabase and leave it as it is."""
    version = file_version(connection, path)
    if version == len(MIGRATIONS):
        return
    if version == 0:
        # Only a file without tables takes it, and not in a transaction.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.create_function("part", 3, _part, deterministic=True)
    connection.create_function("number", 1, _number, deterministic=True)
    with transaction(connection):
        # Asked again: another process may have migrated it before we had the lock.
        for script in MIGRATIONS[file_version(connection, path) :]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.executescript("PRAGMA incremental_vacuum")


def _part(number: int, service: str, attributes: str) -> str:
    """Return an event's shared attributes (0), the names of its varying ones (1), or those (2)."""
    return _parts(service, attributes)[number]


def _number(value: str | float | None) -> float | int | None:
    """Return a value of JSON as new events have it in a column of numbers."""
    return whole(as_number(value))


@lru_cache(maxsize=1)
def _parts(service: str, attributes: str) -> tuple[str, str, str]:
    scope = EVENT_SCOPE if service.startswith("claude-code") else ""
    event = Event(0, service, "", json.loads(attributes), scope=scope)
    origin, varying = split_attributes(event, "", VARYING)
    return origin.attributes, origin.names, varying
