"""One dashboard in a terminal of its own that is ended at a moment, and what it leaves."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from tests.screen.tools.terminal import ROOT

PATIENCE = 60.0
"""Seconds after which a process is taken to stay; a busy machine takes some of them."""

_EXEC = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.set_inheritable(int(sys.argv[1]), False)
os.execv(sys.argv[2], sys.argv[2:])"""
"""Makes the terminal that of the session and becomes a command; the descriptor closes then."""

_SIGNALS = {
    "SIGTERM": (signal.SIGTERM,),
    "SIGTERM and SIGCONT": (signal.SIGTERM, signal.SIGCONT),
    "SIGHUP": (signal.SIGHUP,),
    "SIGHUP and SIGCONT": (signal.SIGHUP, signal.SIGCONT),
    "q and SIGTERM": (signal.SIGTERM,),
}
_BETWEEN = 0.2
"""Of the delay to an end, the one from `q` to a signal that finds it ending."""

_A_MOMENT = 0.001
"""Seconds between two looks whether the terminal is the process's own."""

KEYS = {"q": "q", "q twice": "qq", "Ctrl-C": "\x03", "Ctrl-C on a page": "?\x03"}
WAYS = (*KEYS, *_SIGNALS, "closed terminal")


@dataclass(frozen=True)
class Plan:
    """One end: `delay` seconds after the start, or after the first byte on the terminal."""

    way: str
    delay: float
    from_screen: bool
    load: bool


@dataclass
class Ended:
    """How one ended: what it wrote, its status, what it left, and how long that took."""

    output: bytes
    status: int | None
    before: list[object]
    after: list[object] | None
    left: list[str]
    seconds: float
    early: bool


def end(plan: Plan, home: Path, send: Callable[[Path, Event], None]) -> Ended:
    """Start a dashboard, end it as planned, and see what it leaves.

    Under load `send` sends to the recorder of its database until the event is set.
    """
    descriptor, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(descriptor)
    with ExitStack() as stack:
        stack.callback(os.close, theirs)
        process = _started(home, theirs)
        shown = _Shown(descriptor, process)
        ended = Event()
        if plan.load:
            sender = Thread(target=send, args=(home / "telemetry.db", ended))
            sender.start()
            stack.callback(sender.join)
        stack.callback(ended.set)
        # Before the terminal is its own, a key of it is a signal to nobody.
        while not os.tcgetpgrp(descriptor) and process.poll() is None:
            shown.read(_A_MOMENT)
        if plan.from_screen:
            shown.read(PATIENCE, until_output=True)
        shown.read(plan.delay)
        early = process.poll() is None and not _ours(process.pid)
        asked = time.monotonic()
        _end(plan, shown, descriptor)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        left = _left(home, until=asked + PATIENCE)
        seconds = time.monotonic() - asked
    after = None
    if plan.way != "closed terminal":
        shown.read_rest()
        after = termios.tcgetattr(descriptor)
        os.close(descriptor)
    return Ended(shown.output, process.poll(), before, after, left, seconds, early)


def _started(home: Path, terminal: int) -> "subprocess.Popen[bytes]":
    """The dashboard, from its first moment on."""
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    environment |= {"TERM": "xterm-256color", "HOME": str(home), "CLAUDE_CONFIG_DIR": str(home)}
    command = [sys.executable, "-m", "ccotel_tui", "--db", str(home / "telemetry.db")]
    command += ["--source", "embedded"]
    command += ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
    begun, until_exec = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _EXEC, str(until_exec), *command],
        cwd=ROOT,
        env=environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        pass_fds=[until_exec],
        start_new_session=True,
    )
    os.close(until_exec)
    with open(begun, "rb") as pipe:
        pipe.read()
    return process


class _Shown:
    """What a dashboard writes to its terminal, read as a terminal does."""

    def __init__(self, descriptor: int, process: "subprocess.Popen[bytes]") -> None:
        self.output = b""
        self.process = process
        self._descriptor = descriptor

    def read(self, seconds: float, until_output: bool = False) -> None:
        """Read for so long, or until it has ended."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and (left := end - time.monotonic()) > 0:
            self._take(min(left, 0.02))
            if until_output and self.output:
                return

    def read_rest(self) -> None:
        while self._take(0):
            pass

    def _take(self, seconds: float) -> bool:
        """Whether there was something to read; nobody may have the other end any more."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return False
        try:
            self.output += os.read(self._descriptor, 65536)
        except OSError:
            return False
        return True


def _ours(pid: int) -> bool:
    """Whether a line of ours has run: signals are handled from the first one on."""
    with suppress(FileNotFoundError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "SigCgt":
                return bool(int(value, 16) >> (signal.SIGTERM - 1) & 1)
    return True


def _end(plan: Plan, shown: _Shown, descriptor: int) -> None:
    if plan.way == "closed terminal":
        os.close(descriptor)
        return
    keys = "q" if plan.way == "q and SIGTERM" else KEYS.get(plan.way, "")
    os.write(descriptor, keys.encode())
    if plan.way == "q and SIGTERM":
        shown.read(_BETWEEN * plan.delay)
    for number in _SIGNALS.get(plan.way, ()):
        # Once its end is known to Python, nobody else is signalled in its place.
        shown.process.send_signal(number)
    shown.read(PATIENCE)


def _left(home: Path, until: float) -> list[str]:
    """The processes that name this home and have not ended by then; they are killed."""
    while (left := _named(home)) and time.monotonic() < until:
        time.sleep(0.02)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return list(left.values())


def _named(home: Path) -> dict[int, str]:
    """Those that run, by process id; one that has ended may still wait to be told of."""
    said = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True
    )
    processes = (line.split(None, 2) for line in said.stdout.splitlines() if f"{home}/" in line)
    return {int(pid): words for pid, state, words in processes if not state.startswith("Z")}
