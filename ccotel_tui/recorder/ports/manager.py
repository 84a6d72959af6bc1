"""The public ports of a recorder: bound, retried, lent and reported."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ccotel_tui.errors import PortTaken
from ccotel_tui.recorder.child.events import PortsChanged, RecorderEvent
from ccotel_tui.recorder.lock import Lock
from ccotel_tui.recorder.maintenance import record_listening
from ccotel_tui.recorder.ports.address import ReceiverAddress, listen
from ccotel_tui.recorder.ports.descriptors import are_lacking
from ccotel_tui.recorder.ports.lease import are_ports_leased
from ccotel_tui.recorder.ports.listener import OtlpListener
from ccotel_tui.recorder.ports.owner import owner_of
from ccotel_tui.recorder.ports.watch import watch_port
from ccotel_tui.recorder.state import PortState
from ccotel_tui.recorder.writer import Writer

RETRY_INTERVAL = 2.0
"""Seconds between two tries to have a port that another program has."""

_FREE_TIMEOUT, _PAUSE = 1.0, 0.001
"""Seconds. What forwards a port to a container has it a little longer than the server lives."""

_POLL_INTERVAL = 0.02
"""Seconds between two looks whether the ports are still on lease."""


class PortManager:
    """Binds, retries, lends and reports the ports of one recorder, OTLP/gRPC first.

    `report` gets what the lock's state says of them, whenever that changes.
    """

    def __init__(
        self,
        listeners: Sequence[OtlpListener],
        database: Path,
        lock: Lock,
        writer: Writer,
        report: Callable[[RecorderEvent], None],
    ) -> None:
        self._listeners = listeners
        self._database = database
        self._lock = lock
        self._writer = writer
        self._report = report

    @property
    def listening(self) -> list[ReceiverAddress]:
        """The addresses that are bound."""
        return [listener.address for listener in self._listeners if listener.bound]

    async def open(self, sockets: Iterable[socket.socket | None]) -> None:
        """Listen on the sockets that could be bound."""
        before = self.listening
        for listener, socket_ in zip(self._listeners, sockets, strict=True):
            if socket_ is not None:
                await listener.open(socket_)
        if self.listening != before:
            await record_listening(self._writer, begins=not before)

    async def ports(self) -> tuple[PortState, ...]:
        """Return the ports, with the owners of those that are not bound."""
        return tuple(await asyncio.gather(*map(_port_state, self._listeners)))

    def report_ports(self, ports: Sequence[PortState], handed_over: bool = False) -> None:
        """Report the ports, unless the newest report has said the same."""
        state = self._lock.state
        if (ports, handed_over) != (state.ports, state.handed_over):
            self._lock.update_state(ports=ports, handed_over=handed_over)
            self._report(PortsChanged(ports, handed_over))

    async def keep(self, news: asyncio.Event) -> None:
        """Bind the missing ports when they are free; give all up while they are on lease.

        `news` is set by whoever takes the lease.
        """
        while True:
            try:
                await self._keep(news)
            except (OSError, PortTaken) as error:
                if not are_lacking(error):
                    raise
                await asyncio.sleep(RETRY_INTERVAL)

    def close(self) -> None:
        """Give the ports up; connections that are open are served on."""
        for listener in self._listeners:
            listener.close()

    async def _keep(self, news: asyncio.Event) -> None:
        if are_ports_leased(self._database):
            await self._hand_over()
        elif unbound := self._unbound():
            async with watch_port(unbound[0].address, news):
                while self._unbound() == unbound and not are_ports_leased(self._database):
                    await self._try(news)
        else:
            await news.wait()
            news.clear()

    def _unbound(self) -> list[OtlpListener]:
        return [listener for listener in self._listeners if not listener.bound]

    async def _try(self, news: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), RETRY_INTERVAL)
        until = clock() + (_FREE_TIMEOUT if news.is_set() else 0)
        news.clear()
        before = self.listening
        while self._unbound() and not are_ports_leased(self._database):
            await self.open(
                None if each.bound else listen(each.address) for each in self._listeners
            )
            if clock() >= until:
                break
            await asyncio.sleep(_PAUSE)
        if self.listening != before or any(listener.has_clients for listener in self._unbound()):
            await self._report_owners()

    async def _hand_over(self) -> None:
        if self.listening:
            await record_listening(self._writer)
        self.close()
        self.report_ports(tuple(each.state() for each in self._listeners), handed_over=True)
        while are_ports_leased(self._database):
            await asyncio.sleep(_POLL_INTERVAL)
        await self.open(listen(listener.address) for listener in self._listeners)
        await self._report_owners()

    async def _report_owners(self) -> None:
        ports = await self.ports()
        self.report_ports(ports)
        for listener, port in zip(self._listeners, ports, strict=True):
            if port.owner and port.owner.kind != "unknown":
                listener.drain()


async def _port_state(listener: OtlpListener) -> PortState:
    return listener.state(None if listener.bound else await owner_of(listener.address))
