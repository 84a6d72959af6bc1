"""The command `ccotel-tui`, also as `python -m ccotel_tui`."""

import gc
import os
import sys
from io import TextIOWrapper
from typing import NoReturn

from ccotel_tui.ending import end_at_signals


def run() -> NoReturn:
    """Run the command line, and end with its exit status.

    By then all is closed and written: threads that still wait are not waited for.
    """
    # Until a command runs: nothing that is thrown away by then is worth the time to look for it.
    gc.disable()
    end_at_signals()
    status: object = 0
    try:
        if sys.argv[1:2] != ["line"] or not _has_printed_line():
            _run_command()
    except SystemExit as end:
        status = end.code or 0
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        # Whoever read it has gone: click has the same status where it meets that.
        status = 1
    os._exit(status if isinstance(status, int) else 1)


def _has_printed_line() -> bool:
    """Print the usual line, which is a process every few seconds: click alone takes as long."""
    from ccotel_tui.line.quick import quick_line
    from ccotel_tui.panels.output.sanitize import in_one_line

    try:
        line = quick_line(sys.argv[2:])
    except Exception:
        # The command meets it too, and says what is wrong.
        line = None
    if line is not None and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.write(f"{in_one_line(line)}\n")
    return line is not None


def _run_command() -> None:
    gc.enable()
    from ccotel_tui.cli import main
    from ccotel_tui.cli.output import print_plainly

    print_plainly()
    main()


if __name__ == "__main__":
    run()
