"""The command `ccotel-tui`, also as `python -m ccotel_tui`."""

import os
import sys
from typing import NoReturn

from ccotel_tui.ending import end_at_signals


def run() -> NoReturn:
    """Run the command line, and end with its exit status.

    By then all is closed and written: threads that still wait are not waited for.
    """
    end_at_signals()
    from ccotel_tui.cli import main
    from ccotel_tui.cli.output import print_plainly

    print_plainly()
    status: object = 0
    try:
        main()
    except SystemExit as end:
        status = end.code or 0
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        # Whoever read it has gone: click has the same status where it meets that.
        status = 1
    os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    run()
