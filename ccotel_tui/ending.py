"""What a signal does as long as nothing else handles it: the process ends, and says nothing.

This comes before all other imports and imports little: a signal may come at any moment.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_undos: list[Callable[[], object]] = []


def end_at_signals() -> None:
    """From here on end with exit status 128 + n at a signal n that asks for an end.

    What is ignored stays so, as under nohup.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """In the block such a signal has `undo` called before the end; it must not raise."""
    _undos.append(undo)
    try:
        yield
    finally:
        _undos.remove(undo)


def _end(number: int, frame: FrameType | None) -> None:
    for undo in _undos:
        undo()
    os._exit(128 + number)
