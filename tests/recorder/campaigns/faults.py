"""Faults one after the other while a recorder takes in: the file, the disk, the process.

Senders send again what was not acknowledged. After each fault what was acknowledged since must be
in the file at the path, and all of it in that file or in those which it took the place of.
`make test-faults` runs it.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.state import RecorderState
from ccotel_tui.store.file.connection import connect
from tests.recorder.campaigns.disk import CAN_MOUNT, Disk, small_disk
from tests.recorder.campaigns.kill import over_grpc, over_http
from tests.recorder.running import Recorder, recorder
from tests.store.file import acts
from tests.tools.otlp import T0, logs_request, request

SENDERS = 4
WITHIN = 60.0
"""Seconds in which a recorder is to have recovered."""

MEGABYTES = 48


@dataclass
class Sender:
    """Sends one event after the other; each is sent again until it is acknowledged.

    `acknowledged` has the monotonic time at which each was sent for the last time.
    """

    session: str
    acknowledged: dict[int, float] = field(default_factory=dict)
    again: int = 0

    def go_on(self, address: Callable[[], Recorder], by_grpc: bool, ended: threading.Event) -> None:
        while not ended.is_set():
            with ExitStack() as stack, suppress(grpc.RpcError, OSError, Exception):
                running = address()
                if by_grpc:
                    channel = stack.enter_context(grpc.insecure_channel(running.grpc))
                    send = over_grpc(channel)
                else:
                    send = over_http(running.http)
                while not ended.is_set():
                    self._send(send)
            self.again += 1
            ended.wait(0.02)

    def _send(self, send: Callable[[str, bytes], None]) -> None:
        number = len(self.acknowledged)
        event = request(1.0, at=T0 + number, session=self.session, sequence=number)
        sent_at = time.monotonic()
        send("logs", logs_request(event).SerializeToString())
        self.acknowledged[number] = sent_at


@dataclass
class Result:
    """Records, but for `crashed`: recorders that ended, did not recover, or wrote a traceback."""

    tried: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: int = 0
    misplaced: int = 0
    doubled: int = 0
    crashed: int = 0
    again: int = 0

    @property
    def good(self) -> bool:
        return not (self.lost or self.misplaced or self.doubled or self.crashed)

    def __str__(self) -> str:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.tried.items()))
        return (
            f"tried {sum(self.tried.values())} ({kinds})\n"
            f"{self.acknowledged} records acknowledged, {self.again} sendings failed\n"
            f"lost {self.lost}, not in the file at the path {self.misplaced}, "
            f"doubled {self.doubled}, crashed {self.crashed}"
        )


class Campaign:
    """A recorder, its senders, and what was at the path before."""

    def __init__(self, disk: Disk, stack: ExitStack) -> None:
        self._disk = disk
        self._graves = disk.folder / "graves"
        self._graves.mkdir()
        self.path = disk.folder / "data" / "telemetry.db"
        self._stack = stack
        self.running = self._start()
        self.senders = [Sender(f"sender-{number}") for number in range(SENDERS)]
        self.result = Result()

    def _start(self) -> Recorder:
        running = self._stack.enter_context(recorder(self.path))
        assert running.said.startswith("recording"), running.said
        return running

    def round(self, kind: str) -> None:
        """One fault, then what came after it."""
        self.result.tried[kind] += 1
        began = time.monotonic()
        FAULTS[kind](self)
        since = time.monotonic()
        if not self.goes_on(since):
            self.result.crashed += 1
            print(f"{kind}: no recovery; {read_state(self.path)}", flush=True)
        self._compare(since)
        print(f"{kind}: {since - began:.1f} s, {time.monotonic() - since:.1f} s", flush=True)

    def bury(self, file: Path | None = None) -> None:
        """Keep another name of the file at the path, for when that one goes."""
        grave = self._graves / f"{len(list(self._graves.iterdir()))}.db"
        with suppress(FileNotFoundError):
            os.link(file or self.path, grave)

    def act(self, change: Callable[[Path], None]) -> None:
        self.bury()
        with suppress(FileNotFoundError):
            change(self.path)
        # What an act leaves elsewhere is buried already.
        for left in ("elsewhere.db", "other.db"):
            self.path.with_name(left).unlink(missing_ok=True)
        moved = self.path.parent.with_name("elsewhere")
        if moved.exists():
            shutil.rmtree(moved)

    def told(self, true_of: Callable[[RecorderState], bool]) -> bool:
        return waited(lambda: true_of(read_state(self.path) or RecorderState()))

    def start_again(self) -> None:
        self.running.process.wait()
        self.running = self._start()

    def goes_on(self, since: float) -> bool:
        """Whether every sender had something acknowledged that was sent after then."""

        def one_each() -> bool:
            newest = [max(sender.acknowledged.values(), default=0.0) for sender in self.senders]
            return min(newest) > since

        return waited(one_each) and self.running.process.poll() is None

    def _compare(self, since: float) -> None:
        sent = {
            (sender.session, number)
            for sender in self.senders
            for number, at in list(sender.acknowledged.items())
            if at > since
        }
        self.result.misplaced += len(sent - set(events(self.path)))

    def end(self) -> Result:
        """All that was acknowledged, against all files there were.

        One that was left is whole without a log: nothing else of it is kept. The one at the path
        is not, and is read with its log, where it was buried too.
        """
        left = [grave for grave in self._graves.iterdir() if not grave.samefile(self.path)]
        held: set[tuple[str, int]] = set()
        for file in (*left, self.path):
            counted = Counter(events(file))
            held |= counted.keys()
            self.result.doubled += sum(counted.values()) - len(counted)
        for sender in self.senders:
            sent = {(sender.session, number) for number in sender.acknowledged}
            self.result.lost += len(sent - held)
            self.result.acknowledged += len(sent)
            self.result.again += sender.again
        return self.result


def events(path: Path) -> list[tuple[str, int]]:
    """Session and sequence of each event that the file holds."""
    with closing(connect(path)) as connection:
        return connection.execute(
            "SELECT session_id, sequence FROM events WHERE session_id LIKE 'sender-%'"
        ).fetchall()


def waited(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + WITHIN
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def full_disk(campaign: Campaign) -> None:
    campaign._disk.fill()
    campaign.told(lambda state: state.fault is not None)
    campaign._disk.make_room()


def foreign_file(campaign: Campaign) -> None:
    campaign.act(acts.delete_all)
    campaign.path.write_bytes(b"somebody's notes " * 1000)
    campaign.told(lambda state: state.fault is not None)
    campaign.path.unlink()


def locked(campaign: Campaign) -> None:
    with closing(sqlite3.connect(campaign.path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        campaign.told(lambda state: state.fault is not None)


def stopped(campaign: Campaign) -> None:
    pid = campaign.running.process.pid
    os.kill(pid, signal.SIGSTOP)
    # Where the folder was moved just before, there is no lock at the path yet.
    campaign.told(lambda state: bool(state.silent) or not state.pid)
    os.kill(pid, signal.SIGCONT)


def killed(campaign: Campaign) -> None:
    campaign.running.process.kill()
    campaign.start_again()


def ended(campaign: Campaign) -> None:
    campaign.running.process.terminate()
    campaign.start_again()


def lock_deleted(campaign: Campaign) -> None:
    lock = campaign.path.with_name(f"{campaign.path.name}.lock")
    # Where the folder was moved just before, it comes to the path with the next heartbeat.
    waited(lock.exists)
    lock.unlink()
    campaign.told(lambda state: state.pid == campaign.running.process.pid)


def second(campaign: Campaign) -> None:
    # Where the folder was moved just before, its lock is at the path with the next heartbeat: until
    # then another takes its place.
    campaign.told(lambda state: state.pid == campaign.running.process.pid)
    with recorder(campaign.path) as other:
        other.process.wait()


def reader_hangs(campaign: Campaign) -> None:
    """Somebody reads on what the file was when its log went."""
    with closing(connect(campaign.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        campaign.goes_on(time.monotonic())
        campaign.act(acts.delete_log)
        waited(lambda: bool((read_state(campaign.path) or RecorderState()).fault))


def acted(change: Callable[[Path], None]) -> Callable[[Campaign], None]:
    return lambda campaign: campaign.act(change)


FAULTS: dict[str, Callable[[Campaign], None]] = {
    **{
        kind: acted(change)
        for kind, change in {
            "file deleted": acts.delete,
            "all three deleted": acts.delete_all,
            "log deleted": acts.delete_log,
            "shared memory deleted": acts.delete_shared_memory,
            "folder deleted": acts.delete_folder,
            "moved": acts.move,
            "folder moved": acts.move_folder,
            "replaced": acts.replace,
        }.items()
    },
    "disk full": full_disk,
    "foreign file": foreign_file,
    "locked": locked,
    "stopped": stopped,
    "killed": killed,
    "ended": ended,
    "lock deleted": lock_deleted,
    "second recorder": second,
    "reader hangs": reader_hangs,
}


def run(kinds: list[str], folder: Path) -> Result:
    """Do these faults to one recorder that is sent to, on a small disk, and compare."""
    over = threading.Event()
    with small_disk(folder / "disk", MEGABYTES) as disk, ExitStack() as stack:
        going = Campaign(disk, stack)
        threads = [
            threading.Thread(target=sender.go_on, args=(lambda: going.running, n % 2 == 0, over))
            for n, sender in enumerate(going.senders)
        ]
        for thread in threads:
            thread.start()
        try:
            for kind in kinds:
                going.round(kind)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        return going.end()


def main(rounds: int, seed: int) -> int:
    """Every kind so many times, in an order that the seed tells."""
    if not CAN_MOUNT:
        print("make test-faults needs root on Linux: it mounts a small disk.", file=sys.stderr)
        return 1
    kinds = [kind for kind in FAULTS for _ in range(rounds)]
    random.Random(seed).shuffle(kinds)
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        result = run(kinds, Path(name))
    print(f"{result}\n{time.monotonic() - began:.0f} s")
    return 0 if result.good else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns()))
