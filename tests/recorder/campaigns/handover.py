"""Telemetry sent through hand-overs at random moments, and what of it is in neither store.

`make test-handover` prints it for one and three clients, by gRPC and by HTTP, beside a naive close
(one side ends, then the other begins). The clients' time runs SPEED times as fast; processes start,
bind and end as fast as they do. So a gap of 10 ms is met as one of SPEED * 10 ms would be met by
real clients, back-off included: the losses are an upper bound, SPEED times that of one hand-over.
Above 10 times gRPC backs off for longer than it would: it does so for no less than 0.1 s.

Every client is connected when the ports go: one that is not meets a closed port for as long as a
collector needs to start.
"""

import argparse
import random
import sys
import threading
import time
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol

from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.ports.lease import PortLease
from ccotel_tui.stack_control.models import Handover
from ccotel_tui.store.file.connection import connect
from tests.recorder.client import Client, Key
from tests.recorder.running import recorder
from tests.recorder.sink import Sink
from tests.servers.servers import LOCAL, Collector, free_port, until
from tests.tools.handover import NoHandover

SPEED = 10.0
STAYS = 5.0, 15.0
"""Seconds of the clients between two hand-overs."""

WITHIN = 30.0


Go = Callable[[], None]


class Move(NamedTuple):
    """A hand-over: when it began, and whether "up" (to the other) or "down" (back)."""

    at: float
    name: str


class Other(Protocol):
    """Who takes the ports over: started when it answers, stopped when it has ended."""

    def start(self, handover: Handover) -> None: ...
    def stop(self) -> None: ...
    def kept(self) -> Counter[Key]:
        """What came in, after the last stop."""


Make = Callable[[Path, str, str], Other]
"""One that works in a directory and has the OTLP/gRPC and OTLP/HTTP addresses."""


class NativeCollector:
    """The collector under the project's configuration; what it exports is counted."""

    def __init__(self, directory: Path, grpc: str, http: str) -> None:
        self._sink = Sink()
        self._collector = Collector(directory, self._sink.url, self._sink.url)
        self._collector.grpc, self._collector.http = grpc, f"http://{http}"

    def start(self, handover: Handover) -> None:
        handover.release()
        self._collector.start()
        handover.done()

    def stop(self) -> None:
        self._collector.stop()

    def kept(self) -> Counter[Key]:
        """What its queue on the disk still holds is exported first, on ports of no client."""
        self._collector.grpc, self._collector.http = "127.0.0.1:0", "http://127.0.0.1:0"
        with self._collector, closing(self._sink):
            empty = until(lambda: self._collector.count("otelcol_exporter_queue_size") == 0, WITHIN)
            assert empty, "the collector's queue does not empty"
        return self._sink.kept


class StandIn:
    """A recorder with a database of its own: the nearest to a collector in Python."""

    def __init__(self, directory: Path, grpc: str, http: str) -> None:
        self.database = directory / "other.db"
        self._ports = "--otlp-grpc", grpc, "--otlp-http", http
        self._running = ExitStack()

    def start(self, handover: Handover) -> None:
        handover.release()
        running = self._running.enter_context(recorder(self.database, *self._ports))
        assert running.said.startswith("recording"), running.said
        handover.done()

    def stop(self) -> None:
        self._running.close()

    def kept(self) -> Counter[Key]:
        return kept(self.database)


@dataclass
class Result:
    """Records, but for `exports`; lost by the newest hand-over when they were refused."""

    form: str
    clients: int
    rounds: int
    exports: int = 0
    sent: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    doubled: int = 0
    here: int = 0
    there: int = 0

    HEAD = "         clients  rounds  exports  records  lost up  lost down  doubled"

    def __str__(self) -> str:
        return (
            f"{self.form:5}{self.clients:11}{self.rounds:8}{self.exports:9}{self.sent:9}"
            f"{self.lost['up']:9}{self.lost['down']:11}{self.doubled:9}"
        )


