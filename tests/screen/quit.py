"""Dashboards ended at random moments, in every way: each leaves nothing behind.

`make test-quit N=500` runs it; a seed (the second word) repeats its moments and ways.
"""

import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event

from ccotel_tui.recorder.lock import read_state
from ccotel_tui.store.database import Database
from tests.recorder.running import PROTOBUF
from tests.screen.tools.ended import KEYS, WAYS, Ended, Plan, end
from tests.tools.otlp import SECOND, logs_request, request
from tests.tools.signals import restore_default_signals

AT_ONCE = 3
LATEST = 2.5
"""Seconds from the start, or from the first byte on the terminal, to the latest end."""

SOON = 2.0
"""Seconds after an end in which all processes are to be gone."""

STORED = 20_000
EVENTS = 100
"""In the store of a dashboard under load before it starts, and in a request that is sent to it."""

STATUSES = dict.fromkeys(KEYS, (0,)) | {
    # Before the dashboard reads keys, Ctrl-C is a signal.
    "Ctrl-C": (0, 128 + signal.SIGINT),
    "Ctrl-C on a page": (0, 128 + signal.SIGINT),
    "SIGTERM": (128 + signal.SIGTERM,),
    "SIGTERM and SIGCONT": (128 + signal.SIGTERM,),
    "q and SIGTERM": (0, 128 + signal.SIGTERM),
    "SIGHUP": (128 + signal.SIGHUP,),
    "SIGHUP and SIGCONT": (128 + signal.SIGHUP,),
    "closed terminal": (128 + signal.SIGHUP,),
}
"""The exit statuses that a way may have."""

_TRACES = re.compile(rb"Traceback|Exception ignored|Fatal Python error|Aborted!|was never ")
_MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")
_KITTY = re.compile(rb"\x1b\[([<>])\d*u")
_ON_BEFORE = {b"7", b"25"}
"""Modes that a terminal has before anything is written: lines are wrapped, the cursor is seen."""


@dataclass
class Result:
    """Counts of ends; `early` those before Python ran a line of ours, which ends them itself."""

    tried: int = 0
    early: int = 0
    tracebacks: int = 0
    signals: int = 0
    statuses: int = 0
    terminals: int = 0
    left: int = 0
    late: int = 0
    slowest: float = 0.0
    ways: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ways = ", ".join(f"{way} {number}" for way, number in sorted(self.ways.items()))
        return (
            f"{self.tried} ends ({ways}; {self.early} of them before a line of ours ran): "
            f"{self.tracebacks} tracebacks, {self.signals} signals, {self.statuses} wrong exit "
            f"statuses, {self.terminals} terminals not restored, {self.left} processes left; "
            f"the slowest end took {self.slowest:.1f} s, {self.late} took more than {SOON:.0f} s"
        )


def plans(number: int, seed: int) -> list[Plan]:
    """So many ends, the ways in turn, half of each under load."""
    chance = random.Random(seed)
    made = [
        Plan(
            WAYS[n % len(WAYS)],
            chance.uniform(0, LATEST),
            from_screen=chance.random() < 0.5,
            load=(n + n // len(WAYS)) % 2 == 0,
        )
        for n in range(number)
    ]
    chance.shuffle(made)
    return made


def run(planned: list[Plan], directory: Path) -> Result:
    """Carry them out, some at once, each on a store and in a home of its own."""
    result = Result()
    full = directory / "full.db"
    with closing(Database(full)) as database:
        now_ns = time.time_ns()
        database.append(
            request(0.01, at=now_ns - n * SECOND, session=f"s{n % 50}") for n in range(STORED)
        )
    bodies = [_body(number) for number in range(100)]
    with ThreadPoolExecutor(AT_ONCE) as threads:

        def one(numbered: tuple[int, Plan]) -> tuple[Plan, "Ended"]:
            number, plan = numbered
            home = directory / str(number)
            home.mkdir()
            if plan.load:
                shutil.copy(full, home / "telemetry.db")
            ended = end(plan, home, partial(_send, bodies))
            shutil.rmtree(home, ignore_errors=True)
            return plan, ended

        for plan, ended in threads.map(one, enumerate(planned)):
            judge(plan, ended, result)
    return result


def judge(plan: Plan, ended: Ended, result: Result) -> None:
    """Count what is wrong with an end, and say it."""
    result.tried += 1
    result.ways[plan.way] += 1
    result.slowest = max(result.slowest, ended.seconds)
    wrong = []
    if ended.seconds > SOON:
        result.late += 1
        print(f"{plan}: {ended.seconds:.1f} s", flush=True)
    if ended.early:
        result.early += 1
    else:
        if _TRACES.search(ended.output):
            result.tracebacks += 1
            wrong.append("traceback")
        if ended.status is not None and ended.status < 0:
            result.signals += 1
            wrong.append(f"signal {-ended.status}")
        elif ended.status not in STATUSES[plan.way]:
            result.statuses += 1
            wrong.append(f"status {ended.status}")
    if ended.after is not None and (ended.after != ended.before or set_modes(ended.output)):
        result.terminals += 1
        wrong.append(f"terminal: {set_modes(ended.output)}, {ended.before} {ended.after}")
    if ended.left:
        result.left += 1
        wrong.append(f"left: {ended.left}")
    if wrong:
        said = f"{plan}: {'; '.join(wrong)}"
        if "traceback" in wrong:
            said += f"\n{ended.output.decode(errors='replace')[-3000:]}"
        result.wrong.append(said)


def set_modes(output: bytes) -> list[str]:
    """The modes of the terminal that are not as they were before all of that was written."""
    last = dict(_MODE.findall(output))
    changed = [mode.decode() for mode, way in last.items() if (way == b"h") != (mode in _ON_BEFORE)]
    pushed = Counter(_KITTY.findall(output))
    return changed + ["kitty keyboard"] * (pushed[b">"] > pushed[b"<"])


def _body(number: int) -> bytes:
    now_ns = time.time_ns()
    first = number * EVENTS
    return logs_request(
        *(
            request(0.01, at=now_ns + n, session=f"t{n % 10}", sequence=n)
            for n in range(first, first + EVENTS)
        )
    ).SerializeToString()


def _send(bodies: list[bytes], database: Path, ended: Event) -> None:
    """Send at full speed to the dashboard's own recorder, as soon as that listens."""
    while not ended.wait(0.02):
        state = read_state(database)
        addresses = [port.address for port in state.listening] if state else []
        with suppress(OSError, HTTPException):
            for body in bodies if addresses else ():
                if ended.is_set():
                    return
                _post(addresses[-1], body)


def _post(address: str, body: bytes) -> None:
    with closing(HTTPConnection(address, timeout=20)) as connection:
        connection.request("POST", "/v1/logs", body, {"Content-Type": PROTOBUF})
        connection.getresponse().read()


if __name__ == "__main__":
    restore_default_signals()
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ccotel-quit-") as name:
        outcome = run(plans(int(sys.argv[1]), seed), Path(name))
    print(*outcome.wrong, sep="\n")
    print(f"{outcome} ({time.monotonic() - began:.0f} s)")
    sys.exit(1 if outcome.wrong else 0)
