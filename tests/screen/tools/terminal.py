"""The dashboard in a real terminal of its own: a pty that a test types into."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[3]

IN_CONTROL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])"""
"""Makes the terminal that of the session, whose end is then signalled, and becomes a command."""

_FULL = 0.5
"""Seconds without room after which a terminal is taken to be full."""

_GIVEN_UP = 180
"""Seconds after which what is waited for is taken never to come, however busy the machine is."""

_QUIET = 0.15
"""Seconds without output after which a screen is taken to be drawn."""


class Terminal:
    def __init__(self, process: subprocess.Popen[bytes], descriptor: int, name: str) -> None:
        self.pid = process.pid
        self._process = process
        self.output = b""
        self._descriptor = descriptor
        self._name = name

    def read_until(self, text: str = "", after: str = "") -> bytes:
        """What is written from here on, until the text came, or, without one, until it is quiet.

        The text counts that came after another, where one is named.
        """
        came = b""

        def has_come() -> bool:
            counts = came.partition(after.encode())[2] if after else came
            return text.encode() in counts

        end = time.monotonic() + _GIVEN_UP
        while time.monotonic() < end:
            if text and has_come():
                break
            if not select.select([self._descriptor], [], [], 0.1 if text else _QUIET)[0]:
                if text:
                    continue
                break
            try:
                came += os.read(self._descriptor, 65536)
            except OSError:
                break
        self.output += came
        assert has_come(), f"{text!r} did not come: {came[-2000:]!r}"
        return came

    def drain(self, ended: threading.Event) -> None:
        """Read and forget what is written, until then."""
        while not ended.is_set():
            if select.select([self._descriptor], [], [], 0.1)[0]:
                os.read(self._descriptor, 65536)

    def press(self, keys: str) -> bytes:
        os.write(self._descriptor, keys.encode())
        return self.read_until()

    def ask(self, keys: str, text: str, after: str = "") -> bytes:
        """Press keys that lead to a text; what is written until it came."""
        os.write(self._descriptor, keys.encode())
        return self.read_until(text, after)

    def resize(self, columns: int, rows: int, text: str = "") -> bytes:
        """Give it another size; what is written until the text came, or until it is quiet."""
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
        return self.read_until(text)

    def hang_up(self) -> int:
        """Take the terminal away; the exit status."""
        self.close()
        return self.wait()

    def fill(self) -> None:
        """Have it hold as much as it can: what is written now waits until it is read."""
        theirs = os.open(self._name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        # The kernel makes room a little later, when it has moved what came first.
        while select.select([], [theirs], [], _FULL)[1]:
            with suppress(BlockingIOError):
                os.write(theirs, b" ")
        os.close(theirs)

    def attributes(self) -> list[object]:
        """The terminal's modes and characters, as a shell would find them."""
        return termios.tcgetattr(self._descriptor)

    def wait(self) -> int:
        """The exit status, however long that takes on a busy machine."""
        return self._process.wait(60)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def end(self) -> int:
        """The exit status, once all is read; minus the signal where one ended it."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if select.select([self._descriptor], [], [], 0.1)[0]:
                try:
                    self.output += os.read(self._descriptor, 65536)
                    continue
                except OSError:
                    pass
            if (status := self._process.poll()) is not None:
                return status
        raise AssertionError("it did not end")


def dashboard_on(database: Path) -> list[str]:
    """The command that shows the last day of that store."""
    command = [sys.executable, "-m", "ccotel_tui", "--source", "embedded", "--db", str(database)]
    return [*command, "--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0", "--since", "24h"]


@contextmanager
def terminal(
    database: Path,
    columns: int = 80,
    rows: int = 24,
    in_control: bool = False,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Terminal]:
    """The dashboard on that store, in a pty; its end is signalled where that is `in_control`."""
    command = dashboard_on(database)
    if in_control:
        command = [sys.executable, "-c", IN_CONTROL, *command]
    environment = {"CLAUDE_CONFIG_DIR": str(database.parent), **environment}
    with command_terminal(command, columns, rows, environment) as shown:
        yield shown


@contextmanager
def command_terminal(
    command: Sequence[str],
    columns: int = 80,
    rows: int = 24,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Terminal]:
    """The command in a pty, with these variables beside our own."""
    descriptor, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    variables = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**variables, "TERM": "xterm-256color", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    shown = Terminal(process, descriptor, os.ttyname(theirs))
    os.close(theirs)
    try:
        yield shown
    finally:
        process.kill()
        process.wait()
        shown.close()
