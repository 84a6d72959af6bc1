"""The driver of the terminal: its size, and what happens where it is given back or goes away."""

import os
import signal
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any, TextIO, cast

from textual import constants
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from ccotel_tui.screen.process.pasted import PasteParser

# The driver's thread makes its parser itself, and no argument says of what class.
cast(Any, linux_driver).XTermParser = PasteParser


class TerminalDriver(LinuxDriver):
    """Textual's driver, whose threads outlive a terminal that goes away.

    Its writer dies of the first failed write; whoever writes next then waits for ever.

    Where it is stopped it gives the terminal back, and takes it when it goes on. A signal's handler
    comes between any two steps of others, and so only has the loop do either.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        terminal = cast(TextIOWrapper, self._file)
        # A character that the locale lacks takes its column, and not the six of an escape.
        terminal.reconfigure(errors="replace")
        self._descriptors = {self.fileno, terminal.fileno()}
        self._file = cast(Any, _Output(terminal, self._let_go))
        self._was_stopped = False

    def _get_terminal_size(self) -> tuple[int, int]:
        """The terminal's own size, before COLUMNS and LINES, which do not change with it."""
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:
            columns = rows = 0
        return (columns, rows) if columns and rows else super()._get_terminal_size()

    @property
    def _has_terminal(self) -> bool:
        """Whether it is in use here: where a shell has it, who touches it is stopped."""
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def disable_input(self) -> None:
        if self._has_terminal:
            super().disable_input()

    def stop_application_mode(self) -> None:
        if self._has_terminal:
            super().stop_application_mode()

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart:
            self._loop.call_soon_threadsafe(self._stop)
        else:
            self._let_stop(os.getpid())

    def _sigcont_application(self, *_: object) -> None:
        self._was_stopped = True
        if self._auto_restart:
            self._loop.call_soon_threadsafe(self._go_on)

    def _stop(self) -> None:
        """Give the terminal to the shell; where none waits for this job, go on."""
        self.suspend_application_mode()
        self._was_stopped = False
        # With who waits for this process, such as make: else the shell goes on waiting for that.
        self._let_stop(0)
        if not self._was_stopped:
            self._go_on()

    def _let_stop(self, whom: int) -> None:
        """Have the system stop them, which it does not where nobody could have them go on."""
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(whom, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._sigtstp_application)

    def _go_on(self) -> None:
        """Take the terminal as a shell has left it, also where nothing told of the stop."""
        if signal.getsignal(signal.SIGCONT) != self._sigcont_application:
            # A signal that came with it ends the dashboard.
            return
        self.suspend_application_mode()
        self.resume_application_mode()
        self._app.refresh(layout=True)

    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()
        except OSError:
            self._let_go()

    def _let_go(self) -> None:
        """Write to nowhere from now on, and end as after the hangup's own signal."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in self._descriptors:
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
        # Once: the second would come when Python, about to end, does not handle it any more.
        if self._descriptors:
            self._descriptors = set()
            os.kill(os.getpid(), signal.SIGHUP)


class _Output:
    """The terminal as a file; a failure is reported and ends no thread."""

    def __init__(self, file: TextIO, failed: Callable[[], None]) -> None:
        self._file = file
        self._failed = failed

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError:
            self._failed()

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._failed()

    def fileno(self) -> int:
        return self._file.fileno()


DRIVER = None if constants.DRIVER else TerminalDriver
"""None is Textual's choice, which goes by its variable TEXTUAL_DRIVER."""
