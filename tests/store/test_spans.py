"""Spans are kept beside what numbers are made of, and go as the rest does."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.output.document import panels_document
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.send import replay
from ccotel_tui.store.database import Database
from ccotel_tui.store.erase import forget_older, forget_session
from ccotel_tui.store.file import schema
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.file.migrations import MIGRATIONS
from ccotel_tui.store.file.version import APPLICATION_ID
from ccotel_tui.store.retention import DELETED_AT_ONCE
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.decode import read_request
from ccotel_tui.telemetry.records import Record, TraceSpan
from tests.store.reading import count, total
from tests.tools.otlp import SECOND, T0, event, request, span

RECORDING = Path(__file__).parents[1] / "data" / "spans-2.1.332.jsonl"
TRUTH = json.loads(RECORDING.with_name("truth-spans-2.1.332.json").read_text())
DAY = 24 * HOUR


def recorded() -> list[list[Record]]:
    """The records of each recorded request."""
    return [read_request(line.request).records for line in replay.read_lines(RECORDING)]


def kept(path: Path) -> list[Record]:
    with closing(connect(path)) as connection:
        return list(stored_records(connection, 0, 2 * T0))


def figures(path: Path, now_ns: int) -> dict[str, Any]:
    """Every panel's answer, as JSON."""
    window = Window.between(now_ns - HOUR, now_ns, ZoneInfo("UTC"), MINUTE)
    backend = open_embedded(path)
    answers = answer_panels(PANELS, backend, window, Scope(), now_ns)
    document = panels_document(answers, "embedded", window, Scope())
    backend.close()
    return document


def test_they_are_read_back_whole_and_once(database: Database, path: Path) -> None:
    for _ in range(2):
        database.append([span(T0, 1), span(T0 + 1, 2, parent=1, name="tool.blocked_on_user")])
    assert kept(path) == [span(T0, 1), span(T0 + 1, 2, parent=1, name="tool.blocked_on_user")]


def test_the_recorded_ones_are_kept(database: Database, path: Path) -> None:
    for one in recorded() * 2:
        database.append(one)
    assert count(path, "spans") == TRUTH["spans"]
    sent = [one for each in recorded() for one in each if isinstance(one, TraceSpan)]
    held = [one for one in kept(path) if isinstance(one, TraceSpan)]
    assert sorted(held, key=_identity) == sorted(sent, key=_identity)


def _identity(one: TraceSpan) -> str:
    return one.span_id


def test_they_go_with_what_is_as_old(database: Database, path: Path) -> None:
    database.append([span(T0 + number * SECOND, number) for number in range(3)])
    database.retain(T0 + DAY + SECOND, days=1)
    assert count(path, "spans") == 2
    assert forget_older(path, T0 + 2 * SECOND)
    assert count(path, "spans") == 1


def test_they_go_with_their_session_in_batches(database: Database, path: Path) -> None:
    mine = [span(T0 + number, number, session="s1") for number in range(DELETED_AT_ONCE + 1)]
    database.append([*mine, span(T0, DELETED_AT_ONCE + 2, session="s2")])
    assert forget_session(path, "s1")
    assert count(path, "spans") == 1


def test_the_oldest_go_where_the_file_is_too_large(path: Path) -> None:
    with closing(Database(path, most_bytes=1)) as database:
        database.append([span(T0 + number, number) for number in range(DELETED_AT_ONCE + 2)])
        assert database.trim(T0 + SECOND)
    assert kept(path) == [span(T0 + number, number) for number in (1000, 1001)]


def test_a_store_of_version_six_becomes_one_that_keeps_them(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("part", 3, schema._part, deterministic=True)
        connection.executescript(
            "PRAGMA auto_vacuum = INCREMENTAL;"
            + ";".join(MIGRATIONS[:6])
            + f"; PRAGMA user_version = 6; PRAGMA application_id = {APPLICATION_ID};"
            "PRAGMA journal_mode = WAL;"
        )
        connection.execute(
            "INSERT INTO origins (id, service, version, scope, attributes, names, context) "
            """VALUES (1, 'claude-code', '1', '', '{"ttft_ms":"1200"}', '', '{}')"""
        )
        for number, own in enumerate(('{"ttft_ms":250}', '{"ttft_ms":"soon"}', "{}")):
            connection.execute(
                "INSERT INTO events (time_ns, identity, origin, name, session_id, cost_usd, "
                "attributes) VALUES (?, ?, 1, 'api_request', 's1', 0.25, ?)",
                (T0 + number, number, own),
            )
        connection.commit()
    with closing(Database(path)) as database:
        database.append([span(T0), request(0.25, T0 + 5)])
    assert (count(path, "spans"), total(path, "events", "cost_usd")) == (1, 1.0)
    with closing(connect(path)) as connection:
        times = connection.execute("SELECT ttft_ms FROM events ORDER BY time_ns").fetchall()
    assert times == [(250,), (None,), (1200,), (None,)]


@pytest.mark.parametrize("first", [True, False], ids=["spans first", "spans last"])
def test_no_figure_changes_by_them(tmp_path: Path, first: bool) -> None:
    everything = [one for each in recorded() for one in each]
    spans = [one for one in everything if isinstance(one, TraceSpan)]
    rest = [one for one in everything if not isinstance(one, TraceSpan)]
    now_ns = max(one.time_ns for one in everything)
    answers = []
    sendings: dict[str, list[Sequence[Record]]] = {
        "without": [rest],
        "with": [spans, rest] if first else [rest, spans, spans],
    }
    for name, sent in sendings.items():
        with closing(Database(tmp_path / name)) as database:
            for one in sent:
                database.append(one)
        answers.append(figures(tmp_path / name, now_ns))
    assert answers[0] == answers[1]
    spent = sum(session["cost_usd"] for session in TRUTH["sessions"])
    assert answers[0]["panels"]["total_cost"]["value"] == pytest.approx(spent, abs=1e-9)


def test_one_beyond_all_bounds_is_refused_alone(database: Database, path: Path) -> None:
    refused = database.append([span(T0, 1), span(2**63, 2), event("user_prompt")])
    assert refused.records == 1
    assert len(kept(path)) == 2
