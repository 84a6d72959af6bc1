"""The ports handed over: whoever starts a collector has the recorder give them up meanwhile.

The loan is a lock beside the database, so it ends with its holder, however that ends, and binds a
recorder that starts in the middle of it too. Neither gRPC nor aiohttp is imported here.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ccotel_tui.errors import PortTaken
from ccotel_tui.locks import lock_file, opened_if_locked, wait_for_lock
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.sentences import port_names
from ccotel_tui.recorder.state import RecorderEvent, WaitingForPorts

LEASE_SIGNAL = signal.SIGUSR1
"""What a recorder that listens is told when somebody has taken the loan."""

GIVEN_UP_WITHIN = 5.0
"""Seconds."""

_LOOK_EVERY = 0.01


@contextmanager
def ports_released(database: Path) -> Iterator[None]:
    """In the block no recorder of this database has a port; open connections are served on.

    After it the recorder takes back the ports that are free. Where somebody else answers OTLP by
    then, it sends its clients there. Beginning takes milliseconds, and blocks. Raises PortTaken
    where the recorder does not give the ports up.
    """
    with lock_file(_file(database)) as descriptor:
        wait_for_lock(descriptor)
        _ask(database)
        yield


class Ports:
    """The loan in the three words of whoever starts a collector."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._loan = ExitStack()

    def release(self) -> None:
        """Take the loan. Raises PortTaken."""
        self._loan.enter_context(ports_released(self._database))

    def take_back(self) -> None:
        """End it: the recorder takes the ports that are free."""
        self._loan.close()

    def done(self) -> None:
        """End it: somebody else answers on the ports, and the recorder sends its clients there."""
        self._loan.close()


def _ask(database: Path) -> None:
    deadline = time.monotonic() + GIVEN_UP_WITHIN
    asked = 0
    while (recorder := read_state(database)) is not None and recorder.listening:
        if time.monotonic() > deadline:
            raise PortTaken(
                f"The recorder (process {recorder.pid}) does not give up "
                f"{port_names(recorder.listening)}: end it, then try again."
            )
        if recorder.pid != asked:
            os.kill(asked := recorder.pid, LEASE_SIGNAL)
        time.sleep(_LOOK_EVERY)


def released(database: Path) -> bool:
    """Whether the ports are on loan now."""
    with opened_if_locked(_file(database)) as descriptor:
        return descriptor is not None


def wait_while_released(database: Path, report: Callable[[RecorderEvent], None]) -> None:
    """Return when the ports may be had."""
    if released(database):
        report(WaitingForPorts())
        while released(database):
            time.sleep(_LOOK_EVERY)


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".ports")
