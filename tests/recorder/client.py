"""Claude Code's exporter as it was measured, without Claude Code.

Batches of events begin 5.0 to 5.8 s apart, counters go out on a grid of exactly 10 s, both over one
connection, one request after the other. What is refused is lost: nothing is sent again. After a
refusal gRPC fails at once until its next try, 1 s later, then 1.6, 2.6 s and so on; HTTP tries
anew with each request, and sees before it that a kept connection was closed.
"""

import http.client
import random
import select
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import grpc

from tests.recorder.running import LOGS, METRICS, PROTOBUF
from tests.tools.otlp import lines, logs_request, metrics_request, request

LOGS_APART = 5.0, 5.8
METRICS_APART = 10.0
BACK_OFF = 1.0
LARGEST_BATCH = 24
TIMEOUT = 10.0
"""All in seconds of the client, but for events in a batch."""

Key = tuple[str, str, int]
"""Session, "event" or "point", number."""

Send = Callable[[str, bytes], None]


@dataclass
class Client:
    """One session, whose seconds are `speed` times as short.

    `sent` has when each record was answered or refused, `answered` when the newest answer came.
    """

    session: str
    speed: float
    sent: dict[Key, float] = field(default_factory=dict)
    exports: int = 0
    refused: int = 0
    answered: float = 0.0

    def go_on(self, form: str, address: str, ended: threading.Event) -> None:
        """Send until the end, by "grpc" or "http"."""
        with closing(Grpc(address, self.speed) if form == "grpc" else Http(address)) as connection:
            now = time.monotonic()
            logs = now + random.uniform(0, LOGS_APART[0]) / self.speed
            metrics = now + random.uniform(0, METRICS_APART) / self.speed
            while not ended.wait(max(0.0, min(logs, metrics) - time.monotonic())):
                if logs < metrics:
                    self._export("logs", connection.send)
                    logs = time.monotonic() + random.uniform(*LOGS_APART) / self.speed
                else:
                    self._export("metrics", connection.send)
                    metrics += METRICS_APART / self.speed

    def _export(self, signal: str, send: Send) -> None:
        kind, number = (
            ("event", random.randint(1, LARGEST_BATCH)) if signal == "logs" else ("point", 1)
        )
        first = sum(key[1] == kind for key in self.sent)
        numbers = range(first, first + number)
        at = time.time_ns()
        if signal == "logs":
            events = (request(1.0, at + n, self.session, n) for n in numbers)
            body = logs_request(*events).SerializeToString()
        else:
            # Each point has a series of its own: so it is told from all others in both stores.
            points = (lines(1, at, at - 1, self.session, str(n)) for n in numbers)
            body = metrics_request(*points).SerializeToString()
        self.exports += 1
        try:
            send(signal, body)
            self.answered = time.monotonic()
        except (grpc.RpcError, OSError, http.client.HTTPException):
            self.refused += 1
        self.sent |= {(self.session, kind, n): time.monotonic() for n in numbers}


class Grpc:
    """A channel of its own."""

    def __init__(self, address: str, speed: float) -> None:
        back_off = round(1000 * BACK_OFF / speed)
        self._channel = grpc.insecure_channel(
            address,
            [
                ("grpc.use_local_subchannel_pool", 1),
                ("grpc.initial_reconnect_backoff_ms", back_off),
            ],
        )

    def send(self, signal: str, body: bytes) -> None:
        """Raises grpc.RpcError."""
        service = LOGS if signal == "logs" else METRICS
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(
            f"/opentelemetry.proto.collector.{service}/Export"
        )
        call(body, timeout=TIMEOUT)

    def close(self) -> None:
        self._channel.close()


class Http:
    """A connection that is kept."""

    def __init__(self, address: str, kind: str = PROTOBUF) -> None:
        self._kind = kind
        self._connection = http.client.HTTPConnection(address, timeout=TIMEOUT)

    def send(self, signal: str, body: bytes) -> None:
        """Raises OSError or HTTPException."""
        kept = self._connection.sock
        if kept is not None and select.select([kept], [], [], 0)[0]:
            self._connection.close()
        try:
            self._connection.request("POST", f"/v1/{signal}", body, {"Content-Type": self._kind})
            with self._connection.getresponse() as answer:
                answer.read()
                if answer.status != 200:
                    raise http.client.HTTPException(answer.status)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def close(self) -> None:
        self._connection.close()
