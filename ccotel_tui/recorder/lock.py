"""The lock beside the database: one recorder at a time, and its state for others to read.

The file's time of change is the recorder's heartbeat. It is set to the monotonic clock, which all
processes of a machine share: neither a sleep nor a clock that is set makes it look late.

Nothing big is imported here: a recorder that waits for its turn stays small.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from ccotel_tui.local.locks import lock_file, try_lock, unlock, wait_for_lock
from ccotel_tui.recorder.lock_file import document_in, lock_file_of, read_document
from ccotel_tui.recorder.refusals import Refusal
from ccotel_tui.recorder.state import RecorderState, state_line, state_of
from ccotel_tui.sentences import Sentence

if TYPE_CHECKING:
    from pathlib import Path

    from ccotel_tui.recorder.child.events import RecorderEvent

BEAT_INTERVAL = 1.0
"""Seconds between two heartbeats in the lock's file."""


class Lock:
    """The lock of the recorder, held by this process; the file's first line is its state.

    `former_place` is the file that the recorder before this one had open, where that is known.
    """

    def __init__(self, file: str, descriptor: int) -> None:
        self._file = file
        self._descriptor = descriptor
        self._held = True
        # Here, as the errors and the events below: who reads a state needs none of them.
        from threading import Lock as ThreadLock

        self._updating = ThreadLock()
        self.former_place = state_in(document_in(descriptor)).place
        self.state = RecorderState(os.getpid(), time.time())
        self.update_state()

    def update_state(self, **changes: Any) -> None:
        """Change the state that others read, as long as the lock is held; any thread may."""
        with self._updating:
            self.state = self.state._replace(**changes)
            if self._held:
                # A full disk shows as a missing heartbeat.
                with suppress(OSError):
                    os.pwrite(self._descriptor, f"{state_line(self.state)}\n".encode(), 0)
                    self._beat()

    def beat(self) -> None:
        """Show that this process is alive; take the lock anew where its file was deleted.

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
                from ccotel_tui.errors import AlreadyRecording

                form = "{path} was replaced, and another recorder holds it: this one ends."
                raise AlreadyRecording(Sentence("lock_replaced", form, path=str(self._file)))
            # The old lock ends with the descriptor that it was on.
            os.dup2(descriptor, self._descriptor, inheritable=False)
            self.update_state()

    def update_refusals(self, refused: Mapping[str, int], newest: Refusal) -> None:
        """Change the counts of refusals and the newest of them."""
        self.update_state(refused=refused, last_refusal=newest)

    def release(self) -> None:
        """Let the next recorder begin."""
        self._held = False
        unlock(self._descriptor)


@contextmanager
def acquire(
    database: "Path", report: "Callable[[RecorderEvent], None]", wait: bool = False
) -> Iterator[Lock]:
    """Become the only recorder of this database; with `wait` as soon as no other is.

    Raises AlreadyRecording and BadDatabase. The lock goes with the process, however it ends.
    """
    file = lock_file_of(database)
    while True:
        with _opened(file) as descriptor:
            _take(descriptor, database, report, wait)
            if _is_at(file, descriptor):
                yield Lock(file, descriptor)
                return


@contextmanager
def _opened(file: str) -> Iterator[int]:
    """A descriptor of the lock's file, made where there is none. Raises BadDatabase."""
    with ExitStack() as stack:
        try:
            descriptor = stack.enter_context(lock_file(file))
        except OSError as error:
            from pathlib import Path

            from ccotel_tui.store.file.faults import fault

            raise fault(Path(file), error) from error
        yield descriptor


def _take(
    descriptor: int, database: "Path", report: "Callable[[RecorderEvent], None]", wait: bool
) -> None:
    if try_lock(descriptor):
        return
    from ccotel_tui.recorder.child.events import WaitingForRecorder

    pid = state_in(document_in(descriptor)).pid
    if not wait:
        from ccotel_tui.errors import AlreadyRecording

        raise AlreadyRecording(
            f"Another recorder (process {pid or 'unknown'}) writes to {database}; "
            "`ccotel-tui record --wait` takes over when it ends."
        )
    report(WaitingForRecorder(pid))
    wait_for_lock(descriptor)


def _is_at(file: str, descriptor: int) -> bool:
    """Return whether the descriptor's file is still the one at the path."""
    try:
        return os.path.samestat(os.stat(file), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def read_state(database: str | os.PathLike[str]) -> RecorderState | None:
    """Return the state of the recorder of this database; None where there is none.

    Raises BadDatabase where that cannot be told.
    """
    document = read_document(database)
    return None if document is None else state_in(document)


def state_in(document: Mapping[str, Any]) -> RecorderState:
    """Return the state that a recorder has written, one of nothing where it is none."""
    with suppress(ValueError, LookupError, TypeError):
        return state_of(document)
    return RecorderState()
