"""JSON over HTTP: one connection pool, a limit on time, and foreign errors in our words."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
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

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.network.address import Address, unnamed
from ccotel_tui.network.ownership import foreign_owner

CONNECTIONS = 8
"""To one server at once."""

CONNECT_WITHIN = 2.0
"""Seconds."""

_READY_WITHIN = 0.5
_BUSY = (429, 502, 503, 504)
"""Statuses after which the same question may be asked again."""

_PAUSE = 0.25
"""Seconds before that, where the server names none; twice as long each time."""

Parameters = Iterable[tuple[str, str]]


class Limit(NamedTuple):
    """Until when (time.monotonic) is asked, and how often had been cut when that began."""

    until: float
    cuts: int


class Http:
    """Asks; whatever is being asked can be cut off from another thread.

    Of the servers at `ours_only` (host and port) nothing is asked unless they are ours.
    """

    def __init__(self, ours_only: Collection[tuple[str, int]] = ()) -> None:
        self._ours_only = ours_only
        self._lock = threading.Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._cut = threading.Event()
        self._cuts = 0
        self._why = ""
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, block=True, retries=False)
        self._pool.pool_classes_by_scheme = _pools(self._opened)

    def limit(self, seconds: float) -> Limit:
        """What begins now may last so long."""
        return Limit(time.monotonic() + seconds, self._cuts)

    def get(
        self,
        address: Address,
        path: str,
        parameters: Parameters,
        limit: Limit,
        what: str = "data",
    ) -> Any:
        """What an answer's JSON has under that name: `data` in Prometheus' form, and in Loki's.

        Without a name all of it: Loki leaves `data` out where a label has no values.
        What is busy is asked again within the limit. Raises SourceUnavailable.
        """
        pause = _PAUSE
        while True:
            response = self._request(address, path, parameters, limit)
            if response.status not in _BUSY:
                break
            wanted = _seconds(response.headers.get("Retry-After"))
            if time.monotonic() + (wanted or pause) > limit.until or self._cut.wait(
                wanted or pause
            ):
                break
            pause *= 2
        if response.status != 200:
            raise SourceUnavailable(_refused(address, response))
        return _said_under(what, address, response)

    def answers(self, address: Address, path: str) -> bool:
        """Whether a server that may be asked says here that it is ready, within half a second."""
        try:
            response = self._pool.request(
                "GET",
                address.url + path,
                headers=dict(address.headers),
                redirect=False,
                timeout=_READY_WITHIN,
            )
        except (HTTPError, SourceUnavailable):
            return False
        return response.status == 200

    def cut(self, why: str) -> None:
        """End all that is being asked, at once: it raises SourceUnavailable that says why."""
        self._why = why
        self._cuts += 1
        self._cut.set()
        with self._lock:
            sockets = list(self._sockets)
        for one in sockets:
            _shut(one)

    def cut_since(self, limit: Limit) -> bool:
        """Whether what began then was cut."""
        return self._cuts != limit.cuts

    def mend(self) -> None:
        """Ask on after a cut."""
        self._cut.clear()

    def close(self) -> None:
        self.cut("The reader has gone.")
        self._pool.clear()

    def _request(
        self, address: Address, path: str, parameters: Parameters, limit: Limit
    ) -> urllib3.BaseHTTPResponse:
        again = True
        while True:
            left = max(limit.until - time.monotonic(), 0.001)
            try:
                return self._pool.request(
                    "GET",
                    address.url + path,
                    fields=list(parameters),
                    headers=dict(address.headers),
                    redirect=False,
                    timeout=urllib3.Timeout(connect=min(CONNECT_WITHIN, left), read=left),
                )
            except HTTPError as error:
                if self._cuts != limit.cuts or self._cut.is_set():
                    raise SourceUnavailable(self._why) from error
                # A server may close an idle connection just when it is used again.
                dropped = isinstance(error, ProtocolError) and not isinstance(error, IncompleteRead)
                if not (dropped and again):
                    raise SourceUnavailable(_unreached(address, error)) from error
                again = False

    def _opened(self, one: HTTPConnection) -> None:
        """Take note of a new connection. Raises SourceUnavailable where nothing is asked on it."""
        with self._lock:
            self._sockets.add(one.sock)
        if self._cut.is_set():
            _shut(one.sock)
        if (one.host, one.port) in self._ours_only and (foreign := foreign_owner(one.sock)):
            raise SourceUnavailable(unnamed(f"{one.host}:{one.port}", foreign))


def _pools(opened: Any) -> dict[str, type[HTTPConnectionPool]]:
    """The pools of urllib3 with connections that tell of themselves before anything is sent."""

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


def _shut(one: socket.socket) -> None:
    # Not as TLS has it, which another thread is in the middle of.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)


def _said_under(name: str, address: Address, response: urllib3.BaseHTTPResponse) -> Any:
    try:
        said = json.loads(response.data)
        return said[name] if name else said
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        kind = _printable(response.headers.get("Content-Type", "").split(";")[0])
        raise SourceUnavailable(
            f"{address.server} answered with no JSON of a query{kind and f', but {kind}'}: "
            "is it another program's port, or a page to log in?"
        ) from error


def _refused(address: Address, response: urllib3.BaseHTTPResponse) -> str:
    status = response.status
    said = _said(address, response)
    answered = f"{address.server} answered {status}{said and f': {said}'}"
    if status in (401, 403):
        return (
            f"{answered}: it does not let you in. Name yourself with --header @FILE, or with "
            "user:password@ in its URL (CCOTEL_LOKI_URL, CCOTEL_PROMETHEUS_URL)."
        )
    if status == 429:
        wanted = _seconds(response.headers.get("Retry-After"))
        when = f"in {wanted:.0f} s" if wanted else "later"
        return f"{answered}: too many questions. It is asked again {when}."
    if 300 <= status < 400:
        return f"{answered}: it sends elsewhere. Give the address of the server itself."
    if status == 404:
        return f"{answered}: is this the server's address, with its path?"
    if status >= 500:
        return f"{answered}: it fails. It is asked again at the next update."
    return f"{answered}."


def _said(address: Address, response: urllib3.BaseHTTPResponse) -> str:
    """The reason that the server gives, if it is text for a person."""
    text = response.data[:4000].decode(errors="replace")
    try:
        text = str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        if "<" in text[:100]:
            return ""
    return " ".join(_printable(address.without_secrets(text)).split())[:200].rstrip(".")


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)


def _seconds(words: str | None) -> float:
    """What Retry-After asks for, 0 where it says no number."""
    return float(words) if words and words.isascii() and words.isdigit() else 0.0


def _unreached(address: Address, error: HTTPError) -> str:
    server = address.server
    if isinstance(error, NewConnectionError):
        return f"Nobody answers at {server}: start the stack, or use --source embedded."
    if isinstance(error, Late):
        return silent(server)
    if isinstance(error, SSLError):
        return (
            f"{server} is not trusted: {_printable(str(error))} SSL_CERT_FILE may name your own "
            "authority's certificate."
        )
    if isinstance(error, ProtocolError):
        return (
            f"{server} broke off in the middle of its answer. It is asked again at the next update."
        )
    return f"{server} does not answer as it should: {type(error).__name__}."


def silent(server: str) -> str:
    """What is said of a server that does not answer in time."""
    return f"{server} did not answer in time. It is asked again at the next update."
