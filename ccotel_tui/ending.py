"""The default for signals that ask for an end: the process ends without a message.

This comes before all other imports and imports little: a signal may come at any moment.
"""

import _signal as signal  # without `signal`, which makes enums of its names
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_undos: list[Callable[[], object]] = []


def end_at_signals() -> None:
    """End with exit status 128 + n at a signal n that asks for an end, from here on.

    An ignored signal stays ignored, as under nohup.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """Have such a signal call `undo` before the end while the block runs; it must not raise."""
    _undos.append(undo)
    try:
        yield
    finally:
        _undos.remove(undo)


def _end(number: int, frame: FrameType | None) -> None:
    for undo in _undos:
        undo()
    os._exit(128 + number)
