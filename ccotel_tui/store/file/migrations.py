"""The tables, as the scripts that lead from each version to the next.

An event is a row, and its `origin` what it has in common with others: the attributes that seldom
change are kept there once, those of its resource and scope (`context`) and the scope's name too,
and the event's own are known by name, so that no question reads what the origin rules out. A
counter is `series` (a metric with its attributes and context) and `increments` (what it grew by,
and when; of a cumulative stream also the `total` it had then; `repeat` tells equal ones of one
request apart); `streams` holds the last value of each cumulative stream, so that a restart of the
recorder neither loses nor doubles what comes next. It names the series by a digest only: it
outlives the series, or a session that goes on would count in full again once its beginning was
forgotten. A span is a row of `spans`, known by its ids. `listening` holds when somebody recorded,
`clock` the last heartbeat of a recorder and whether its clock is believed. `changes` holds from
which times records came or went in each of the last transactions: what was read of another time
still holds. `backlog` holds up to which id the stack has the records, and up to which it may have
them; `stack` the mark that it is known by.

The partial indexes hold `name` too, or SQLite would not take them for covering.
"""

from ccotel_tui.telemetry.conventions import EVENT_SCOPE, EVENTS, METRIC_SCOPE, UNKNOWN

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

_SECOND = """
CREATE TABLE origins (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    attributes TEXT NOT NULL,
    names TEXT NOT NULL,
    UNIQUE (attributes, names, version, service)
) STRICT;
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    from_ns INTEGER NOT NULL,
    to_ns INTEGER NOT NULL
) STRICT;

ALTER TABLE events RENAME TO former;
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    time_ns INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    origin INTEGER NOT NULL REFERENCES origins (id),
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
INSERT INTO origins (service, version, attributes, names)
    SELECT DISTINCT service, version, part(0, service, attributes), part(1, service, attributes)
    FROM former;
INSERT INTO events SELECT
    id, time_ns, identity,
    (SELECT o.id FROM origins o WHERE o.attributes = part(0, former.service, former.attributes)
        AND o.names = part(1, former.service, former.attributes)
        AND o.version = former.version AND o.service = former.service),
    name, session_id, sequence, prompt_id, model, source, agent_name, command_source,
    project, tool_name, decision, success, status_code, duration_ms, cost_usd, input_tokens,
    output_tokens, cache_read_tokens, cache_creation_tokens,
    part(2, service, attributes)
    FROM former;
DROP TABLE former;
CREATE UNIQUE INDEX event_identity ON events (time_ns, identity);
CREATE INDEX event_names ON events (name, time_ns);
CREATE INDEX event_sessions ON events (session_id, time_ns, sequence);
CREATE INDEX api_requests
    ON events (
        model, time_ns, session_id, source, origin, prompt_id, cost_usd, input_tokens,
        output_tokens, cache_read_tokens, cache_creation_tokens, duration_ms, name
    )
    WHERE name = 'api_request';
CREATE INDEX api_errors ON events (status_code, time_ns, session_id, model, origin, name)
    WHERE name = 'api_error';
CREATE INDEX user_prompts ON events (command_source, time_ns, session_id, origin, name)
    WHERE name = 'user_prompt';
CREATE INDEX tool_results ON events (tool_name, time_ns, session_id, success, origin, name)
    WHERE name = 'tool_result';
CREATE INDEX rejections ON events (time_ns, name, decision)
    WHERE name = 'tool_decision' AND decision = 'reject';
CREATE INDEX activity ON events (time_ns, session_id, project, origin, name)
    WHERE name IN ('user_prompt', 'api_request', 'api_error', 'tool_result');
CREATE INDEX requests_of_session ON events (session_id, time_ns, cost_usd, prompt_id, name)
    WHERE name = 'api_request';
CREATE INDEX activity_of_session ON events (session_id, time_ns, project, origin, name)
    WHERE name IN ('user_prompt', 'api_request', 'api_error', 'tool_result');
CREATE INDEX event_origins ON events (origin);
"""

_THIRD = """
ALTER TABLE increments RENAME TO former;
CREATE TABLE increments (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series (id),
    time_ns INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    value REAL NOT NULL,
    total REAL
) STRICT;
INSERT INTO increments (series, time_ns, start_ns, value, total)
    SELECT f.series, f.time_ns, f.start_ns, f.value, t.value - ifnull(sum(f.value) OVER (
        PARTITION BY f.series, f.start_ns ORDER BY f.time_ns
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)
    FROM former f JOIN series s ON s.id = f.series
    LEFT JOIN streams t ON t.identity = s.identity AND t.start_ns = f.start_ns
    ORDER BY f.time_ns;
DROP TABLE former;
CREATE UNIQUE INDEX increment_identity ON increments (series, time_ns, start_ns, value);
CREATE INDEX increment_times ON increments (time_ns);
CREATE TABLE backlog (
    signal TEXT PRIMARY KEY,
    sent INTEGER NOT NULL,
    sending INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO backlog VALUES ('events', 0, 0), ('increments', 0, 0);
CREATE TABLE stack (mark INTEGER NOT NULL) STRICT;
INSERT INTO stack VALUES (0);
"""

_IS_CLIENTS = """
substr(service, 1, 11) = 'claude-code' OR substr(metric, length(service) + 2, 12) = 'claude_code.'
"""
_SERVICE_ALONE = """
CASE WHEN service = '' AND version = '' THEN '{}'
    WHEN version = '' THEN json_object('service.name', service)
    WHEN service = '' THEN json_object('service.version', version)
    ELSE json_object('service.name', service, 'service.version', version) END
"""

