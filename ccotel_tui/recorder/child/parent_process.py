"""The end of a child process when its dashboard ends, however that ends."""

import os
import signal
import threading


def exit_with_parent() -> None:
    """Send this process SIGTERM when its standard input, the parent's pipe, closes."""
    threading.Thread(target=_wait, name="parent", daemon=True).start()


def _wait() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
