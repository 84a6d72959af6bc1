"""SIGKILL at random moments of an ingest: nothing acknowledged is lost, nothing counts twice.

Senders go on through every death of the recorder as a client does, and send again what was not
acknowledged. In some rounds the file is replaced before it, in others the disk is full when the
recorder dies. `make test-kill N=1000` runs it.
"""

import http.client
import os
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from ccotel_tui.store.file.connection import connect
from tests.recorder.campaigns.disk import CAN_MOUNT, Disk, small_disk
from tests.recorder.running import LOGS, METRICS, PROTOBUF, Recorder, recorder
from tests.store.file import acts
from tests.tools.otlp import SECOND, T0, lines, logs_request, metrics_request, request

SENDERS = 8
EVENTS = 3
"""Events in a request; a request of metrics holds a delta and a cumulative point that add 1."""

LONGEST_ROUND = 0.15
"""Seconds."""

FAULT_EVERY = 10
"""Rounds; the file and the disk in turns."""

MEGABYTES = 256

Send = Callable[[str, bytes], None]


@dataclass
class Sender:
    """Sends requests one after the other; `logs` and `metrics` are how many are acknowledged."""

    session: str
    logs: int = 0
    metrics: int = 0
    again: int = 0

    def go_on(self, send: Send, ended: threading.Event) -> None:
        """Send until the recorder dies, beginning with what it did not acknowledge."""
        try:
            while not ended.is_set():
                if self.logs == self.metrics:
                    send("logs", self._events(self.logs))
                    self.logs += 1
                else:
                    send("metrics", self._points(self.metrics))
                    self.metrics += 1
        except (grpc.RpcError, OSError, http.client.HTTPException):
            self.again += 1

    def _events(self, number: int) -> bytes:
        first = number * EVENTS
        events = (
            request(1.0, at=T0 + n * SECOND, session=self.session, sequence=n)
            for n in range(first, first + EVENTS)
        )
        return logs_request(*events).SerializeToString()

    def _points(self, number: int) -> bytes:
        at = T0 + (number + 1) * SECOND
        delta = lines(1, at=at, start=at - SECOND, session=self.session)
        running = lines(number + 1, at=at, session=f"{self.session}-running", cumulative=True)
        return metrics_request(delta, running).SerializeToString()


@dataclass
class Result:
    """Records, but for `again`: requests that were sent a second time."""

    rounds: int
    replaced: int = 0
    full: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    again: int = 0

    def __str__(self) -> str:
        return (
            f"{self.rounds} rounds ({self.replaced} with the file replaced, {self.full} with a "
            f"full disk), {self.acknowledged} records acknowledged, {self.lost} lost, "
            f"{self.doubled} doubled; {self.again} requests sent again"
        )


@dataclass
class Store:
    """What is in the database, read on from where it was read last."""

    path: Path
    last: int = 0
    events: set[tuple[str, int]] = field(default_factory=set)
    doubled: int = 0

    def counted(self) -> Counter[str]:
        """Different events and what counters grew by, by session."""
        with closing(connect(self.path)) as connection:
            rows = connection.execute(
                "SELECT id, session_id, sequence FROM events WHERE id > ? ORDER BY id", [self.last]
            ).fetchall()
            increments = connection.execute(
                "SELECT session_id, total(value) FROM increments "
                "JOIN series ON series.id = series GROUP BY session_id"
            ).fetchall()
        for self.last, *event in rows:
            self.doubled += tuple(event) in self.events
            self.events.add((event[0], event[1]))
        counted = Counter(session for session, _ in self.events)
        return counted + Counter({f"{name} points": round(value) for name, value in increments})


