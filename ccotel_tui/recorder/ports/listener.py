"""A TCP listener on a public port, and the servers behind it."""

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from ccotel_tui.recorder.ports.address import ReceiverAddress
from ccotel_tui.recorder.ports.connections import Connections
from ccotel_tui.recorder.ports.relay import Relay
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.recorder.state import OtlpProtocol, PortOwner, PortState

IDLE_CLIENT_TIMEOUT = 12.0
"""Seconds. The client exports its counters each 10 s; a longer silence is that of an idle one."""

Server = Callable[[asyncio.Event], AbstractAsyncContextManager[int]]
"""A server on the port that is given; after the event its answers end their connections."""

PrivateServers = Mapping[OtlpProtocol, Server]


class OtlpListener:
    """A public port, `bound` or not, and the servers of both protocols behind it.

    The servers are started when it is first opened; `grace` is in seconds.
    """

    def __init__(
        self,
        address: ReceiverAddress,
        servers: PrivateServers,
        refusals: Refusals,
        limit: Connections,
        grace: float,
    ) -> None:
        self.address = address
        self.bound = False
        self._servers = servers
        self._refusals = refusals
        self._limit = limit
        self._grace = grace
        self._serving: _Serving | None = None
        self._draining: dict[_Serving, asyncio.Task[None]] = {}

    @property
    def has_clients(self) -> bool:
        """True while connections are open that were not drained."""
        return self._serving is not None and self._serving.relay.has_connections

    def state(self, owner: PortOwner | None = None) -> PortState:
        """Return the port as it is reported; `owner` has it where it is not bound."""
        return PortState(
            self.address.protocol, self.address.host, self.address.port, self.bound, owner
        )

    async def open(self, listening: socket.socket) -> None:
        """Serve the clients of the socket; a port that was any free one is this one from now on."""
        if self._serving is None:
            self._serving = await _Serving.begin(
                self._servers, self._refusals, self._limit, self._grace
            )
        await self._serving.relay.open(listening)
        host, port = listening.getsockname()[:2]
        self.address = self.address._replace(host=host, port=port)
        self.bound = True

    def close(self) -> None:
        """Give the port up; connections that are open are served on."""
        self.bound = False
        if self._serving is not None:
            self._serving.relay.close()

    def drain(self) -> None:
        """Have the clients of a closed port connect anew, without losing what is on its way."""
        if self._serving is not None:
            serving, self._serving = self._serving, None
            self._draining[serving] = asyncio.create_task(self._wait_for(serving))

    async def end(self) -> None:
        """Answer what has begun, and end all servers."""
        for task in self._draining.values():
            task.cancel()
        servings = [*self._draining, *([self._serving] if self._serving else [])]
        await asyncio.gather(*(serving.end() for serving in servings))

    async def _wait_for(self, serving: "_Serving") -> None:
        serving.drain()
        await serving.relay.ended(IDLE_CLIENT_TIMEOUT)
        await serving.end()
        del self._draining[serving]


class _Serving:
    """Servers and the relay in front of them."""

    def __init__(
        self, relay: Relay, draining: asyncio.Event, running: Iterable[AsyncExitStack], grace: float
    ) -> None:
        self.relay = relay
        self._draining = draining
        self._running = running
        self._grace = grace

    @classmethod
    async def begin(
        cls, servers: PrivateServers, refusals: Refusals, limit: Connections, grace: float
    ) -> "_Serving":
        draining = asyncio.Event()
        running = {protocol: AsyncExitStack() for protocol in servers}
        ports = {
            protocol: await running[protocol].enter_async_context(server(draining))
            for protocol, server in servers.items()
        }
        return cls(Relay(ports, refusals, limit), draining, running.values(), grace)

    def drain(self) -> None:
        self._draining.set()
        self.relay.drain()

    async def end(self) -> None:
        await asyncio.gather(*(stack.aclose() for stack in self._running))
        await self.relay.end(self._grace)
