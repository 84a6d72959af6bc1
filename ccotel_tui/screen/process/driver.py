"""The driver of the terminal: its size, and what happens where it goes away."""

import os
import signal
from collections.abc import Callable
from typing import Any, TextIO, cast

from textual import constants
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Textual's driver, whose threads outlive a terminal that goes away.

    Its writer dies of the first failed write; whoever writes next then waits for ever.
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
        terminal = cast(TextIO, self._file)
        self._descriptors = {self.fileno, terminal.fileno()}
        self._file = cast(Any, _Output(terminal, self._let_go))

    def _get_terminal_size(self) -> tuple[int, int]:
        """The terminal's own size, before COLUMNS and LINES, which do not change with it."""
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:
            columns = rows = 0
        return (columns, rows) if columns and rows else super()._get_terminal_size()

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
