"""Whether the terminal is light or dark, asked of the terminal itself."""

import os
import re
import select
import signal
import termios
import time
import tty
from collections.abc import Mapping
from typing import NamedTuple

_QUESTION = b"\x1b]11;?\x1b\\\x1b[c"
"""The background's colour, and then what terminal it is: that every one answers, and last."""

_BACKGROUND = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
_END = re.compile(rb"\x1b\[\?[\d;]*c")
_SEQUENCE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[\x00-\x1f]"
)

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Background(NamedTuple):
    """Whether it is light, None where the terminal does not tell; and what was typed meanwhile."""

    light: bool | None
    typed: str = ""


def ask_background(
    environment: Mapping[str, str], descriptor: int = 0, patience: float = 0.1
) -> Background:
    """Ask the terminal, which has so many seconds to answer, else believe its variable."""
    answer = _ask(descriptor, patience)
    typed = _SEQUENCE.sub(b"", answer).decode("utf-8", "ignore")
    if colour := _BACKGROUND.search(answer):
        red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in colour.groups())
        return Background(0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5, typed)
    # Some terminals tell it in a variable: the palette's number of the background.
    number = environment.get("COLORFGBG", "").rpartition(";")[2]
    return Background(number in ("7", "15") if number.isdigit() else None, typed)


def _ask(descriptor: int, patience: float) -> bytes:
    """Return the terminal's answer, as far as it has come.

    A signal that ends the process waits so long: the terminal is first as it was before.
    """
    answer = b""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor, termios.TCSANOW)
        try:
            os.write(descriptor, _QUESTION)
            end = time.monotonic() + patience
            while not _END.search(answer) and (rest := end - time.monotonic()) > 0:
                if select.select([descriptor], [], [], rest)[0]:
                    answer += os.read(descriptor, 1024)
        finally:
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
    except (OSError, termios.error):
        # No terminal, or none any more.
        pass
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    return answer
