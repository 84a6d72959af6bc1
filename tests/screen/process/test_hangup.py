"""A hangup and the signal to go on that comes with it."""

import subprocess
import sys

AT_ONCE = """
import asyncio
import signal
import threading
from types import SimpleNamespace

from ccotel_tui.screen.process.hangup import _SignalExit

async def main():
    ended = asyncio.get_running_loop().create_future()
    signal.signal(signal.SIGCONT, lambda number, frame: print("started anew"))
    _SignalExit(SimpleNamespace(exit=lambda result, status: ended.set_result(status)))
    both = (signal.SIGHUP, signal.SIGCONT)
    signal.pthread_sigmask(signal.SIG_BLOCK, both)
    for number in both:
        signal.pthread_kill(threading.get_ident(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
    print(await ended)

asyncio.run(main())
"""


def test_a_hangup_and_what_comes_with_it_end_once_and_in_silence() -> None:
    """Python says so of a signal that is ignored between its arrival and its handler."""
    ended = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("129\n", "")
