"""Load: many sessions at once, then a flood and a large request beside one person's.

Fifty sessions in the three forms of OTLP send 2,000 events a second while two dashboards show them;
then 400 connections say nothing, and requests of 28 MB come beside a person's 10 events a second.
`make test-load` prints what was lost, how soon was acknowledged and what memory grew by, each
beside its limit. ARGS="--seconds=60 --sessions=10 --rate=500" for less.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.state import RecorderState
from ccotel_tui.store.file.connection import connect
from tests.recorder.client import Grpc, Http
from tests.recorder.ports.test_limits import IDLE_CONNECTIONS, idle
from tests.recorder.running import JSON, LOGS, PROTOBUF, Recorder, export, post, recorder
from tests.screen.tools.terminal import terminal
from tests.tools.otlp import logs_request, request

FORMS = ("grpc", PROTOBUF, JSON)
DASHBOARDS = 2
SETTLED_AFTER = 60.0
"""Seconds until memory is looked at first."""

LARGE = 28_000_000
"""Bytes."""

PERSON_EACH = 0.2
"""Seconds between two requests of a person, of two events each."""

LIMITS = {
    "events lost": 0,
    "events doubled": 0,
    "requests refused": 0,
    "recorder grew by (MB)": 5,
    **{f"dashboard {number} grew by (MB)": 5 for number in range(1, DASHBOARDS + 1)},
    "a person's ack p99, of the quicker one's": 0.1,
}
"""The most that each figure may be; the others are only told."""


@dataclass
class Session:
    """One sender; `took` has the seconds until each request was acknowledged."""

    name: str
    form: str
    running: Recorder
    sent: int = 0
    refused: int = 0
    took: list[float] = field(default_factory=list)

    def go_on(self, events: int, each: float, ended: threading.Event) -> None:
        """Send so many events each so many seconds."""
        connection = (
            Grpc(self.running.grpc, 1.0)
            if self.form == "grpc"
            else Http(self.running.http, self.form)
        )
        with closing(connection):
            due = time.monotonic()
            while not ended.wait(max(0.0, due - time.monotonic())):
                sent = encoded(many(self.name, self.sent, events), self.form)
                began = time.monotonic()
                try:
                    connection.send("logs", sent)
                    self.took.append(time.monotonic() - began)
                    self.sent += events
                except Exception as error:
                    self.refused += 1
                    print(f"{self.name} ({self.form}): {error!r}", file=sys.stderr)
                due += each


def many(session: str, first: int, number: int) -> ExportLogsServiceRequest:
    now = time.time_ns()
    return logs_request(*(request(0.01, now + n, session, n) for n in range(first, first + number)))


def encoded(sent: ExportLogsServiceRequest, form: str) -> bytes:
    if form == JSON:
        return json_format.MessageToJson(sent, indent=None).encode()
    return sent.SerializeToString()


def megabytes(pid: int) -> float:
    """What the process has in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def p99(took: Sequence[float]) -> float:
    return quantiles(took, n=100, method="inclusive")[98]


