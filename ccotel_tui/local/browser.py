"""A browser for a person."""

import subprocess
import sys
from threading import Thread


def browse(url: str) -> None:
    """Ask the desktop for a browser that goes there; whether one comes up is not known.

    What it prints goes nowhere, and one that wants a terminal gets none: ours is in use.
    """
    started = subprocess.Popen(
        [sys.executable, "-I", "-m", "webbrowser", url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    Thread(target=started.wait, daemon=True).start()
