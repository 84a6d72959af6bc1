"""The one line: this session's cost, the burn rate, today's cost, and whether data comes in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from math import fsum
from typing import NamedTuple

from ccotel_tui.line.template import filled
from ccotel_tui.panels.output.units import NOT_KNOWN, dollars, duration
from ccotel_tui.query.finite import finite
from ccotel_tui.query.measures import COST, Condition
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.window import (
    LONGEST_SESSION,
    MINUTE,
    SECOND,
    Window,
    local_day,
    midnight,
)

LIVE_FOR_NS = 2 * MINUTE
"""After so long without a record the state is quiet."""

BURN_NS = 10 * MINUTE
BURNS_AN_HOUR = 6

FORMAT = "{session} session  {burn}/h  {today} today  {state}"
_SHORTER = (
    FORMAT,
    "{session}  {burn}/h  {today} today  {state}",
    "{session}  {today} today  {state}",
    "{session}  {today}  {state}",
    "{session}  {today}",
    "{session}",
)
"""From the whole line to its most important field."""

_COST = Query(COST)


@dataclass(frozen=True, slots=True)
class Glance:
    """Dollars of the session, of an hour at the present rate and of today, and the state.

    A number is None where it is not available. `ahead` reports records dated after now, `notice`
    problems of the recorder; `handed_on` whether this line's input went on to a receiver.
    """

    session_id: str | None
    session: float | None
    burn: float | None
    today: float | None
    state: str
    ahead: str | None = None
    notice: str | None = None
    handed_on: bool = False

    def line(
        self, width: int, form: str | None = None, optional: Mapping[str, str | None] | None = None
    ) -> str:
        """Return the line in at most `width` columns, 0 for any number.

        The first of the forms that fits is taken; `form`, a template, is the only one, and may
        name the `optional` fields too. Raises KeyError and ValueError as the template does.
        """
        fields = {
            **(optional or {}),
            "session": _shown(self.session),
            "burn": _shown(self.burn),
            "today": _shown(self.today),
            "state": self.state,
            "session_id": self.session_id or NOT_KNOWN,
        }
        forms = (form,) if form else _SHORTER
        lines = [filled(template, fields.__getitem__) for template in forms]
        return next((line for line in lines if not width or len(line) <= width), lines[-1][:width])


class Recording(NamedTuple):
    """The recorder's problem in two or three words, and a notice with its short form `brief`.

    All are empty where all is well.
    """

    wrong: str = ""
    brief: str = ""
    notice: str = ""


def glance(
    backend: Backend,
    now_ns: int,
    zone: tzinfo,
    recording: Callable[[], Recording],
    session_id: str | None = None,
    session_cost: float | None = None,
) -> Glance:
    """Return the line's numbers now. Raises SourceUnavailable.

    A session's cost by Claude Code is right also for what nothing recorded.
    """
    source = backend.source
    # A cost without an id is that of a session which need not be the current one.
    if session_id is None and session_cost is None:
        if current := source.current(now_ns, Scope()):
            session_id = current.session_id
            session_cost = _session_cost(source, session_id, now_ns, zone) or 0.0
    elif session_cost is None and session_id is not None:
        session_cost = _session_cost(source, session_id, now_ns, zone)
    heard_ns, ahead = source.last_record_ns(now_ns), backend.diagnostics.ahead(now_ns)
    knows = heard_ns is not None
    burnt = (_sum(source, _COST, now_ns - BURN_NS, now_ns, zone) or 0.0) * BURNS_AN_HOUR
    today = _sum(source, _COST, midnight(local_day(now_ns - 1, zone), zone), now_ns, zone) or 0.0
    recorder = recording()
    return Glance(
        session_id,
        finite(session_cost),
        finite(burnt) if knows else None,
        finite(today) if knows else None,
        ", ".join(filter(None, (data_state(heard_ns, now_ns, recorder.wrong), recorder.brief))),
        ahead.sentence(now_ns) if ahead else None,
        recorder.notice or None,
    )


def data_state(heard_ns: int | None, now_ns: int, wrong: str) -> str:
    """Return the state of the data in words: the problem, else how long nothing came in."""
    if wrong:
        return wrong
    if heard_ns is None:
        return "waiting"
    if now_ns - heard_ns <= LIVE_FOR_NS:
        return "live"
    return f"quiet {duration((now_ns - heard_ns) / SECOND).split()[0]}"


def _session_cost(source: Source, session_id: str, now_ns: int, zone: tzinfo) -> float | None:
    cost = Query(COST, where=(Condition("session_id", session_id),))
    return _sum(source, cost, now_ns - LONGEST_SESSION, now_ns, zone)


def _sum(source: Source, query: Query, from_ns: int, to_ns: int, zone: tzinfo) -> float | None:
    """Return the sum over (from_ns, to_ns]; NaN if it is not available, None without a record."""
    if from_ns >= to_ns:
        return None
    answer = source.numbers([query], Window.between(from_ns, to_ns, zone), Scope())[query]
    if not answer:
        return None
    return fsum(number or 0.0 for series in answer for _, number in series.points)


def _shown(number: float | None) -> str:
    return NOT_KNOWN if number is None else dollars(number)
