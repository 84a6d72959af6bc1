"""One at a time: two starts at once would make, and remove, each other's containers."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from ccotel_tui.errors import Cancelled

_LOOK_EVERY = 0.1


@contextmanager
def only_one(path: Path, waiting: Callable[[str], None], cancelled: Event) -> Iterator[None]:
    """Be the only one that changes this stack; waits for its turn, and says once for whom.

    Raises Cancelled. The lock goes with the process, however it ends.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        said = False
        while not _taken(descriptor):
            if not said:
                said = True
                waiting(os.pread(descriptor, 32, 0).decode(errors="replace").strip())
            if cancelled.wait(_LOOK_EVERY):
                raise Cancelled("Stopped before anything was done.")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
