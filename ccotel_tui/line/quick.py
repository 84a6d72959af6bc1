"""The usual one line with few imports: neither click, nor a time zone, nor an HTTP client.

The command `line` (`ccotel_tui.cli.line`) answers whatever is not usual: other words than these, a
stack that listens, a file that has to be migrated or is faulty, records dated ahead, a day on which
the clock changes. `tests/line/test_quick.py` holds both equal.
"""

import os
import time
from _socket import AF_INET, SOCK_STREAM, socket  # without `selectors`: a third of the time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from sqlite3 import Connection
from typing import Any, NamedTuple

from ccotel_tui.line.recording import recording_in
from ccotel_tui.line.shown import BURN_NS, BURNS_AN_HOUR, Glance, Recording, data_state
from ccotel_tui.line.status_line import StatusLine, read_status_line
from ccotel_tui.local.user_folders import database_file, settings_file
from ccotel_tui.query.embedded.glance.numbers import GlanceNumbers, read_glance
from ccotel_tui.query.embedded.glance.open_for_line import open_for_line
from ccotel_tui.query.finite import finite
from ccotel_tui.query.window import LONGEST_SESSION, MILLISECOND, SECOND
from ccotel_tui.recorder.lock_file import read_document

PROMETHEUS = ("127.0.0.1", 19090)
"""Where `--source auto` looks for a stack."""

_CONNECT_WITHIN = 0.5
"""Seconds."""

_VARIABLES = ("CCOTEL_PROMETHEUS_URL", "CCOTEL_LOKI_URL", "CCOTEL_HEADER")
"""They are of a stack, and checked."""

_FIELDS = {"session", "burn", "today", "state", "session_id"}

_SKEW_NS = 10 * SECOND
_DAY_S = 86_400


class QuickWords(NamedTuple):
    """The words of the usual line."""

    form: str
    width: int
    source: str
    database: str
    optional: frozenset[str] = frozenset()
    settings: str = ""


def quick_words(words: Sequence[str]) -> QuickWords | None:
    """Return what the words mean, None where they are not usual or not right."""
    given = {"--format": "", "--width": "0", "--source": "auto", "--db": "", "--config": ""}
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if not equals:
            value = next(left, "-")
        if name not in given or value.startswith("-"):
            return None
        given[name] = value
    form, width, source, database, settings = given.values()
    if source not in ("auto", "embedded") or not (width.isascii() and width.isdecimal()):
        return None
    optional = _optional_names(form) if form else frozenset()
    if optional is None:
        return None
    return QuickWords(form, int(width), source, database or database_file(), optional, settings)


def _optional_names(form: str) -> frozenset[str] | None:
    """Return the optional fields that the template names, None where it is none."""
    from ccotel_tui.line.template import OPTIONAL_FIELDS, field_names

    try:
        names = frozenset(field_names(form) - _FIELDS)
    except ValueError:
        return None
    return names if names <= {*OPTIONAL_FIELDS} else None


def quick_line(words: Sequence[str]) -> str | None:
    """Return the line, None where the command has to say what there is to say.

    Raises CcotelError for what is on standard input and no status line.
    """
    meant = None if any(name in os.environ for name in _VARIABLES) else quick_words(words)
    if meant is None or (meant.source == "auto" and _listens(PROMETHEUS)):
        return None
    now_ns = time.time_ns() // MILLISECOND * MILLISECOND
    midnight_ns = last_midnight(now_ns)
    if midnight_ns is None:
        return None
    status = read_status_line()
    recorder = read_document(meant.database)
    with _handing_on(status, recorder, meant.database), open_for_line(meant.database) as store:
        if store is None:
            return None
        numbers = _numbers(store, status, now_ns, midnight_ns)
        if numbers.ahead:
            return None
        seen = _glance(numbers, status, now_ns, recording_in(recorder))
        optional = _optional(store, meant, seen, status, now_ns) if meant.optional else {}
    try:
        return seen.line(meant.width, meant.form, optional)
    except (KeyError, ValueError):
        return None


def _numbers(store: Connection, status: StatusLine, now_ns: int, midnight_ns: int) -> GlanceNumbers:
    asks_session = status.session_cost is None
    return read_glance(
        store,
        now_ns,
        (now_ns - BURN_NS, midnight_ns),
        now_ns + _SKEW_NS,
        status.session_id,
        now_ns - LONGEST_SESSION if asks_session else None,
    )


def _optional(
    store: Connection, meant: QuickWords, seen: Glance, status: StatusLine, now_ns: int
) -> dict[str, str | None]:
    """Return the texts of the optional fields. Raises one of NOT_KEPT where they take longer."""
    from ccotel_tui.line.fields import OptionalFields
    from ccotel_tui.line.memory import LineMemory
    from ccotel_tui.line.quick_facts import QuickFacts
    from ccotel_tui.local.library_zone import LocalZone

    zone, memory = LocalZone(os.environ.get("TZ", "")), LineMemory(meant.database)
    facts = QuickFacts(store, now_ns, zone, meant.settings or settings_file(), memory)
    numbers = seen.session, seen.today
    fields = OptionalFields(facts, now_ns, zone, seen.session_id, status.fields, *numbers)
    return {name: fields.text(name) for name in meant.optional}


def last_midnight(now_ns: int) -> int | None:
    """Return when the local day began, None where that takes more than the C library to tell."""
    now = (now_ns - 1) // SECOND
    offset = time.localtime(now).tm_gmtoff
    began = now - (now + offset) % _DAY_S
    # A TZ that is not understood is told of; and it reads as UTC.
    if abs(offset) >= _DAY_S or (not offset and os.environ.get("TZ", "UTC") != "UTC"):
        return None
    if any(time.localtime(at).tm_gmtoff != offset for at in (began, began - _DAY_S)):
        return None
    return began * SECOND


def _glance(numbers: GlanceNumbers, status: StatusLine, now_ns: int, recorder: Recording) -> Glance:
    session_id, session = status.session_id, status.session_cost
    if session is None:
        session = numbers.session
        if session_id is None and numbers.current is not None:
            session_id, session = numbers.current, session or 0.0
    knows = numbers.heard_ns is not None
    state = data_state(numbers.heard_ns, now_ns, recorder.wrong)
    return Glance(
        session_id,
        finite(session),
        finite((numbers.first or 0.0) * BURNS_AN_HOUR) if knows else None,
        finite(numbers.second or 0.0) if knows else None,
        ", ".join(filter(None, (state, recorder.brief))),
    )


def _listens(server: tuple[str, int]) -> bool:
    with closing(socket(AF_INET, SOCK_STREAM)) as connection:
        connection.settimeout(_CONNECT_WITHIN)
        try:
            connection.connect(server)
        except OSError:
            return False
    return True


def _handing_on(
    status: StatusLine, recorder: Mapping[str, Any] | None, database: str
) -> AbstractContextManager[object]:
    if not status.fields or recorder is None:
        return nullcontext()
    from ccotel_tui.status_line.delivery import handing_on, receiver_of
    from ccotel_tui.status_line.memory import handed_on_folder

    receiver = receiver_of(recorder, reads_own_stack=False)
    return handing_on(status.fields, receiver, handed_on_folder(database))