class Campaign:
    """A database, who sends to its recorders, and what was at its path before."""

    def __init__(self, directory: Path, disk: Disk | None) -> None:
        self._disk = disk
        self._directory = directory
        self._before: tuple[Path, list[Sender]] | None = None
        self.store = Store(directory / "telemetry.db")
        self.result = Result(0)
        self.senders = self._new_senders()

    def _new_senders(self) -> list[Sender]:
        return [Sender(f"{self.result.replaced}-{number}") for number in range(SENDERS)]

    def round(self) -> None:
        """Start a recorder, look at what the one before left, and kill it while it takes in."""
        self.result.rounds += 1
        number, on_fault = divmod(self.result.rounds, FAULT_EVERY)
        with recorder(self.store.path) as running:
            self.look(running)
            if on_fault:
                ingest_and_kill(running, self.senders)
            elif number % 2 or self._disk is None:
                self._replace()
                ingest_and_kill(running, self.senders)
            else:
                self.result.full += 1
                ingest_and_kill(running, self.senders, self._disk.fill)
                self._disk.make_room()

    def look(self, running: Recorder) -> None:
        """Compare what is kept with what was acknowledged, once the recorder says that it runs."""
        while not running.said.startswith("recording"):
            assert running.read(), "it ended"
        compare(self.store, self.senders, self.result)
        if self._before:
            file, senders = self._before
            # The log that a recorder put aside belongs to the file that was replaced.
            for log in self._directory.glob("telemetry.db-wal.*"):
                log.rename(f"{file}-wal")
            self._end(Store(file), senders)
            self._before = None
            for left in self._directory.glob("replaced.db*"):
                left.unlink()

    def _replace(self) -> None:
        self.result.replaced += 1
        file = self._directory / "replaced.db"
        os.link(self.store.path, file)
        self._before = file, self.senders
        self.result.doubled += self.store.doubled
        acts.replace(self.store.path)
        self.store, self.senders = Store(self.store.path), self._new_senders()

    def _end(self, store: Store, senders: list[Sender]) -> None:
        compare(store, senders, self.result)
        self.result.doubled += store.doubled
        self.result.acknowledged += sum(EVENTS * one.logs + 2 * one.metrics for one in senders)
        self.result.again += sum(one.again for one in senders)

    def end(self) -> Result:
        with recorder(self.store.path) as running:
            self.look(running)
            self._end(self.store, self.senders)
        return self.result


def run(rounds: int, directory: Path, disk: Disk | None = None) -> Result:
    """Kill so many recorders, and compare what is kept with what they acknowledged."""
    campaign = Campaign(directory, disk)
    for _ in range(rounds):
        campaign.round()
    return campaign.end()


def ingest_and_kill(
    running: Recorder, senders: list[Sender], fault: Callable[[], object] = lambda: None
) -> None:
    """Send from all sides, and kill the recorder in the middle of it, some time after the fault."""
    ended = threading.Event()
    with ThreadPoolExecutor(SENDERS) as threads, grpc.insecure_channel(running.grpc) as channel:
        going = [
            threads.submit(
                sender.go_on, over_grpc(channel) if number % 2 else over_http(running.http), ended
            )
            for number, sender in enumerate(senders)
        ]
        ended.wait(random.uniform(0, LONGEST_ROUND / 2))
        fault()
        ended.wait(random.uniform(0, LONGEST_ROUND / 2))
        running.process.kill()
        running.process.wait()
        ended.set()
        for one in going:
            one.result()


def compare(store: Store, senders: list[Sender], result: Result) -> None:
    """What was acknowledged must be there; of what was not, all or nothing may be."""
    found = store.counted()
    for sender in senders:
        in_flight = (1, 0) if sender.logs == sender.metrics else (0, 1)
        for name, acknowledged, maybe in (
            (sender.session, EVENTS * sender.logs, EVENTS * in_flight[0]),
            (f"{sender.session} points", sender.metrics, in_flight[1]),
            (f"{sender.session}-running points", sender.metrics, in_flight[1]),
        ):
            extra = found[name] - acknowledged
            result.lost += max(0, -extra)
            result.doubled += 0 if extra in (0, maybe) else max(0, extra)


def over_grpc(channel: grpc.Channel) -> Send:
    services = {"logs": LOGS, "metrics": METRICS}

    def send(signal: str, body: bytes) -> None:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/opentelemetry.proto.collector.{services[signal]}/Export"
        )
        call(body, timeout=20)

    return send


def over_http(address: str) -> Send:
    def send(signal: str, body: bytes) -> None:
        with closing(http.client.HTTPConnection(address, timeout=20)) as connection:
            connection.request("POST", f"/v1/{signal}", body, {"Content-Type": PROTOBUF})
            with connection.getresponse() as answer:
                answer.read()
                if answer.status != 200:
                    raise http.client.HTTPException(answer.status)

    return send


def main(rounds: int) -> int:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, disk = Path(name), None
        if CAN_MOUNT:
            disk = stack.enter_context(small_disk(folder / "disk", MEGABYTES))
            folder = disk.folder
        else:
            print("No round has a full disk: only root on Linux mounts a small one.")
        result = run(rounds, folder, disk)
    print(result)
    return 1 if result.lost or result.doubled else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