def run(
    form: str,
    clients: int,
    rounds: int,
    directory: Path,
    other: Make,
    speed: float = SPEED,
    naive: bool = False,
) -> Result:
    """Hand the ports over and back so many times while the clients send."""
    grpc, http = f"{LOCAL}:{free_port()}", f"{LOCAL}:{free_port()}"
    database = directory / "telemetry.db"
    far = other(directory, grpc, http)
    sending = [Client(f"client-{number}", speed) for number in range(clients)]
    moves: list[Move] = []
    ended = threading.Event()
    ports = ("--otlp-grpc", grpc, "--otlp-http", http)
    with (
        (naively if naive else borrowing)(database, far, ports) as (up, down),
        ThreadPoolExecutor(clients) as threads,
    ):
        address = grpc if form == "grpc" else http
        going = [threads.submit(one.go_on, form, address, ended) for one in sending]
        try:
            for _ in range(rounds):
                for name, move in (("up", up), ("down", down)):
                    stay(random.uniform(*STAYS) / speed, sending)
                    moves.append(Move(time.monotonic(), name))
                    move()
            stay(STAYS[1] / speed, sending)
        finally:
            ended.set()
        for one in going:
            one.result()
    return count(Result(form, clients, rounds), sending, moves, kept(database), far.kept())


def stay(seconds: float, clients: Sequence[Client]) -> None:
    """Wait so long, and until each client has had an answer since."""
    since = time.monotonic()
    time.sleep(seconds)
    assert until(lambda: all(one.answered > since for one in clients), WITHIN), "one is silent"


@contextmanager
def borrowing(database: Path, far: Other, ports: Sequence[str]) -> Iterator[tuple[Go, Go]]:
    """The recorder lends its ports to who starts the other, and finds out when that has ended."""

    def up() -> None:
        far.start(PortLease(database))
        assert until(lambda: sent_away(database), WITHIN), "the recorder keeps its clients"

    def down() -> None:
        far.stop()
        assert until(lambda: listens(database), WITHIN), "the recorder does not take its ports"

    with recorder(database, "--wait", *ports):
        yield up, down


@contextmanager
def naively(database: Path, far: Other, ports: Sequence[str]) -> Iterator[tuple[Go, Go]]:
    """One side ends, then the other begins."""
    with ExitStack() as running:

        def up() -> None:
            running.close()
            far.start(NoHandover())

        def down() -> None:
            far.stop()
            running.enter_context(recorder(database, *ports))

        running.enter_context(recorder(database, *ports))
        yield up, down


def listens(database: Path) -> bool:
    """Whether the recorder has both ports."""
    state = read_state(database)
    return state is not None and len(state.listening) == 2


def sent_away(database: Path) -> bool:
    """Whether the recorder has seen who has its ports, and told its clients to connect anew."""
    state = read_state(database)
    return state is not None and sum(port.owner is not None for port in state.ports) == 2


def kept(database: Path) -> Counter[Key]:
    """How often each record is in the database."""
    with closing(connect(database)) as connection:
        events = connection.execute("SELECT session_id, 'event', sequence FROM events").fetchall()
        points = connection.execute(
            "SELECT session_id, 'point', CAST(type AS INTEGER) FROM increments "
            "JOIN series ON series.id = series"
        ).fetchall()
    return Counter(map(tuple, events + points))


def count(
    result: Result,
    clients: Sequence[Client],
    moves: Sequence[Move],
    here: Counter[Key],
    there: Counter[Key],
) -> Result:
    """Compare what was sent with both stores together."""
    both = here + there
    for client in clients:
        result.exports += client.exports
        result.sent += len(client.sent)
        for key, at in client.sent.items():
            result.doubled += both[key] > 1
            if not both[key]:
                before = moves[bisect(moves, at, key=lambda move: move.at) - 1]
                result.lost[before.name] += 1
    result.here, result.there = here.total(), there.total()
    return result


def main(other: Make) -> int:
    """Print the table; 1 where the recorder's own way to the other lost or doubled anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--speed", type=float, default=SPEED)
    words = parser.parse_args()
    print(f"{words.rounds} rounds, the clients' time {words.speed:g} times as fast")
    print(Result.HEAD, flush=True)
    failed = False
    for form, clients, naive in product(("grpc", "http"), (1, 3), (False, True)):
        with TemporaryDirectory() as name:
            result = run(form, clients, words.rounds, Path(name), other, words.speed, naive)
        print(f"{result}  {'naive close' if naive else ''}", flush=True)
        failed |= not naive and bool(result.lost["up"] or result.doubled)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(NativeCollector))
