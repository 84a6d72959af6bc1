"""The tables, and how a database of an earlier version becomes one of this.

An event is a row. A counter is `series` (a metric with its attributes) and `increments` (what it
grew by, and when); `streams` holds the last value of each cumulative stream, so that a restart of
the recorder neither loses nor doubles what comes next. It names the series by a digest only: it
outlives the series, or a session that goes on would count in full again once its beginning was
forgotten. `listening` holds when somebody recorded.

The partial indexes hold `name` too, or SQLite would not take them for covering.
"""

import sqlite3

from ccotel_tui.errors import BadDatabase
from ccotel_tui.store.transaction import transaction

APPLICATION_ID = 0x63636F74
"""`ccot` in the file's header, which tells our files from other programs' databases."""

_FIRST = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    time_ns INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    session_id TEXT NOT NULL,
    sequence INTEGER,
    prompt_id TEXT,
    model TEXT,
    source TEXT,
    agent_name TEXT,
    command_source TEXT,
    project TEXT,
    tool_name TEXT,
    decision TEXT,
    success TEXT,
    status_code TEXT,
    duration_ms ANY,
    cost_usd REAL,
    input_tokens REAL,
    output_tokens REAL,
    cache_read_tokens REAL,
    cache_creation_tokens REAL,
    attributes TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_identity ON events (time_ns, identity);
CREATE INDEX event_names ON events (name, time_ns);
CREATE INDEX event_sessions ON events (session_id, time_ns, sequence);
CREATE INDEX api_requests
    ON events (
        model, time_ns, session_id, source, project, prompt_id, cost_usd, input_tokens,
        output_tokens, cache_read_tokens, cache_creation_tokens, duration_ms, name
    )
    WHERE name = 'api_request';
CREATE INDEX api_errors ON events (status_code, time_ns, session_id, model, project, name)
    WHERE name = 'api_error';
CREATE INDEX user_prompts ON events (command_source, time_ns, session_id, project, name)
    WHERE name = 'user_prompt';
CREATE INDEX tool_results ON events (tool_name, time_ns, session_id, success, project, name)
    WHERE name = 'tool_result';
CREATE INDEX rejections ON events (time_ns, name, decision)
    WHERE name = 'tool_decision' AND decision = 'reject';
CREATE INDEX activity ON events (time_ns, session_id, project, name)
    WHERE name IN ('user_prompt', 'api_request', 'api_error', 'tool_result');
CREATE INDEX requests_of_session ON events (session_id, time_ns, cost_usd, prompt_id, name)
    WHERE name = 'api_request';
CREATE INDEX activity_of_session ON events (session_id, time_ns, project, name)
    WHERE name IN ('user_prompt', 'api_request', 'api_error', 'tool_result');

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    identity INTEGER NOT NULL UNIQUE,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    session_id TEXT NOT NULL,
    model TEXT,
    source TEXT,
    type TEXT,
    tool_name TEXT,
    decision TEXT,
    attributes TEXT NOT NULL
) STRICT;
CREATE INDEX series_of_metric ON series (metric, session_id);
CREATE INDEX series_of_session ON series (session_id, metric);
CREATE TABLE increments (
    series INTEGER NOT NULL REFERENCES series (id),
    time_ns INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (series, time_ns, start_ns, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX increment_times ON increments (time_ns);
CREATE TABLE streams (
    identity INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    time_ns INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (identity, start_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE listening (from_ns INTEGER PRIMARY KEY, to_ns INTEGER NOT NULL) STRICT;
"""

MIGRATIONS = (_FIRST,)
"""The script that leads from each version to the next; a database's user_version counts them."""


def migrate(connection: sqlite3.Connection, path: object) -> None:
    """Bring the database to this version, or raise BadDatabase and leave it as it is."""
    version = check(connection, path)
    if version == len(MIGRATIONS):
        return
    if version == 0:
        # Only a file without tables takes it, and not in a transaction.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    with transaction(connection):
        # Asked again: another process may have migrated it before we had the lock.
        for script in MIGRATIONS[check(connection, path) :]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def check(connection: sqlite3.Connection, path: object) -> int:
    """The database's version; raises BadDatabase where it is newer, or somebody else's file."""
    # The tables first: another process may be making them, and says whose they are with them.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
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
    return int(version)
