"""Durable ingest: records acknowledged when they are on the disk, against decoding alone."""

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from benchmarks import month
from benchmarks.figure import Counterpart, Effort, Figure, percentile
from benchmarks.recorder.recorder import Client, client, recorder
from ccotel_tui.query.window import DAY
from ccotel_tui.telemetry.encode import logs_request
from ccotel_tui.telemetry.records import Event

_AT_ONCE = 8
"""Requests under way at a time."""

_RECORDS = {200: 20_000, 20: 8_000}
"""Records a request, and how many are sent in a round."""


def durable_ingest(effort: Effort) -> Iterator[Figure]:
    """Each size of request: as fast as it goes, then one request after the other."""
    rounds = max(3, effort.rounds // 4)
    for size, records in _RECORDS.items():
        bodies = list(_bodies(size, records, rounds + 1))
        durable, decoded = [], []
        with _recorded() as exporting:
            for requests in bodies[1:]:
                decoded.append(_seconds(partial(_decode, requests)) / records)
                durable.append(_seconds(partial(exporting.send_all, requests, _AT_ONCE)) / records)
            waits = [_seconds(partial(exporting.send_body, body)) for body in bodies[0]]
        each = f"{size} records a request"
        seconds = statistics.median(durable)
        alone = Counterpart("protobuf decode alone", statistics.median(decoded) * 1e6)
        yield Figure(
            f"durable ingest, a record, {each}",
            seconds * 1e6,
            "us",
            alone,
            f"ingest, {size} a request",
        )
        yield Figure(f"durable ingest, {each}", 1 / seconds, "/s")
        yield Figure(f"acknowledgement, {each}, p99", percentile(waits, 0.99) * 1000, "ms")


@contextmanager
def _recorded() -> Iterator[Client]:
    """A client of a recorder with an empty store."""
    with (
        tempfile.TemporaryDirectory() as folder,
        recorder(Path(folder) / "telemetry.db") as running,
        client(running.address) as exporting,
    ):
        yield exporting


def _bodies(size: int, records: int, rounds: int) -> Iterator[list[bytes]]:
    """For each round other records, in requests of so many."""
    for number in range(rounds):
        to_ns = time.time_ns() - (rounds - number) * DAY
        events = (each for each in month.records(records, to_ns) if isinstance(each, Event))
        batches = iter(lambda: list(itertools.islice(events, size)), [])  # noqa: B023
        yield [logs_request(batch).SerializeToString() for batch in batches]


def _decode(bodies: Sequence[bytes]) -> None:
    for body in bodies:
        ExportLogsServiceRequest.FromString(body)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
