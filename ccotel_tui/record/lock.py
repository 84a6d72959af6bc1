"""The lock beside the database: one recorder at a time, and what it says of itself.

Nothing big is imported here: a recorder that waits for its turn stays small.
"""

import dataclasses
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ccotel_tui.errors import AlreadyRecording
from ccotel_tui.record.refusals import Refusal

_LARGEST_STATE = 64 * 1024
"""Bytes."""

_READS = 5
"""A state that is being written while it is read is read anew, so often at most."""


@dataclass(frozen=True)
class State:
    """What the process that holds the lock is doing; `since` is Unix time in seconds.

    `problem` says why it does not listen on all of its ports; `refused` has what was not taken
    since it began, by reason.
    """

    pid: int = 0
    since: float = 0.0
    listening: Sequence[str] = ()
    problem: str = ""
    spans: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    last_refusal: Refusal | None = None


class Lock:
    """The lock that this process holds; the file's first line is its state."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._held = True
        self.state = State(os.getpid(), time.time())
        self.tell()

    def tell(self, **changes: object) -> None:
        """Change the state that others read, as long as the lock is held."""
        self.state = dataclasses.replace(self.state, **changes)  # type: ignore[arg-type]
        if self._held:
            line = json.dumps(dataclasses.asdict(self.state)) + "\n"
            os.pwrite(self._descriptor, line.encode(), 0)

    def tell_refused(self, refused: Mapping[str, int], newest: Refusal) -> None:
        """Change what was refused."""
        self.tell(refused=refused, last_refusal=newest)

    def release(self) -> None:
        """Let the next recorder begin."""
        self._held = False
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)


@contextmanager
def hold(database: Path, say: Callable[[str], None], wait: bool = False) -> Iterator[Lock]:
    """Be the only recorder of this database; with `wait` as soon as no other is.

    Raises AlreadyRecording. The lock goes with the process, however it ends.
    """
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(_file(database), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = _state(descriptor).pid or "unknown"
            if not wait:
                raise AlreadyRecording(
                    f"Another recorder (process {pid}) writes to {database}."
                ) from error
            say(f"waiting: process {pid} records into {database}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Lock(descriptor)
    finally:
        os.close(descriptor)


def holder(database: Path) -> State | None:
    """What the recorder of this database says of itself; None where nobody records."""
    with locked(_file(database)) as descriptor:
        return None if descriptor is None else _state(descriptor)


@contextmanager
def locked(file: Path) -> Iterator[int | None]:
    """The file, open, where another process holds its lock; else None."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        yield descriptor
    else:
        # Let go at once: who wants the lock meanwhile shall not find it taken.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        yield None
    finally:
        os.close(descriptor)


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _state(descriptor: int) -> State:
    for _ in range(_READS):
        line = os.pread(descriptor, _LARGEST_STATE, 0).split(b"\n")[0]
        with suppress(ValueError, TypeError):  # it has the lock and has not said anything yet
            return _parsed(json.loads(line))
    return State()


def _parsed(said: dict[str, object]) -> State:
    """The state of a recorder of this version or of a later one, which may say more."""
    here = {one.name for one in dataclasses.fields(State)}
    state = State(**{name: value for name, value in said.items() if name in here})  # type: ignore[arg-type]
    newest = said.get("last_refusal")
    return dataclasses.replace(state, last_refusal=Refusal(**newest) if newest else None)  # type: ignore[arg-type]
