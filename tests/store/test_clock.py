"""Nothing is deleted on the word of one clock."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from tests.store.reading import count
from tests.tools.otlp import SECOND, T0, request

HOUR = 3600 * SECOND
DAY = 24 * HOUR


class Machine:
    """A machine whose wall clock may be moved; its monotonic clock only runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.now_ns = T0
        self.running_ns = 0
        self.database = self.start()

    def start(self) -> Database:
        """A recorder that begins."""
        self.database = Database(self._path, monotonic_ns=lambda: self.running_ns)
        return self.database

    def restart(self) -> None:
        self.database.close()
        self.start()

    def run(self, hours: float) -> None:
        """Record for so long, with a heartbeat each hour."""
        for _ in range(int(hours)):
            self.now_ns += HOUR
            self.running_ns += HOUR
            self.database.beat(self.now_ns)

    def clean(self) -> None:
        while self.database.retain(self.now_ns):
            pass


@pytest.fixture
def machine(path: Path) -> Iterator[Machine]:
    machine = Machine(path)
    machine.database.append([request(1.0)])
    machine.run(2)
    yield machine
    machine.database.close()


@pytest.mark.parametrize("days", [420, -420, 4000])
def test_a_start_with_a_wrong_clock_deletes_nothing(
    machine: Machine, path: Path, days: int
) -> None:
    with closing(machine.database):
        pass
    machine.now_ns += days * DAY
    machine.start()
    machine.clean()
    assert count(path, "events") == 1
    clock = machine.database.clock
    assert clock is not None
    assert (clock.moved_ns, clock.wait_ns) == (days * DAY, DAY)


def test_a_clock_that_moves_while_recording_deletes_nothing(machine: Machine, path: Path) -> None:
    machine.now_ns += 420 * DAY
    machine.clean()
    assert count(path, "events") == 1


def test_a_clock_is_believed_after_recorders_have_run_for_a_day(
    machine: Machine, path: Path
) -> None:
    machine.now_ns += 420 * DAY
    machine.restart()
    for hours in (9, 8, 6):
        machine.run(hours)
        machine.clean()
        assert count(path, "events") == 1
        machine.restart()
        machine.now_ns += 14 * HOUR
        machine.clean()
    machine.run(2)
    machine.clean()
    assert count(path, "events") == 0


def test_time_in_which_nobody_recorded_is_not_counted(machine: Machine) -> None:
    machine.now_ns += 420 * DAY
    machine.restart()
    machine.run(3)
    machine.restart()
    machine.now_ns += 20 * HOUR
    machine.running_ns += 20 * HOUR
    assert machine.database.beat(machine.now_ns).wait_ns == 22 * HOUR


def test_a_clock_that_is_set_right_again_is_waited_for_anew(machine: Machine) -> None:
    machine.now_ns += 420 * DAY
    machine.run(10)
    machine.now_ns -= 420 * DAY
    clock = machine.database.beat(machine.now_ns)
    assert (clock.moved_ns, clock.wait_ns) == (-420 * DAY, DAY)


def test_summer_time_and_a_night_are_no_move(machine: Machine) -> None:
    machine.now_ns += HOUR
    machine.restart()
    machine.now_ns += 20 * HOUR
    assert machine.database.beat(machine.now_ns).wait_ns == 0


def test_the_records_times_say_nothing_of_the_clock(machine: Machine, path: Path) -> None:
    machine.database.append([request(2.0, at=T0 + 500 * DAY, sequence=1)])
    machine.clean()
    assert count(path, "events") == 2
    machine.now_ns += 420 * DAY
    machine.restart()
    machine.clean()
    assert count(path, "events") == 2
