"""More rows than Loki hands out at once: none is missing, none is double."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime

import pytest

from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.window import MINUTE, SECOND, Window
from ccotel_tui.send import replay
from ccotel_tui.send.replay import Line
from tests.accuracy.truth.cuts import UTC
from tests.accuracy.truth.otlp import log_record, logs_request
from tests.panels.recordings import Recorded

pytestmark = pytest.mark.servers

MILLISECOND = 1_000_000
ROWS = 11_003
TIED = 7
"""Events of one moment: pages end in the middle of them."""

BATCH = 1000
SESSION = "many-rows"


@dataclass
class Many:
    recorded: Recorded
    window: Window

    def rows(self, limit: int, *, oldest: bool = False) -> list[EventRow]:
        kinds, source = [EventKind("tool_decision")], self.recorded.backend.source
        return source.rows(kinds, self.window, Scope(SESSION), limit, oldest=oldest)


@pytest.fixture(scope="module")
def many(recorded: Recorded) -> Many:
    """Many events of a day on which there is nothing else, after the oldest of all."""
    begin_ns = (recorded.newest_ns // MINUTE - 24 * 1440) * MINUTE
    records = [
        log_record(
            begin_ns + number // TIED * MILLISECOND,
            "tool_decision",
            {
                "session.id": SESSION,
                "event.name": "tool_decision",
                "event.sequence": number,
                "decision": "accept",
            },
        )
        for number in range(ROWS)
    ]
    requests = [
        logs_request(records[at : at + BATCH], "2.1.330") for at in range(0, len(records), BATCH)
    ]
    replay.send((Line(request, begin_ns) for request in requests), recorded.stack.collector.grpc)
    recorded.stack.settle()
    return Many(recorded, Window.between(begin_ns - 1, begin_ns + MINUTE, UTC))


@pytest.mark.parametrize("limit", [1, 10, 4999, 5000, 5001, 9998, ROWS - 1, ROWS, 20_000])
def test_the_newest_rows_whatever_a_page_holds(many: Many, limit: int) -> None:
    found = [row["event_sequence"] for row in many.rows(limit)]
    assert found == list(range(ROWS))[-limit:]
    found = [row["event_sequence"] for row in many.rows(limit, oldest=True)]
    assert found == list(range(ROWS))[:limit]


def test_as_many_events_as_are_asked_for(many: Many) -> None:
    stack = many.recorded.stack
    assert stack.loki
    window = many.window
    servers = ["--prometheus-url", stack.prometheus.url, "--loki-url", stack.loki.url]
    ends = (str(datetime.fromtimestamp(end // SECOND, UTC)) for end in window.whole)
    words = ["events", "--json", "--limit", "20000", "--session", SESSION, "--source", "stack"]
    span = [word for pair in zip(("--from", "--to"), ends, strict=True) for word in pair]
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", *words, *span, *servers],
        env={**os.environ, "TZ": "UTC"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["event_sequence"] for row in rows] == list(range(ROWS))
