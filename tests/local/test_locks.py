"""Locks on files: one holder, readers that do not disturb it, and a turn that can be cancelled."""

import fcntl
import os
import stat
from pathlib import Path
from threading import Event

import pytest

from ccotel_tui.errors import Cancelled
from ccotel_tui.local.locks import lock_file, opened_if_locked, try_lock, unlock
from ccotel_tui.stack_control.lock import only_one


def test_a_lock_has_one_holder_and_ends_with_its_block(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.lock"
    with lock_file(file) as first, lock_file(file) as second:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert try_lock(first)
        assert not try_lock(second)
        unlock(first)
        assert try_lock(second)
    with lock_file(file) as third:
        assert try_lock(third)


def test_a_reader_sees_the_holder_and_takes_no_lock(tmp_path: Path) -> None:
    file = tmp_path / "a.lock"
    with opened_if_locked(file) as missing:
        assert missing is None
    with lock_file(file) as holder:
        with opened_if_locked(file) as free:
            assert free is None
            assert try_lock(holder)
        os.write(holder, b"state")
        with opened_if_locked(file) as taken:
            assert taken is not None
            assert os.read(taken, 10) == b"state"


def test_who_looks_at_that_moment_is_not_taken_for_one_who_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, real = tmp_path / "lock", fcntl.flock
    with lock_file(file) as wanted, lock_file(file) as looking:
        real(looking, fcntl.LOCK_SH)
        tries = []

        def flock(descriptor: int, operation: int) -> None:
            tries.append(operation)
            if len(tries) == 5:
                real(looking, fcntl.LOCK_UN)
            real(descriptor, operation)

        monkeypatch.setattr(fcntl, "flock", flock)
        assert try_lock(wanted)
        assert len(tries) > 5


def test_who_never_stops_looking_is_waited_for_no_longer(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with lock_file(file) as wanted, lock_file(file) as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert not try_lock(wanted)


def test_whoever_waits_for_the_stack_is_told_for_whom_and_may_cancel(tmp_path: Path) -> None:
    file, cancelled = tmp_path / "stack.lock", Event()
    holders: list[str] = []

    def waiting(holder: str) -> None:
        holders.append(holder)
        cancelled.set()

    with (
        only_one(file, waiting, cancelled),
        pytest.raises(Cancelled),
        only_one(file, waiting, cancelled),
    ):
        pass
    with only_one(file, waiting, Event()):
        pass
    assert holders == [str(os.getpid())]
