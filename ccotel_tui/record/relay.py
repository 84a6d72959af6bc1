"""Who owns a public port, apart from the server that answers there.

So the port is open as soon as a socket is bound, before gRPC is even imported, and can be given
to the next recorder or to a collector while the server still answers what it has taken.
"""

import asyncio
import contextlib
import socket

from ccotel_tui.record.frames import GOAWAY, Frames

_CHUNK = 256 * 1024


class Relay:
    """Passes each connection on to the server that listens on `target`, a port of 127.0.0.1."""

    def __init__(self, target: int, http2: bool = False) -> None:
        self._target = target
        self._http2 = http2
        self._server: asyncio.Server | None = None
        self._connections: dict[_Connection, asyncio.Future[None]] = {}

    @property
    def has_connections(self) -> bool:
        """Whether any is open."""
        return bool(self._connections)

    async def open(self, listening: socket.socket) -> None:
        """Accept what connects to the socket."""
        self._server = await asyncio.start_server(self._serve, sock=listening, limit=_CHUNK)

    def close(self) -> None:
        """Give the port up; connections that are open go on."""
        if self._server is not None:
            self._server.close()

    def send_away(self) -> None:
        """Where the relay can, have clients end their connections after what they have begun.

        The server could only say so when it stops, and would not answer what is on its way then.
        """
        if self._http2:
            for connection in self._connections:
                connection.send_away()

    async def ended(self, within: float) -> None:
        """Return when the last connection has ended, at the latest after so many seconds."""
        if self._connections:
            await asyncio.wait(self._connections.values(), timeout=within)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        connection = _Connection(client, to_client)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connections[connection] = done
        try:
            await connection.pass_on(self._target)
        finally:
            del self._connections[connection]
            done.set_result(None)


class _Connection:
    """A client's connection, and the one to the server that belongs to it."""

    def __init__(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._client = client
        self._to_client = to_client
        self._answers = Frames()
        self._leaving = False

    async def pass_on(self, target: int) -> None:
        """Copy both ways until either side ends."""
        with contextlib.suppress(OSError):  # either side went away: so does the other
            server, to_server = await asyncio.open_connection("127.0.0.1", target, limit=_CHUNK)
            sending = asyncio.create_task(_copy(self._client, to_server))
            await self._answer(server)
            to_server.close()
            self._to_client.close()
            await sending
        self._to_client.close()

    def send_away(self) -> None:
        """Say GOAWAY, now or after the frame that is being sent."""
        self._leaving = True
        self._say_goaway()

    async def _answer(self, server: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await server.read(_CHUNK):
                self._to_client.write(data)
                self._answers.follow(data)
                self._say_goaway()
                await self._to_client.drain()
            self._to_client.write_eof()

    def _say_goaway(self) -> None:
        if self._leaving and self._answers.between:
            self._leaving = False
            self._to_client.write(GOAWAY)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
