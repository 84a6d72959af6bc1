"""The recorder: one process that holds the lock beside the database and receives."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ccotel_tui.errors import PortTaken
from ccotel_tui.recorder.child.events import LogSetAside, RecorderEvent
from ccotel_tui.recorder.lock import Lock
from ccotel_tui.recorder.maintenance import beat_every_second, maintenance, record_listening
from ccotel_tui.recorder.otlp.export import Receiver
from ccotel_tui.recorder.otlp.grpc_server import grpc_server
from ccotel_tui.recorder.otlp.http_server import http_server
from ccotel_tui.recorder.ports.address import ReceiverAddress
from ccotel_tui.recorder.ports.connections import Connections
from ccotel_tui.recorder.ports.descriptors import LACKING, are_lacking, most_connections
from ccotel_tui.recorder.ports.lease import LEASE_SIGNAL
from ccotel_tui.recorder.ports.listener import OtlpListener, PrivateServers
from ccotel_tui.recorder.ports.manager import PortManager
from ccotel_tui.recorder.refusals import Refusals, one_line
from ccotel_tui.recorder.sentences import ports_problem
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.place import set_aside_log

_GRACE = 2.0
"""Seconds that a request which has begun may take to end when its server stops."""

Sockets = Mapping[ReceiverAddress, socket.socket | None]
"""The public ports, OTLP/gRPC first; None for one that is taken."""


@dataclass(frozen=True)
class Recorder:
    """A recorder of a database; with `wait` it goes on without any port until one is free."""

    database: Path
    lock: Lock
    report: Callable[[RecorderEvent], None]
    wait: bool = False
    allow_remote: bool = False

    def run(self, sockets: Sockets) -> None:
        """Receive until SIGTERM, or until SIGINT or SIGHUP where these are not ignored.

        Raises PortTaken (where no port can be had) and BadDatabase.
        """
        messages = logging.StreamHandler()
        messages.setFormatter(_OneLine())
        logging.basicConfig(handlers=[messages])
        asyncio.run(self._run(sockets))

    async def _run(self, sockets: Sockets) -> None:
        stopped, lease_taken = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, stopped.set)
        for number in (signal.SIGINT, signal.SIGHUP):
            # One that is ignored stays so, as under nohup.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, stopped.set)
        loop.add_signal_handler(LEASE_SIGNAL, lease_taken.set)
        async with AsyncExitStack() as stack:
            self._set_aside_log()
            writer = Writer(
                Database(
                    self.database, tell_place=lambda place: self.lock.update_state(place=place)
                )
            )
            stack.callback(writer.close)
            refusals = Refusals(self.lock.update_refusals)
            receiver = Receiver(writer, self._count_spans, refusals)
            servers: PrivateServers = {
                "grpc": partial(grpc_server, receiver, _GRACE),
                "http": partial(http_server, receiver, _GRACE, self.allow_remote),
            }
            limit = Connections(most_connections(), refusals)
            loop.set_exception_handler(_counting_lack(refusals))
            listeners = [
                OtlpListener(address, servers, refusals, limit, _GRACE) for address in sockets
            ]
            for listener in listeners:
                stack.push_async_callback(listener.end)
            manager = PortManager(listeners, self.database, self.lock, writer, self.report)
            await manager.open(sockets.values())
            ports = await manager.ports()
            if not (self.wait or manager.listening):
                raise PortTaken(ports_problem(ports, handed_over=False))
            manager.report_ports(ports)
            retry = await stack.enter_async_context(
                maintenance(writer, lambda: bool(manager.listening))
            )
            going = [
                asyncio.create_task(work)
                for work in (manager.keep(lease_taken), beat_every_second(self.lock, writer, retry))
            ]
            for task in going:
                task.add_done_callback(lambda _: stopped.set())
            await stopped.wait()
            for task in going:
                if task.done():
                    task.result()
                task.cancel()
            # The next recorder binds now; this one still answers and keeps what it has received.
            listened = manager.listening
            manager.close()
            refusals.flush()
            self.lock.release()
            if listened:
                await record_listening(writer)

    def _set_aside_log(self) -> None:
        """Keep the log apart of a file that was replaced while the former recorder had it open."""
        if self.lock.former_place and (log := set_aside_log(self.database, self.lock.former_place)):
            self.report(LogSetAside(str(log)))

    def _count_spans(self, number: int) -> None:
        self.lock.update_state(spans=self.lock.state.spans + number)


def _counting_lack(
    refusals: Refusals,
) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """Count once a second that nothing can be accepted: asyncio reports it 100 times a second."""
    newest = -1.0

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal newest
        if not are_lacking(context.get("exception")):
            loop.default_exception_handler(context)
        elif loop.time() - newest >= 1:
            newest = loop.time()
            refusals.count("connections", LACKING)

    return handle


class _OneLine(logging.Formatter):
    """Messages of libraries in one line without tracebacks: anybody's bytes may be their cause."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        cause = f": {type(error).__name__}: {error}" if error else ""
        return one_line(f"ccotel-tui: {record.getMessage()}{cause}")
