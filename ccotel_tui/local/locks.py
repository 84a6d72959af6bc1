"""Exclusive locks on files (flock). A lock ends with the process that has it, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

_LOOKS = 1000
"""Times that somebody else who only looks is met before the lock is given up."""


@contextmanager
def lock_file(file: str | os.PathLike[str]) -> Iterator[int]:
    """A descriptor of the file, which is made where there is none; its lock ends with the block."""
    descriptor = open_lock_file(file)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_lock_file(file: str | os.PathLike[str]) -> int:
    """The same for the caller to close."""
    os.makedirs(os.path.dirname(file) or ".", mode=0o700, exist_ok=True)
    return os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int) -> bool:
    """Take the file's lock where nobody has it; return whether it was taken.

    Who looks whether it is taken, as `opened_if_locked` does, has a part in it for a moment.
    """
    for _ in range(_LOOKS):
        if _taken(descriptor, fcntl.LOCK_EX):
            return True
        if not _taken(descriptor, fcntl.LOCK_SH):
            return False
        unlock(descriptor)
    return False


def _taken(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_lock(descriptor: int) -> None:
    """Take the file's lock as soon as nobody else has it."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def unlock(descriptor: int) -> None:
    """Give the file's lock up."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def opened_if_locked(file: str | os.PathLike[str]) -> Iterator[int | None]:
    """A descriptor of the file to read it, where another process has its lock; else None."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        if _taken(descriptor, fcntl.LOCK_SH):
            # Unlocked at once: a process that wants the lock meanwhile shall not find it taken.
            unlock(descriptor)
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)
