"""A lease on the recorder's ports, for a collector that starts.

The lease is a lock beside the database, so it ends with its holder, however that ends, and binds a
recorder that starts in the middle of it too. Neither gRPC nor aiohttp is imported here.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ccotel_tui.errors import PortTaken
from ccotel_tui.local.locks import lock_file, opened_if_locked, wait_for_lock
from ccotel_tui.recorder.child.events import RecorderEvent, WaitingForPorts
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.sentences import port_names

LEASE_SIGNAL = signal.SIGUSR1
"""The signal to a recorder that listens when a process has acquired the lease."""

RELEASE_TIMEOUT = 5.0
"""Seconds."""

_POLL_INTERVAL = 0.01


@contextmanager
def ports_on_lease(database: Path) -> Iterator[None]:
    """In the block no recorder of this database has a port; open connections are served on.

    After it the recorder takes back the ports that are free. Where somebody else answers OTLP by
    then, it drains its clients. Beginning takes milliseconds, and blocks. Raises PortTaken
    where the recorder does not give the ports up.
    """
    with lock_file(_file(database)) as descriptor:
        wait_for_lock(descriptor)
        _wait_for_release(database)
        yield


class PortLease:
    """The lease as the steps of a collector's start."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lease = ExitStack()

    def release(self) -> None:
        """Acquire the lease: the recorder releases the ports. Raises PortTaken."""
        self._lease.enter_context(ports_on_lease(self._database))

    def take_back(self) -> None:
        """End the lease: the recorder takes the ports that are free."""
        self._lease.close()

    def done(self) -> None:
        """End the lease: a collector answers on the ports, and the recorder drains its clients."""
        self._lease.close()


def _wait_for_release(database: Path) -> None:
    deadline = time.monotonic() + RELEASE_TIMEOUT
    signalled = 0
    while (recorder := read_state(database)) is not None and recorder.listening:
        if time.monotonic() > deadline:
            raise PortTaken(
                f"The recorder (process {recorder.pid}) does not give up "
                f"{port_names(recorder.listening)}: end it, then try again."
            )
        if recorder.pid != signalled:
            os.kill(signalled := recorder.pid, LEASE_SIGNAL)
        time.sleep(_POLL_INTERVAL)


def are_ports_leased(database: Path) -> bool:
    """Return whether the ports are on lease now."""
    with opened_if_locked(_file(database)) as descriptor:
        return descriptor is not None


def wait_while_leased(database: Path, report: Callable[[RecorderEvent], None]) -> None:
    """Return when the ports may be had."""
    if are_ports_leased(database):
        report(WaitingForPorts())
        while are_ports_leased(database):
            time.sleep(_POLL_INTERVAL)


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".ports")
