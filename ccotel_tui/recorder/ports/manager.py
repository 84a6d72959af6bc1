"""All the public ports: opened, tried for, given up for a while, and what is said of them."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ccotel_tui.errors import PortTaken
from ccotel_tui.recorder.lock import Lock
from ccotel_tui.recorder.maintenance import record_heartbeat
from ccotel_tui.recorder.ports.address import listen
from ccotel_tui.recorder.ports.descriptors import are_lacking
from ccotel_tui.recorder.ports.lease import released
from ccotel_tui.recorder.ports.listener import OtlpListener
from ccotel_tui.recorder.ports.owner import PortOwner, occupant
from ccotel_tui.recorder.ports.watch import watched
from ccotel_tui.recorder.writer import Writer

TRY_EVERY = 2.0
"""Seconds between two tries to have a port that another program has."""

_FREE_WITHIN, _PAUSE = 1.0, 0.001
"""Seconds. What forwards a port to a container has it a little longer than the server lives."""

_LOOK_EVERY = 0.02
"""Seconds between two looks whether the ports are still on loan."""

_HANDED_OVER = "the ports are being handed over"


class PortManager:
    """The doors of one recorder, OTLP/gRPC first; the lock's state says which are open."""

    def __init__(
        self,
        doors: Sequence[OtlpListener],
        database: Path,
        lock: Lock,
        writer: Writer,
        say: Callable[[str], None],
    ) -> None:
        self._doors = doors
        self._database = database
        self._lock = lock
        self._writer = writer
        self._say = say

    @property
    def listening(self) -> list[str]:
        """What is listened on."""
        return [door.bound for door in self._doors if door.bound]

    async def open(self, sockets: Iterable[socket.socket | None]) -> None:
        """Open the doors whose sockets were had."""
        before = self.listening
        for door, listening in zip(self._doors, sockets, strict=True):
            if listening is not None:
                await door.open(listening)
        if self.listening != before:
            await record_heartbeat(self._writer, begins=not before)

    async def occupants(self) -> list[PortOwner]:
        """Who has the ports that are not ours."""
        return list(await asyncio.gather(*(occupant(door.address) for door in self._closed())))

    def tell(self, problem: str) -> None:
        """Say what is recorded, and what is wrong; nothing where that was said already."""
        listening = self.listening
        if (listening, problem) == (self._lock.state.listening, self._lock.state.problem):
            return
        recording = f"recording: {', '.join(listening)}, into {self._database}"
        self._lock.tell(listening=listening, problem=problem)
        self._say(f"{recording if listening else 'not recording:'} {problem}".strip())

    async def keep(self, news: asyncio.Event) -> None:
        """Take the ports that are missing when they are free; give all up while they are on loan.

        `news` is set by whoever takes the loan.
        """
        while True:
            try:
                await self._keep(news)
            except (OSError, PortTaken) as error:
                if not are_lacking(error):
                    raise
                await asyncio.sleep(TRY_EVERY)

    def close(self) -> None:
        """Give the ports up; connections that are open are served on."""
        for door in self._doors:
            door.close()

    async def _keep(self, news: asyncio.Event) -> None:
        if released(self._database):
            await self._hand_over()
        elif closed := self._closed():
            async with watched(closed[0].address, news):
                while self._closed() == closed and not released(self._database):
                    await self._try(news)
        else:
            await news.wait()
            news.clear()

    def _closed(self) -> list[OtlpListener]:
        return [door for door in self._doors if not door.bound]

    async def _try(self, news: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), TRY_EVERY)
        until = clock() + (_FREE_WITHIN if news.is_set() else 0)
        news.clear()
        before = self.listening
        while self._closed() and not released(self._database):
            await self.open(None if door.bound else listen(door.address) for door in self._doors)
            if clock() >= until:
                break
            await asyncio.sleep(_PAUSE)
        if self.listening != before or any(door.has_clients for door in self._closed()):
            await self._see_occupants()

    async def _hand_over(self) -> None:
        if self.listening:
            await record_heartbeat(self._writer)
        self.close()
        self.tell(_HANDED_OVER)
        while released(self._database):
            await asyncio.sleep(_LOOK_EVERY)
        await self.open(listen(door.address) for door in self._doors)
        await self._see_occupants()

    async def _see_occupants(self) -> None:
        found = await self.occupants()
        self.tell(sentences(found))
        for door, who in zip(self._closed(), found, strict=True):
            if who.kind != "stranger":
                door.send_away()


def sentences(found: Iterable[PortOwner]) -> str:
    """Who has which port."""
    return " ".join(map(str, found))
