"""The recorder: one process that holds the lock beside the database and receives."""

import asyncio
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from ccotel_tui.errors import PortTaken
from ccotel_tui.record.grpc_server import grpc_server
from ccotel_tui.record.housekeeping import housekeeping
from ccotel_tui.record.http_server import http_server
from ccotel_tui.record.lock import Lock
from ccotel_tui.record.occupant import taken
from ccotel_tui.record.ports import Address, listen, named
from ccotel_tui.record.receiver import Receiver
from ccotel_tui.record.relay import Relay
from ccotel_tui.record.writer import Writer
from ccotel_tui.store.database import Database

TRY_EVERY = 2.0
"""Seconds between two tries to have a port that another program has."""

_GRACE = 2.0
"""Seconds that a request which has begun may take to end when the recorder stops."""

Sockets = Mapping[Address, socket.socket | None]
"""The public ports; None for one that is taken."""


@dataclass(frozen=True)
class Recorder:
    """What is recorded where; `wait` goes on without any port until one is free."""

    database: Path
    lock: Lock
    say: Callable[[str], None]
    wait: bool = False
    allow_remote: bool = False

    def run(self, sockets: Sockets) -> None:
        """Receive until SIGINT, SIGTERM or SIGHUP.

        Raises PortTaken (where no port can be had) and BadDatabase.
        """
        asyncio.run(self._run(sockets))

    async def _run(self, sockets: Sockets) -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        async with AsyncExitStack() as stack:
            writer = Writer(Database(self.database))
            stack.callback(writer.close)
            receiver = Receiver(writer, self._count_spans)
            relays: list[Relay] = []
            stack.push_async_callback(_ended, relays)
            for server in (
                grpc_server(receiver, _GRACE),
                http_server(receiver, _GRACE, self.allow_remote),
            ):
                relays.append(Relay(await stack.enter_async_context(server)))
            for relay, (address, listening) in zip(relays, sockets.items(), strict=True):
                if listening is not None:
                    await self._open(relay, address, listening)
            tries = await self._begin(relays, sockets)
            await stack.enter_async_context(housekeeping(writer, self._listens))
            await stopped.wait()
            for trying in tries:
                trying.cancel()
            # The next recorder binds now; what this one has taken it still answers and keeps.
            for relay in relays:
                relay.close()
            self.lock.release()

    async def _begin(self, relays: Sequence[Relay], sockets: Sockets) -> list["asyncio.Task[None]"]:
        """Say what is recorded, or who has the ports; try on for those that are missing."""
        missing = [(r, a) for r, (a, s) in zip(relays, sockets.items(), strict=True) if s is None]
        problems = " ".join([await taken(address) for _, address in missing])
        if self.lock.state.listening:
            self.say(f"{self._recording()} {problems}".strip())
        elif self.wait:
            self.say(f"not recording: {problems}")
        else:
            raise PortTaken(problems)
        return [asyncio.create_task(self._try(relay, address)) for relay, address in missing]

    async def _try(self, relay: Relay, address: Address) -> None:
        while (listening := listen(address)) is None:
            await asyncio.sleep(TRY_EVERY)
        await self._open(relay, address, listening)
        self.say(self._recording())

    async def _open(self, relay: Relay, address: Address, listening: socket.socket) -> None:
        await relay.open(listening)
        bound = f"{address.form} {named(*listening.getsockname()[:2])}"
        self.lock.tell(listening=[*self.lock.state.listening, bound])

    def _listens(self) -> bool:
        return bool(self.lock.state.listening)

    def _recording(self) -> str:
        return f"recording: {', '.join(self.lock.state.listening)}, into {self.database}"

    def _count_spans(self, number: int) -> None:
        self.lock.tell(spans=self.lock.state.spans + number)


async def _ended(relays: Sequence[Relay]) -> None:
    for relay in relays:
        await relay.ended(_GRACE)
