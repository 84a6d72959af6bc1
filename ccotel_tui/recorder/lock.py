"""The lock beside the database: one recorder at a time, and what it says of itself.

The file's time of change is the recorder's heartbeat. It is set to the monotonic clock, which all
processes of a machine share: neither a sleep nor a clock that is set makes it look late.

Nothing big is imported here: a recorder that waits for its turn stays small.
"""

import dataclasses
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ccotel_tui.errors import AlreadyRecording
from ccotel_tui.locks import (
    lock_file,
    opened_if_locked,
    try_lock,
    unlock,
    wait_for_lock,
)
from ccotel_tui.recorder.refusals import Refusal
from ccotel_tui.store.file.place import FilePlace

BEAT_EVERY = 1.0
"""Seconds between two heartbeats."""

SILENT_AFTER = 10.0
"""Seconds without a heartbeat after which a recorder does not record: it was stopped, or hangs."""

_LARGEST_STATE = 64 * 1024
"""Bytes."""

_READS = 5
"""A state that is being written while it is read is read anew, so often at most."""


@dataclass(frozen=True)
class Fault:
    """Why nothing can be kept now: a word of `ccotel_tui.store.file.faults`, and a sentence."""

    reason: str
    sentence: str


@dataclass(frozen=True)
class Moved:
    """By how many seconds the clock moved, and how many it is not believed for yet."""

    by: float
    wait: float


@dataclass(frozen=True)
class RecorderState:
    """What the process that holds the lock is doing; `since` is Unix time in seconds.

    `problem` says why it does not listen on all of its ports; `refused` has what was not taken
    since it began, by reason, `deleted` what it deleted for want of room, and `place` which file
    it has open.
    """

    pid: int = 0
    since: float = 0.0
    listening: Sequence[str] = ()
    problem: str = ""
    spans: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    last_refusal: Refusal | None = None
    fault: Fault | None = None
    moved: Moved | None = None
    deleted: Mapping[str, int] = field(default_factory=dict)
    place: FilePlace | None = None
    silent: float = field(default=0.0, compare=False)
    """Seconds since the last heartbeat, where that is too long ago."""

    @property
    def records(self) -> bool:
        """Whether what comes in is kept."""
        return bool(self.listening) and not self.silent and self.fault is None


class Lock:
    """The lock that this process holds; the file's first line is its state.

    `left` is the file that the recorder before this one had open, where that is known.
    """

    def __init__(self, file: Path, descriptor: int) -> None:
        self._file = file
        self._descriptor = descriptor
        self._held = True
        self._telling = threading.Lock()
        self.left = _state(descriptor).place
        self.state = RecorderState(os.getpid(), time.time())
        self.tell()

    def tell(self, **changes: object) -> None:
        """Change the state that others read, as long as the lock is held; any thread may."""
        with self._telling:
            self.state = dataclasses.replace(self.state, **changes)  # type: ignore[arg-type]
            if self._held:
                line = json.dumps(dataclasses.asdict(self.state)) + "\n"
                with suppress(OSError):  # a full disk, which is told by who looks for a heartbeat
                    os.pwrite(self._descriptor, line.encode(), 0)
                    self._beat()

    def beat(self) -> None:
        """Show that this process goes on; take the lock anew where its file was deleted.

        Raises AlreadyRecording where another process has it by then.
        """
        if not self._held:
            return
        with suppress(OSError):
            if not _is_at(self._file, self._descriptor):
                self._take_anew()
            self._beat()

    def _beat(self) -> None:
        now_ns = time.monotonic_ns()
        os.utime(self._descriptor, ns=(now_ns, now_ns))

    def _take_anew(self) -> None:
        with lock_file(self._file) as descriptor:
            if not try_lock(descriptor):
                raise AlreadyRecording(
                    f"{self._file} was replaced, and another recorder holds it: this one ends."
                )
            # The old lock ends with the descriptor that it was on.
            os.dup2(descriptor, self._descriptor, inheritable=False)
            self.tell()

    def tell_refused(self, refused: Mapping[str, int], newest: Refusal) -> None:
        """Change what was refused."""
        self.tell(refused=refused, last_refusal=newest)

    def release(self) -> None:
        """Let the next recorder begin."""
        self._held = False
        unlock(self._descriptor)


@contextmanager
def acquire(database: Path, say: Callable[[str], None], wait: bool = False) -> Iterator[Lock]:
    """Be the only recorder of this database; with `wait` as soon as no other is.

    Raises AlreadyRecording. The lock goes with the process, however it ends.
    """
    file = _file(database)
    while True:
        with lock_file(file) as descriptor:
            _take(descriptor, database, say, wait)
            if _is_at(file, descriptor):
                yield Lock(file, descriptor)
                return


def _take(descriptor: int, database: Path, say: Callable[[str], None], wait: bool) -> None:
    if try_lock(descriptor):
        return
    pid = _state(descriptor).pid or "unknown"
    if not wait:
        raise AlreadyRecording(f"Another recorder (process {pid}) writes to {database}.")
    say(f"waiting: process {pid} records into {database}")
    wait_for_lock(descriptor)


def _is_at(file: Path, descriptor: int) -> bool:
    """Whether the descriptor's file is the one at the path still."""
    try:
        return os.path.samestat(os.stat(file), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def read_state(database: Path) -> RecorderState | None:
    """What the recorder of this database says of itself; None where nobody records."""
    with opened_if_locked(_file(database)) as descriptor:
        return None if descriptor is None else _state(descriptor)


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _state(descriptor: int) -> RecorderState:
    for _ in range(_READS):
        line = os.pread(descriptor, _LARGEST_STATE, 0).split(b"\n")[0]
        with suppress(ValueError, TypeError):  # it has the lock and has not said anything yet
            return dataclasses.replace(_parsed(json.loads(line)), silent=_silence(descriptor))
    return RecorderState()


def _silence(descriptor: int) -> float:
    """Seconds since the last heartbeat; 0 where that is not too long ago."""
    silence = time.monotonic() - os.fstat(descriptor).st_mtime
    return silence if silence > SILENT_AFTER else 0.0


def _parsed(said: dict[str, object]) -> RecorderState:
    """The state of a recorder of this version or of a later one, which may say more."""
    here = {one.name for one in dataclasses.fields(RecorderState)}
    state = RecorderState(**{name: value for name, value in said.items() if name in here})  # type: ignore[arg-type]
    parts = {"last_refusal": Refusal, "fault": Fault, "moved": Moved}
    return dataclasses.replace(
        state,
        place=_place(state.place),
        **{name: part(**said[name]) for name, part in parts.items() if said.get(name)},  # type: ignore[arg-type]
    )


def _place(files: Iterable[Sequence[int] | None] | None) -> FilePlace | None:
    return FilePlace(*((file[0], file[1]) if file else None for file in files)) if files else None
