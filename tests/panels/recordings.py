"""The recorded sessions moved to the newest days: on the real servers, and in a store of ours."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import DAY, HOUR, MINUTE
from ccotel_tui.send import replay
from ccotel_tui.send.replay import Line
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import read_request
from tests.servers.servers import Stack

SESSIONS = sorted((Path(__file__).parents[1] / "data").glob("sessions*.jsonl"))

LATER = {"sessions-2.1.332.jsonl": 4 * DAY + 17 * HOUR}
"""By how much a file was recorded after the first."""

AGES = (26 * DAY, 12 * DAY, 3 * DAY + 5 * HOUR, 17 * HOUR, 4 * HOUR, 20 * MINUTE)
"""How much older than the recordings their copies are, which lack some of the events."""

WITHOUT_LOGS = ("82dfef6d", "b83bc4bb")
"""The beginnings of sessions that have counters only, one by deltas, one cumulative."""

WITHOUT_REQUESTS = "eacf60ba"
"""Its prompts and tools are told, its requests are not."""

WITH_GAPS = "1f2a6ccc"
"""Every third of its events was not received."""


@dataclass
class Recorded:
    """The servers that have the recordings, and what was sent to them."""

    stack: Stack
    backend: Backend
    lines: list[Line]
    newest_ns: int


@contextmanager
def sent(lines: list[Line], newest_ns: int, directory: Path) -> Iterator[Recorded]:
    """The real servers with these requests on them."""
    with Stack(directory) as stack:
        if stack.loki is None:
            pytest.skip("no Loki on this machine, and these queries have no recorded answers")
        replay.send(lines, stack.collector.grpc)
        stack.settle()
        with closing(open_stack(stack.prometheus.url, stack.loki.url)) as backend:
            yield Recorded(stack, backend, lines, newest_ns)


def moved() -> tuple[list[Line], int]:
    """Every request, moved by whole days to the newest that is over, and its newest time."""
    lines = []
    for file in SESSIONS:
        for line in replay.read_lines(file):
            by_ns = LATER.get(file.name, 0)
            replay.move(line.request, -by_ns)
            lines.append(Line(line.request, line.time_ns - by_ns))
    newest_ns = max(line.time_ns for line in lines)
    by_ns = (time.time_ns() - 15 * MINUTE - newest_ns) // DAY * DAY
    for line in lines:
        replay.move(line.request, by_ns)
    return lines, newest_ns + by_ns


def copies(lines: Iterable[Line]) -> Iterator[Line]:
    """The requests again at each of the ages, the oldest first, by other sessions."""
    lines = list(lines)
    for age_ns in AGES:
        for line in lines:
            request = deepcopy(line.request)
            replay.move(request, -age_ns)
            if isinstance(request, ExportLogsServiceRequest):
                _thin(request)
            _rename(request, f"-{age_ns // MINUTE}")
            yield Line(request, line.time_ns - age_ns)


def _thin(request: ExportLogsServiceRequest) -> None:
    for logs in request.resource_logs:
        for scope in logs.scope_logs:
            kept = [record for record in scope.log_records if _received(record)]
            del scope.log_records[:]
            scope.log_records.extend(kept)


def _received(record: LogRecord) -> bool:
    said = {pair.key: pair.value for pair in record.attributes}
    session = said["session.id"].string_value
    if session.startswith(WITHOUT_REQUESTS):
        return said["event.name"].string_value != "api_request"
    if session.startswith(WITH_GAPS):
        return said["event.sequence"].int_value % 3 != 1
    return not session.startswith(WITHOUT_LOGS)


def _rename(message: Message, ending: str) -> None:
    for field, value in message.ListFields():
        if field.name == "attributes":
            for pair in value:
                if pair.key == "session.id":
                    pair.value.string_value += ending
        elif field.message_type is not None:
            for inner in [value] if isinstance(value, Message) else value:
                _rename(inner, ending)


def fill(path: Path, lines: Iterable[Line]) -> None:
    """Keep the requests in a new store, as if somebody had listened since the first record."""
    database = Database(path)
    first_ns = time.time_ns()
    for line in lines:
        records = read_request(line.request).records
        first_ns = min([first_ns, *(record.time_ns for record in records)])
        database.append(records)
    database.close()
    connection = sqlite3.connect(path)
    listened = (first_ns - 1, time.time_ns())
    connection.execute("INSERT INTO listening VALUES (?, ?)", listened)
    connection.commit()
    connection.close()