_FOURTH = f"""
CREATE TABLE later (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    scope TEXT NOT NULL,
    attributes TEXT NOT NULL,
    names TEXT NOT NULL,
    context TEXT NOT NULL,
    UNIQUE (attributes, names, context, version, service, scope)
) STRICT;
INSERT INTO later SELECT id, service, version,
    CASE WHEN substr(service, 1, 11) = 'claude-code' THEN '{EVENT_SCOPE}' ELSE '' END,
    attributes, names, {_SERVICE_ALONE} FROM origins;
CREATE TEMP TABLE clients AS SELECT id, origin FROM events e WHERE origin IN (
        SELECT id FROM origins WHERE substr(service, 1, 11) <> 'claude-code')
    AND instr(attributes, '"event.name":')
    AND (session_id <> '{UNKNOWN}' OR instr(attributes, '"user.id":'))
    AND (sequence IS NOT NULL OR substr(name, length((SELECT service FROM origins o
        WHERE o.id = e.origin)) + 2) IN ({", ".join(f"'{name}'" for name in EVENTS)}));
INSERT INTO later (service, version, scope, attributes, names, context)
    SELECT service, version, '{EVENT_SCOPE}', attributes, names, context FROM later
    WHERE id IN (SELECT origin FROM clients);
UPDATE events SET
    name = substr(name, length((SELECT service FROM origins o WHERE o.id = events.origin)) + 2),
    origin = (SELECT twin.id FROM later was JOIN later twin ON twin.attributes = was.attributes
        AND twin.names = was.names AND twin.context = was.context AND twin.version = was.version
        AND twin.service = was.service AND twin.scope = '{EVENT_SCOPE}'
        WHERE was.id = events.origin)
    WHERE id IN (SELECT id FROM clients);
DROP TABLE clients;
DROP TABLE origins;
ALTER TABLE later RENAME TO origins;

CREATE TABLE later (
    id INTEGER PRIMARY KEY,
    identity INTEGER NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    scope TEXT NOT NULL,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    session_id TEXT NOT NULL,
    model TEXT,
    source TEXT,
    type TEXT,
    tool_name TEXT,
    decision TEXT,
    attributes TEXT NOT NULL,
    context TEXT NOT NULL,
    UNIQUE (identity, context)
) STRICT;
INSERT INTO later SELECT id, identity, service, version,
    CASE WHEN {_IS_CLIENTS} THEN '{METRIC_SCOPE}' ELSE '' END,
    CASE WHEN substr(service, 1, 11) <> 'claude-code' AND ({_IS_CLIENTS})
        THEN substr(metric, length(service) + 2) ELSE metric END,
    unit, session_id, model, source, type, tool_name, decision, attributes, {_SERVICE_ALONE}
    FROM series;
DROP TABLE series;
ALTER TABLE later RENAME TO series;
CREATE INDEX series_of_metric ON series (metric, session_id);
CREATE INDEX series_of_session ON series (session_id, metric);
ALTER TABLE increments ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0;
DROP INDEX increment_identity;
CREATE UNIQUE INDEX increment_identity
    ON increments (series, time_ns, start_ns, value, repeat);
DELETE FROM origins WHERE NOT EXISTS (SELECT 1 FROM events WHERE origin = origins.id);
"""
"""Until here service.name told whose a record is; now that is the scope, which was not kept. An
event under another service is the client's if it has what the client's events have."""

_FIFTH = """
CREATE TABLE clock (
    id INTEGER PRIMARY KEY,
    beat_ns INTEGER NOT NULL,
    moved_ns INTEGER NOT NULL,
    wait_ns INTEGER NOT NULL
) STRICT;
INSERT INTO clock SELECT 1, beat_ns, 0, 0
    FROM (SELECT max(to_ns) AS beat_ns FROM listening) WHERE beat_ns IS NOT NULL;
"""

_SIXTH = """
DROP INDEX requests_of_session;
CREATE INDEX requests_of_session
    ON events (
        session_id, source, model, time_ns, cost_usd, prompt_id, input_tokens, output_tokens,
        cache_read_tokens, cache_creation_tokens, name
    )
    WHERE name = 'api_request';
"""
"""In the order of what sessions are split by: their requests need not be sorted."""

_SEVENTH = """
CREATE TABLE spans (
    id INTEGER PRIMARY KEY,
    time_ns INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    span_id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    name TEXT NOT NULL,
    session_id TEXT NOT NULL,
    tool_use_id TEXT,
    attributes TEXT NOT NULL,
    context TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX span_identity ON spans (trace_id, span_id);
CREATE INDEX span_times ON spans (time_ns);
CREATE INDEX spans_of_session ON spans (session_id, name);
CREATE INDEX spans_below ON spans (trace_id, parent_id);

ALTER TABLE events ADD COLUMN ttft_ms ANY;
UPDATE events SET ttft_ms = number(coalesce(
        attributes ->> '$."ttft_ms"',
        (SELECT o.attributes ->> '$."ttft_ms"' FROM origins o WHERE o.id = events.origin)))
    WHERE name = 'api_request';
DROP INDEX api_requests;
CREATE INDEX api_requests
    ON events (
        model, time_ns, session_id, source, origin, prompt_id, cost_usd, input_tokens,
        output_tokens, cache_read_tokens, cache_creation_tokens, duration_ms, ttft_ms, name
    )
    WHERE name = 'api_request';
"""

MIGRATIONS = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH)
"""The script that leads from each version to the next; a database's user_version counts them."""
