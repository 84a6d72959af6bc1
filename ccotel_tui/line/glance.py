"""The one line: this session's cost, the burn rate, today's cost, and whether data comes in."""

from collections.abc import Callable
from datetime import tzinfo
from math import fsum, nan
from typing import NamedTuple

from ccotel_tui.line.shown import (
    BURN_NS,
    BURNS_AN_HOUR,
    NUMBERS,
    Glance,
    Recording,
    data_state,
)
from ccotel_tui.query.finite import finite
from ccotel_tui.query.measures import COST, REQUESTS, Condition
from ccotel_tui.query.query import RESTARTS_GUESSED, Query, Scope
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.window import LONGEST_SESSION, Window, local_day, midnight

_ASKED = Query(COST), Query(REQUESTS)

EVERYTHING = Scope()


class _Dollars(NamedTuple):
    """A cost, None where it is not known, and whether it is more than an approximation."""

    number: float | None
    is_exact: bool = True


def glance(
    backend: Backend,
    now_ns: int,
    zone: tzinfo,
    recording: Callable[[], Recording],
    session_id: str | None = None,
    session_cost: float | None = None,
    scope: Scope = EVERYTHING,
) -> Glance:
    """Return the line's numbers now, of the scope. Raises SourceUnavailable.

    A session's cost by Claude Code is right also for what nothing recorded.
    """
    source, session = backend.source, _Dollars(session_cost)
    summed = NUMBERS if session_cost is None else NUMBERS[1:]
    # A cost without an id is that of a session which need not be the current one.
    if session_id is None and session_cost is None:
        if current := source.current(now_ns, scope):
            session_id = current.session_id
            session = _session_cost(source, session_id, now_ns, zone, scope)
            session = session._replace(number=session.number or 0.0)
    elif session_cost is None and session_id is not None:
        session = _session_cost(source, session_id, now_ns, zone, scope)
    heard_ns, ahead = source.last_record_ns(now_ns), backend.diagnostics.ahead(now_ns)
    knows = heard_ns is not None
    today_ns = midnight(local_day(now_ns - 1, zone), zone)
    burnt = _sum(source, _ASKED, now_ns - BURN_NS, now_ns, zone, scope)
    today = _sum(source, _ASKED, today_ns, now_ns, zone, scope)
    recorder = recording()
    # What those answers lacked: read once they are there.
    lacking = tuple(backend.diagnostics.partial_answers().values())
    costs = dict(zip(NUMBERS, (session, burnt, today), strict=True))
    guessed = tuple(name for name, cost in costs.items() if not cost.is_exact)
    why = (recorder.notice, *lacking, RESTARTS_GUESSED if guessed else "")
    return Glance(
        session_id,
        finite(session.number),
        finite((burnt.number or 0.0) * BURNS_AN_HOUR) if knows else None,
        finite(today.number or 0.0) if knows else None,
        ", ".join(filter(None, (data_state(heard_ns, now_ns, recorder.wrong), recorder.brief))),
        ahead.sentence(now_ns) if ahead else None,
        " ".join(filter(None, why)) or None,
        approximate=summed if lacking else guessed,
    )


def _session_cost(
    source: Source, session_id: str, now_ns: int, zone: tzinfo, scope: Scope
) -> _Dollars:
    session = (Condition("session_id", session_id),)
    queries = Query(COST, where=session), Query(REQUESTS, where=session)
    return _sum(source, queries, now_ns - LONGEST_SESSION, now_ns, zone, scope)


def _sum(
    source: Source,
    queries: tuple[Query, Query],
    from_ns: int,
    to_ns: int,
    zone: tzinfo,
    scope: Scope,
) -> _Dollars:
    """Return the cost over (from_ns, to_ns], by the queries of cost and of requests.

    NaN where it is not available, as where the requests told none; None without a record.
    """
    if from_ns >= to_ns:
        return _Dollars(None)
    window, (cost, requests) = Window.between(from_ns, to_ns, zone), queries
    if answer := source.numbers([cost], window, scope)[cost]:
        number = fsum(number or 0.0 for series in answer for _, number in series.points)
        return _Dollars(number, all(series.exact for series in answer))
    return _Dollars(nan if source.numbers([requests], window, scope)[requests] else None)
