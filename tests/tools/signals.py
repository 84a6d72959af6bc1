"""Signals for the processes that tests and campaigns start."""

import signal


def restore_default_signals() -> None:
    """Give child processes the default reaction to Ctrl-C and to a closed terminal.

    A shell's background job ignores SIGINT, one of `nohup` SIGHUP, and their children inherit that.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            # Handled, it does nothing here, and is at its default in a process that is started.
            signal.signal(number, lambda *_: None)
