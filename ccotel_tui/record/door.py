"""A public port, and the server behind it."""

import dataclasses
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from ccotel_tui.record.ports import Address, named
from ccotel_tui.record.relay import Relay


class Door:
    """Where one form of OTLP comes in, as long as the port is ours.

    `server` is entered for a server's own port, and left to end it; `bound` says what is listened
    on, empty while the door is closed; `grace` is in seconds.
    """

    def __init__(
        self,
        address: Address,
        server: Callable[[], AbstractAsyncContextManager[int]],
        grace: float,
    ) -> None:
        self.address = address
        self.bound = ""
        self._server = server
        self._grace = grace
        self._serving = AsyncExitStack()
        self._relay: Relay | None = None

    async def open(self, listening: socket.socket) -> None:
        """Serve whoever connects to the socket; the same port is taken again later."""
        if self._relay is None:
            self._relay = Relay(await self._serving.enter_async_context(self._server()))
        await self._relay.open(listening)
        host, port = listening.getsockname()[:2]
        self.address = dataclasses.replace(self.address, port=port)
        self.bound = f"{self.address.form} {named(host, port)}"

    def close(self) -> None:
        """Give the port up; connections that are open are served on."""
        self.bound = ""
        if self._relay is not None:
            self._relay.close()

    async def send_away(self) -> None:
        """Answer what has begun, then close every connection; gRPC is told so before (GOAWAY)."""
        if self._relay is not None:
            await self._serving.aclose()
            await self._relay.ended(self._grace)
            self._relay = None
