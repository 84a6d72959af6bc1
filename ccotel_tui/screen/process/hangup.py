"""Ends the process when a signal asks for it, also where its terminal has gone away."""

import os
import signal
import time
from asyncio import get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType

from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.widget import MountError

from ccotel_tui.screen.process.driver import DRIVER
from ccotel_tui.screen.process.plain_app import PlainApp

ENDS_WITHIN = 4.0
"""Seconds from a signal to the end, where the terminal has gone away."""

RESTORES_WITHIN = 6.0
"""Seconds more for a terminal that is still there, which has to be restored."""

_NOT_MOUNTED = (NoMatches, MountError, ScreenStackError)


class EndedInOrder(PlainApp):
    """Whenever it is ended, it says nothing of that and leaves its terminal as that was."""

    def __init__(self) -> None:
        super().__init__(DRIVER)

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Let another program have the terminal, with the signals of its keys, and take it back.

        Textual leaves it where the block fails.
        """
        failed: Exception | None = None
        keys = (signal.SIGINT, signal.SIGQUIT)
        # Not ignored: a program that is started would ignore them too.
        handlers = [signal.signal(number, lambda number, frame: None) for number in keys]
        with super().suspend():
            try:
                yield
            except Exception as error:
                failed = error
        for number, handler in zip(keys, handlers, strict=True):
            signal.signal(number, handler)
        if failed is not None:
            raise failed

    def on_load(self) -> None:
        """The terminal is not touched before; where there is none, nobody signals."""
        if not self.is_headless:
            _SignalExit(self)

    def _handle_exception(self, error: Exception) -> None:
        """Textual mounts nothing more once an end is asked for, and a handler may look for it."""
        is_ending = self._exit or not self.is_running
        if not (is_ending and isinstance(error, _NOT_MOUNTED)):
            super()._handle_exception(error)


class _SignalExit:
    """From here on a signal ends the app in order, and for certain some seconds later."""

    def __init__(self, app: App[None]) -> None:
        """Called in the main thread, in the app's loop."""
        self._app = app
        self._loop = get_running_loop()
        self._ending = False
        # The thread starts now: a signal's handler may come between any two steps of another.
        read, self._write = os.pipe()
        Thread(target=_end_for_certain, args=(read,), name="last-resort", daemon=True).start()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """Runs at once, unlike a handler of the loop, and so before that of SIGCONT."""
        # It comes with a hangup, and with the signal by which a shell ends what is stopped: that
        # would take a terminal that is gone or the shell's.
        # SIG_IGN would have Python print a traceback where it has come already.
        signal.signal(signal.SIGCONT, lambda number, frame: None)
        if self._loop.is_closed():
            # The terminal is restored.
            os._exit(128 + number)
        if not self._ending:
            self._ending = True
            os.write(self._write, bytes([128 + number]))
            self._loop.call_soon_threadsafe(self._app.exit, None, 128 + number)


def _end_for_certain(read: int) -> None:
    """Wait for an exit status, then end this process with it, however far it is by itself."""
    status = os.read(read, 1)
    time.sleep(ENDS_WITHIN)
    if os.isatty(0):
        time.sleep(RESTORES_WITHIN)
    os._exit(status[0])
