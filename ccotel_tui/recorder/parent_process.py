"""A recorder that ends with the dashboard that started it, however that ends."""

import os
import signal
import threading


def exit_with_parent() -> None:
    """Have this process asked to end when its standard input, the parent's pipe, closes."""
    threading.Thread(target=_wait, name="parent", daemon=True).start()


def _wait() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
