"""Claude Code's status line JSON on the standard input, where there is any."""

import json
import os
import select
import sys
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from ccotel_tui.telemetry.status_line import Scalar, kept_fields
from ccotel_tui.telemetry.values import as_number

WAIT = 0.1
"""Seconds in all for which standard input is read; without a writer it may stay open."""

_CHUNK = 65_536
_MAX_SIZE = 1_048_576
"""Bytes; Claude Code sends some two thousand."""


class StatusLine(NamedTuple):
    """The session and its cost by Claude Code; None where it does not send them.

    `fields` are those that are kept, by their attributes.
    """

    session_id: str | None = None
    session_cost: float | None = None
    fields: Mapping[str, Scalar] = {}


def read_status_line() -> StatusLine:
    """Return the status line on standard input; an empty one if none is complete in time.

    A field that is missing, null or of another type counts as not sent. Raises CcotelError for
    text that is not a JSON object.
    """
    return parse_status_line(_standard_input())


@cache
def _standard_input() -> bytes:
    """Return what stands there, which can be read once."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    return read_input(sys.stdin.fileno(), WAIT)


def read_input(descriptor: int, seconds: float) -> bytes:
    """Return what comes before the end of file, or the first JSON object; b"" if neither comes."""
    text = b""
    end = time.monotonic() + seconds
    while len(text) < _MAX_SIZE and _is_ready(descriptor, end):
        chunk = os.read(descriptor, _CHUNK)
        text += chunk
        if not chunk or _is_whole(text):
            return text
    return b""


def _is_ready(descriptor: int, end: float) -> bool:
    """Return whether there is input before that time of the monotonic clock."""
    wait = end - time.monotonic()
    return wait > 0 and bool(select.select([descriptor], [], [], wait)[0])


def parse_status_line(text: bytes) -> StatusLine:
    """Return the fields of the JSON. Raises CcotelError."""
    if not text.strip():
        return StatusLine()
    try:
        status = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_status_line(str(error)) from error
    if not isinstance(status, dict):
        raise _no_status_line("it is not an object")
    return StatusLine(_session_id(status), _cost(status), kept_fields(status))


def _no_status_line(reason: str) -> Exception:
    # Imported where something is wrong: it has all errors.
    from ccotel_tui.errors import CcotelError

    return CcotelError(f"stdin is not Claude Code's status line JSON: {reason}.")


def _is_whole(text: bytes) -> bool:
    # Parsed only where it may be: what comes in many pieces costs no parse for each.
    if not text.rstrip().endswith(b"}"):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _session_id(status: dict[str, Any]) -> str | None:
    value = status.get("session_id")
    return value if isinstance(value, str) and value.isprintable() and value else None


def _cost(status: dict[str, Any]) -> float | None:
    cost = status.get("cost")
    value = cost.get("total_cost_usd") if isinstance(cost, dict) else None
    return as_number(value) if isinstance(value, int | float) else None