def at_once(
    sessions: int, rate: float, seconds: float, directory: Path
) -> Iterator[tuple[str, float]]:
    """Many sessions and two dashboards; the figures."""
    database = directory / "many.db"
    with ExitStack() as stack:
        running = stack.enter_context(recorder(database))
        shown = [stack.enter_context(terminal(database, 120, 40)) for _ in range(DASHBOARDS)]
        senders = [Session(f"session-{n}", FORMS[n % len(FORMS)], running) for n in range(sessions)]
        processes = {"recorder": running.process.pid} | {
            f"dashboard {n}": one.pid for n, one in enumerate(shown, start=1)
        }
        before = {}
        ended = threading.Event()
        with ThreadPoolExecutor(sessions + DASHBOARDS) as threads:
            for screen in shown:
                threads.submit(screen.drain, ended)
            going = [
                threads.submit(one.go_on, round(rate / sessions), 1.0, ended) for one in senders
            ]
            for second in range(round(seconds)):
                time.sleep(1)
                if second + 1 == min(SETTLED_AFTER, seconds // 2):
                    before = {name: megabytes(pid) for name, pid in processes.items()}
            after = {name: megabytes(pid) for name, pid in processes.items()}
            ended.set()
            for session in going:
                session.result()
        took = [seconds for one in senders for seconds in one.took]
        sent = sum(one.sent for one in senders)
        kept, different = counted(database)
    yield "events sent", sent
    yield "events a second", sent / seconds
    yield "events lost", sent - different
    yield "events doubled", kept - different
    yield "requests refused", sum(one.refused for one in senders)
    yield "ack p50 (s)", quantiles(took, n=2)[0]
    yield "ack p99 (s)", p99(took)
    yield "ack longest (s)", max(took)
    for name in processes:
        yield f"{name} at first (MB)", before[name]
        yield f"{name} grew by (MB)", after[name] - before[name]


def beside(directory: Path) -> Iterator[tuple[str, float]]:
    """One person beside idle connections and large requests; the figures."""
    database = directory / "beside.db"
    a_record = len(many("large", 0, 1000).SerializeToString()) / 1000
    large = many("large", 0, round(LARGE / a_record)).SerializeToString()
    a_record = len(encoded(many("json", 0, 1000), JSON)) / 1000
    large_json = encoded(many("json", 0, round(LARGE / a_record)), JSON)
    sends: dict[str, Callable[[Recorder], object]] = {
        "gRPC": lambda running: export(running.grpc, LOGS, large),
        "http/json": lambda running: post(running.http, "/v1/logs", large_json, JSON),
    }
    with ExitStack() as stack:
        running = stack.enter_context(recorder(database))
        for number in range(IDLE_CONNECTIONS):
            stack.enter_context(idle((running.grpc, running.http)[number % 2]))
        ended = threading.Event()
        people = [Session(f"person-{form}", form, running) for form in FORMS]
        with ThreadPoolExecutor(len(people)) as threads:
            going = [
                threads.submit(one.go_on, 2, PERSON_EACH * len(people), ended) for one in people
            ]
            large_took = []
            for name, send in sends.items():
                began = time.monotonic()
                send(running)
                large_took.append(time.monotonic() - began)
                yield f"28 MB by {name}, ack (s)", large_took[-1]
            ended.set()
            for session in going:
                session.result()
        took = [seconds for one in people for seconds in one.took]
        yield "a person's requests", len(took)
        yield "requests refused", sum(one.refused for one in people)
        yield "a person's ack p99 beside them (s)", p99(took)
        # Not in seconds: on a busy machine everybody waits.
        yield "a person's ack p99, of the quicker one's", p99(took) / min(large_took)
        yield "a person's longest ack (s)", max(took)
        yield "recorder afterwards (MB)", megabytes(running.process.pid)
        kept, different = counted(database)
        yield "events doubled", kept - different
        print("refused:", dict((read_state(database) or RecorderState()).refused))


def counted(database: Path) -> tuple[int, int]:
    """Events, and different ones."""
    with closing(connect(database)) as connection:
        kept, different = connection.execute(
            "SELECT count(*), count(DISTINCT session_id || ' ' || sequence) FROM events"
        ).fetchone()
    return kept, different


def main(words: Sequence[str]) -> int:
    """Print the figures; 1 where one is over its limit."""
    options = argparse.ArgumentParser()
    options.add_argument("--sessions", type=int, default=50)
    options.add_argument("--rate", type=float, default=2000)
    options.add_argument("--seconds", type=float, default=180)
    asked = options.parse_args(words)
    over = 0
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for part in (
            at_once(asked.sessions, asked.rate, asked.seconds, directory),
            beside(directory),
        ):
            for what, figure in part:
                limit = LIMITS.get(what)
                over += limit is not None and figure > limit
                beside_it = "" if limit is None else f"  (at most {limit})"
                print(f"{what:40}{figure:12,.3f}{beside_it}", flush=True)
            print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors", flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
