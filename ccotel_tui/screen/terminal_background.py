"""Whether the terminal is light or dark, asked of the terminal itself."""

import os
import re
import select
import termios
import time
import tty
from collections.abc import Mapping

_QUESTION = b"\x1b]11;?\x1b\\\x1b[c"
"""The background's colour, and then what terminal it is: that every one answers, and last."""

_BACKGROUND = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
_END = re.compile(rb"\x1b\[\?[\d;]*c")


def is_light(
    environment: Mapping[str, str], descriptor: int = 0, patience: float = 0.2
) -> bool | None:
    """Whether the terminal's background is light; None where it does not tell in so many seconds.

    What is typed meanwhile is lost.
    """
    answer = _ask(descriptor, patience)
    if found := _BACKGROUND.search(answer):
        red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
        return bool(0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5)
    # Some terminals tell it in a variable: the palette's number of the background.
    number = environment.get("COLORFGBG", "").rpartition(";")[2]
    return number in ("7", "15") if number.isdigit() else None


def _ask(descriptor: int, patience: float) -> bytes:
    """The terminal's answer, as far as it has come."""
    answer = b""
    try:
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor, termios.TCSANOW)
    except termios.error:
        return answer
    try:
        os.write(descriptor, _QUESTION)
        end = time.monotonic() + patience
        while not _END.search(answer) and (rest := end - time.monotonic()) > 0:
            if select.select([descriptor], [], [], rest)[0]:
                answer += os.read(descriptor, 1024)
    except OSError:
        pass
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
    return answer
