"""The tables, and how a database of an earlier version becomes one of this.

An event is a row. A counter is `series` (a metric with its attributes) and `increments` (what it
grew by, and when); `streams` holds the last value of each cumulative stream, so that a restart of
the recorder neither loses nor doubles what comes next. The partial indexes hold `name` too, or
SQLite would not take them for covering.
"""

import sqlite3

from ccotel_tui.errors import BadDatabase

APPLICATION_ID = 0x63636F74
"""`ccot` in the file's header, which tells our files from other programs' databases."""

_FIRST = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    time_ns INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    session_id TEXT NOT NULL,
    sequence INTEGER,
    prompt_id TEXT,
    model TEXT,
    source TEXT,
    tool_name TEXT,
    success TEXT,
    status_code TEXT,
    duration_ms REAL,
    cost_usd REAL,
    input_tokens REAL,
    output_tokens REAL,
    cache_read_tokens REAL,
    cache_creation_tokens REAL,
    attributes TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_identity ON events (time_ns, identity);
CREATE INDEX api_requests
    ON events (time_ns, session_id, model, source, prompt_id, cost_usd, name)
    WHERE name = 'api_request';
CREATE INDEX tool_results ON events (time_ns, session_id, tool_name, success, name)
    WHERE name = 'tool_result';
CREATE INDEX activity ON events (time_ns, session_id, name)
    WHERE name IN ('user_prompt', 'api_request', 'api_error', 'tool_result');

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    session_id TEXT NOT NULL,
    model TEXT,
    source TEXT,
    type TEXT,
    attributes TEXT NOT NULL,
    UNIQUE (metric, attributes, service)
) STRICT;
CREATE TABLE increments (
    series INTEGER NOT NULL REFERENCES series (id),
    time_ns INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (series, time_ns, start_ns, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX increment_times ON increments (time_ns);
CREATE TABLE streams (
    series INTEGER NOT NULL REFERENCES series (id),
    start_ns INTEGER NOT NULL,
    time_ns INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (series, start_ns)
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS = (_FIRST,)
"""The script that leads from each version to the next; a database's user_version counts them."""


def migrate(connection: sqlite3.Connection, path: object) -> None:
    """Bring the database to this version, or raise BadDatabase and leave it as it is."""
    check(connection, path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number};"
            f"PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
        )


def check(connection: sqlite3.Connection, path: object) -> None:
    """Raise BadDatabase where the file is somebody else's or of a newer version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise BadDatabase(
            f"{path} is a database of another program; it was not touched. "
            "Name another file with --db."
        )
    if version > len(MIGRATIONS):
        raise BadDatabase(
            f"{path} was written by a newer ccotel-tui (its version is {version}, this one reads "
            f"up to {len(MIGRATIONS)}); it was not touched. Upgrade ccotel-tui."
        )
