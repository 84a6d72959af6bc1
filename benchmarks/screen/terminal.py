"""A program in a pty of a size: keys go in, and its screen is waited for."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from benchmarks.environment import ROOT, environment
from benchmarks.screen.screen import Screen

COLUMNS, ROWS = 120, 40
_WITHIN = 30.0
_QUIT = "\x11"
"""Ctrl+Q, which ends any Textual app wherever the focus is."""


Seen = Callable[[Screen], bool]


class NotSeen(Exception):
    """The awaited text did not come; the message holds the screen."""


class Terminal:
    """A program that runs, and what its terminal shows; `began` is when it was started.

    Times are those of time.monotonic, in seconds.
    """

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int, began: float) -> None:
        self.began = began
        self.screen = Screen(COLUMNS, ROWS)
        self._process = process
        self._descriptor = descriptor

    @property
    def pid(self) -> int:
        return self._process.pid

    def press(self, keys: str) -> float:
        """Type the keys; when that was."""
        now = time.monotonic()
        os.write(self._descriptor, keys.encode())
        return now

    def until(self, what: str | Seen, within: float = _WITHIN) -> float:
        """Read until the screen shows it; when that was read. Raises NotSeen."""
        seen = (lambda screen: screen.shows(what)) if isinstance(what, str) else what
        end = time.monotonic() + within
        at = time.monotonic()
        while not seen(self.screen):
            if not self._read(end):
                shown = "\n".join(self.screen.rows)
                raise NotSeen(f"{what!r} did not come within {within} s:\n{shown}")
            at = self._read_at
        return at

    def follow(self, seconds: float) -> None:
        """Read for so long: who does not read a terminal holds its program up."""
        end = time.monotonic() + seconds
        while self._read(end):
            pass

    def end(self) -> None:
        """Leave as a user does, killed where that does not help."""
        try:
            if self._process.poll() is None:
                self.press(_QUIT)
                self.follow(5.0)
            self._process.wait(1.0)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._descriptor)

    def _read(self, end: float) -> bool:
        """Read what there is, waiting up to then; whether anything came."""
        left = max(0.0, end - time.monotonic())
        if not select.select([self._descriptor], [], [], left)[0]:
            return False
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # nobody has the other end open any more
            return False
        self._read_at = time.monotonic()
        if _WHAT_TERMINAL in data:
            os.write(self._descriptor, _ANSWER)
        self.screen.feed(data)
        return bool(data)


_WHAT_TERMINAL, _ANSWER = b"\x1b[c", b"\x1b[?62;22c"
"""What every terminal is asked, and answers at once."""


@contextmanager
def terminal(words: Sequence[str], **more: str) -> Iterator[Terminal]:
    """`python -m` with these words, in a terminal of COLUMNS x ROWS of its own."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=ROOT,
        env=environment(**more),
        start_new_session=True,
    )
    os.close(its)
    running = Terminal(process, ours, began)
    try:
        yield running
    finally:
        running.end()
