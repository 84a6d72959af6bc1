"""The one HTTP client for servers: a connection pool whose requests another thread can cancel.

It knows no API: callers turn a Response, or an HttpFailure, into their own words. No proxy of the
environment is used and no redirect is followed, so that what is sent reaches the address that was
named and no other. A thread that waits for an answer is ended by shutting its socket, which is why
urllib3's connections are subclassed: they make their sockets known. Importing this module imports
urllib3 and ssl: what must start fast imports it where a server is asked.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal, NamedTuple
from weakref import WeakSet

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    NewConnectionError,
    ProtocolError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as Late

from ccotel_tui.network.address import Address, Headers
from ccotel_tui.network.ownership import foreign_owner
from ccotel_tui.sentences import Sentence

CONNECTIONS = 8
"""To one server at a time."""

CONNECT_TIMEOUT = 2.0
"""Seconds."""

_BUSY = (429, 502, 503, 504)
"""Statuses after which the same request may be sent again."""

_BACKOFF = 0.25
"""Seconds before that where the server names none; doubled each time."""

FailureKind = Literal[
    "unreachable", "late", "untrusted", "broken off", "foreign", "cancelled", "invalid"
]


class HttpFailure(Exception):
    """No whole answer came: `kind` is the cause, the text its details, without headers."""

    def __init__(self, kind: FailureKind, details: str = "") -> None:
        super().__init__(details or kind)
        self.kind = kind
        self.details = details or kind


class Limit(NamedTuple):
    """The deadline of a request (time.monotonic), and the cancellations before it began."""

    until: float
    cancellations: int


class Response(NamedTuple):
    """The status, headers (their names in lower case) and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> float:
        """Seconds that Retry-After asks for; 0 where it names no number."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isascii() and text.isdigit() else 0.0


class HttpClient:
    """Sends requests from any thread.

    Servers at `ours_only` (host and port) get nothing unless a process of this user or of root has
    the socket: that is checked on each connection before anything is sent on it.
    """

    def __init__(self, ours_only: Collection[tuple[str, int]] = ()) -> None:
        self._ours_only = ours_only
        self._lock = threading.Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._cancelled = threading.Event()
        self._cancellations = 0
        self._cause = ""
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, block=True, retries=False)
        self._pool.pool_classes_by_scheme = _pools(self._register)

    def limit(self, seconds: float) -> Limit:
        """Return the limit of what begins now and may last so long."""
        return Limit(time.monotonic() + seconds, self._cancellations)

    def get(
        self, address: Address, path: str, parameters: Iterable[tuple[str, str]], limit: Limit
    ) -> Response:
        """Return the answer; a busy server is asked again within the limit. Raises HttpFailure."""
        parameters = list(parameters)
        backoff = _BACKOFF
        while True:
            response = self.request("GET", address, path, limit, parameters)
            pause = response.retry_after or backoff
            if (
                response.status not in _BUSY
                or time.monotonic() + pause > limit.until
                or self._cancelled.wait(pause)
            ):
                return response
            backoff *= 2

    def request(
        self,
        method: str,
        address: Address,
        path: str,
        limit: Limit,
        parameters: Collection[tuple[str, str]] = (),
        headers: Headers = (),
        body: bytes | None = None,
        reads_body: bool = True,
    ) -> Response:
        """Return the answer to one request; its body is empty unless `reads_body`.

        Where a server closed an idle connection just when it was used again, a GET is sent once
        more. Raises HttpFailure.
        """
        repeatable = method == "GET"
        while True:
            left = max(limit.until - time.monotonic(), 0.001)
            try:
                response = self._pool.request(
                    method,
                    address.url + path,
                    fields=list(parameters) or None,
                    body=body,
                    headers=dict((*address.headers, *headers)),
                    redirect=False,
                    timeout=urllib3.Timeout(connect=min(CONNECT_TIMEOUT, left), read=left),
                    preload_content=reads_body,
                )
            except HTTPError as error:
                if self.cancelled_since(limit) or self._cancelled.is_set():
                    raise HttpFailure("cancelled", self._cause) from error
                dropped = isinstance(error, ProtocolError) and not isinstance(error, IncompleteRead)
                if not (dropped and repeatable):
                    raise _failure(error) from error
                repeatable = False
                continue
            if not reads_body:
                response.close()
            received = {name.lower(): value for name, value in response.headers.items()}
            return Response(response.status, received, response.data if reads_body else b"")

    def cancel_all(self, cause: str) -> None:
        """End all requests under way at once: each raises HttpFailure with that text."""
        self._cause = cause
        self._cancellations += 1
        self._cancelled.set()
        with self._lock:
            sockets = list(self._sockets)
        for each in sockets:
            _shut(each)

    def cancelled_since(self, limit: Limit) -> bool:
        """Return whether requests were cancelled after the one with that limit began."""
        return self._cancellations != limit.cancellations

    def reset(self) -> None:
        """Send requests again after they were cancelled."""
        self._cancelled.clear()

    def close(self) -> None:
        self.cancel_all("The client was closed.")
        self._pool.clear()

    def _register(self, connection: HTTPConnection) -> None:
        """Make a new connection's socket known. Raises HttpFailure where nothing may be sent."""
        with self._lock:
            self._sockets.add(connection.sock)
        if self._cancelled.is_set():
            _shut(connection.sock)
        place = connection.host, connection.port
        if place in self._ours_only and (foreign := foreign_owner(connection.sock)):
            raise HttpFailure("foreign", foreign)


def probe(
    method: str,
    address: Address,
    path: str,
    seconds: float,
    headers: Headers = (),
    body: bytes | None = None,
    ours_only: bool = False,
) -> Response:
    """Return status and headers of the answer to one request on a connection of its own.

    After so many seconds it is over, however slowly the server answers. Raises HttpFailure.
    """
    client = HttpClient([address.host] if ours_only else ())
    timer = threading.Timer(seconds, client.cancel_all, ["no answer in time"])
    timer.start()
    try:
        limit = client.limit(seconds)
        return client.request(method, address, path, limit, (), headers, body, reads_body=False)
    finally:
        timer.cancel()
        client.close()


def _pools(opened: Callable[[HTTPConnection], None]) -> dict[str, type[HTTPConnectionPool]]:
    """The pools of urllib3 with connections that call `opened` before anything is sent."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            opened(self)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            opened(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _shut(connected: socket.socket) -> None:
    # Not as TLS has it, which another thread is in the middle of.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _failure(error: HTTPError) -> HttpFailure:
    if isinstance(error, NewConnectionError):
        return HttpFailure("unreachable", Sentence("nobody_listens", "nobody listens there"))
    if isinstance(error, Late):
        return HttpFailure("late", Sentence("no_answer", "no answer in time"))
    if isinstance(error, SSLError):
        return HttpFailure("untrusted", str(error))
    if isinstance(error, ProtocolError):
        return HttpFailure("broken off", Sentence("answer_broke_off", "the answer broke off"))
    return HttpFailure("invalid", type(error).__name__)
