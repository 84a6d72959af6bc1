"""A TCP relay on a public port, in front of the servers that answer there.

So the port is open as soon as a socket is bound, before gRPC is even imported, and can be given
to the next recorder or to a collector while the server still answers what it has taken.
"""

import asyncio
import contextlib
import math
import socket
from collections.abc import Mapping

from ccotel_tui.recorder.ports.connections import Connections
from ccotel_tui.recorder.ports.descriptors import LACKING, are_lacking
from ccotel_tui.recorder.ports.first_bytes import FIRST_BYTES_TIMEOUT, FirstBytes
from ccotel_tui.recorder.ports.http2 import GOAWAY, FrameTracker
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.recorder.state import OtlpProtocol

_CHUNK = 256 * 1024

_ANSWER_LASTS = 1.0
"""Seconds from an answer's first bytes to its last."""


class Relay:
    """Passes each connection on to the server of its protocol, on a port of 127.0.0.1.

    The first bytes tell the protocol; they must come within so many seconds.
    """

    def __init__(
        self,
        targets: Mapping[OtlpProtocol, int],
        refusals: Refusals,
        limit: Connections,
        within: float = FIRST_BYTES_TIMEOUT,
    ) -> None:
        self._targets = targets
        self._refusals = refusals
        self._limit = limit
        self._first_bytes = FirstBytes(refusals, within)
        self._server: asyncio.Server | None = None
        self._connections: dict[_Connection, asyncio.Future[None]] = {}

    @property
    def has_connections(self) -> bool:
        """True while a connection is open."""
        return bool(self._connections)

    async def open(self, listening: socket.socket) -> None:
        """Accept what connects to the socket."""
        self._server = await asyncio.start_server(self._serve, sock=listening, limit=_CHUNK)

    def close(self) -> None:
        """Give the port up; connections that are open go on."""
        if self._server is not None:
            self._server.close()

    def drain(self) -> None:
        """Have clients of HTTP/2 end their connections after what they have begun.

        The server could only say so when it stops, and would not answer what is on its way then.
        """
        for connection in self._connections:
            connection.drain()

    async def end(self, within: float) -> None:
        """Wait for the connections that have begun, at the latest so many seconds."""
        self._first_bytes.end()
        await self.ended(within)

    async def ended(self, within: float) -> None:
        """Return when the last connection has ended, at the latest after so many seconds."""
        if self._connections:
            await asyncio.wait(self._connections.values(), timeout=within)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        connection = _Connection(client, to_client, self._limit)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connections[connection] = done
        try:
            beginning = await self._first_bytes.read(client, to_client)
            if beginning is not None:
                protocol, data = beginning
                with self._limit.one_more(connection):
                    await connection.pass_on(self._targets[protocol], data, protocol == "grpc")
        except OSError as error:  # either side went away: so does the other
            if are_lacking(error):
                self._refusals.count("connections", LACKING)
        finally:
            to_client.close()
            del self._connections[connection]
            done.set_result(None)


class _Connection:
    """A client's connection, and the one to the server that belongs to it."""

    def __init__(
        self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter, limit: Connections
    ) -> None:
        self.peer = str((to_client.get_extra_info("peername") or ("",))[0])
        self._client = client
        self._to_client = to_client
        self._limit = limit
        self._answers = FrameTracker()
        # When the newest bytes came of the server; inf while the client waits for them.
        self._answered = math.inf
        self._leaving = False
        self._http2 = False

    async def pass_on(self, target: int, data: bytes, http2: bool) -> None:
        """Send on what was read of the client, then copy both ways until either side ends."""
        self._http2 = http2
        server, to_server = await asyncio.open_connection("127.0.0.1", target, limit=_CHUNK)
        to_server.write(data)
        sending = asyncio.create_task(self._ask(to_server))
        await self._answer(server)
        to_server.close()
        self._to_client.close()
        await sending

    def drain(self) -> None:
        """Say GOAWAY, now or after the frame that is being sent; in HTTP/2 only."""
        self._leaving = True
        self._say_goaway()

    def leave(self) -> None:
        """End it where nothing is lost by that; in HTTP/1 where its last answer was a while ago."""
        self.drain()
        if not self._http2 and self._answered + _ANSWER_LASTS < _now():
            self._to_client.close()

    def abort(self) -> None:
        """End it now."""
        self._to_client.transport.abort()

    async def _ask(self, to_server: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await self._client.read(_CHUNK):
                self._answered = math.inf
                self._limit.active(self)
                to_server.write(data)
                await to_server.drain()
        # Also after a reset: the server would keep its side of it for hours.
        with contextlib.suppress(OSError):
            to_server.write_eof()

    async def _answer(self, server: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await server.read(_CHUNK):
                self._answered = _now()
                self._limit.active(self)
                self._to_client.write(data)
                if self._http2:
                    self._answers.feed(data)
                    self._say_goaway()
                await self._to_client.drain()
            self._to_client.write_eof()

    def _say_goaway(self) -> None:
        if self._leaving and self._answers.at_frame_boundary:
            self._leaving = False
            self._to_client.write(GOAWAY)


def _now() -> float:
    return asyncio.get_running_loop().time()
