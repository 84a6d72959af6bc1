"""One at a time: two starts at once would make, and remove, each other's containers."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from ccotel_tui.errors import Cancelled, StackFileUnusable
from ccotel_tui.local.locks import open_lock_file, try_lock
from ccotel_tui.sentences import Sentence, system_words

_POLL_INTERVAL = 0.1
"""Seconds."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Raise StackFileUnusable where the system does not let a file of the stack's own be used."""
    try:
        yield
    except OSError as error:
        form = "{path} cannot be used: {error}. Let it and its folder be yours."
        words = Sentence("stack_file", form, path=path, error=system_words(error))
        raise StackFileUnusable(words) from error


@contextmanager
def only_one(path: Path, waiting: Callable[[str], None], cancelled: Event) -> Iterator[None]:
    """Be the only one that changes this stack; waits for its turn, and says once for whom.

    Raises Cancelled and StackFileUnusable. The lock goes with the process, however it ends.
    """
    with naming(path):
        descriptor = open_lock_file(path)
    try:
        announced = False
        while not try_lock(descriptor):
            if not announced:
                announced = True
                waiting(os.pread(descriptor, 32, 0).decode(errors="replace").strip())
            if cancelled.wait(_POLL_INTERVAL):
                words = Sentence("cancelled_early", "Stopped before anything was done.")
                raise Cancelled(words)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
