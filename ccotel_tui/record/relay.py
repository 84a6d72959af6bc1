"""Who owns a public port, apart from the server that answers there.

So the port is open as soon as a socket is bound, before gRPC is even imported, and can be given
to the next recorder while the server still answers what it has taken.
"""

import asyncio
import contextlib
import socket

_CHUNK = 256 * 1024


class Relay:
    """Passes each connection on to the server that listens on `target`, a port of 127.0.0.1."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Future[None]] = set()

    async def open(self, listening: socket.socket) -> None:
        """Accept what connects to the socket."""
        self._server = await asyncio.start_server(self._serve, sock=listening, limit=_CHUNK)

    def close(self) -> None:
        """Give the port up; connections that are open go on."""
        if self._server is not None:
            self._server.close()

    async def ended(self, within: float) -> None:
        """Return when the last answer has reached its client; the server has stopped before."""
        if self._connections:
            await asyncio.wait(self._connections, timeout=within)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connections.add(done)
        try:
            await self._pass_on(client, to_client)
        finally:
            self._connections.remove(done)
            done.set_result(None)

    async def _pass_on(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # either side went away: so does the other
            server, to_server = await asyncio.open_connection(
                "127.0.0.1", self._target, limit=_CHUNK
            )
            sending = asyncio.create_task(_copy(client, to_server))
            await _copy(server, to_client)
            to_server.close()
            to_client.close()
            await sending
        to_client.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
