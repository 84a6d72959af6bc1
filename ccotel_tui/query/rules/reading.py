"""Reads what rules judge, of any source: no rule more than its window."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from statistics import median

from ccotel_tui.query.measures import COST, Condition
from ccotel_tui.query.query import Answer, EventKind, EventRow, Query, Scope
from ccotel_tui.query.rules.budgets import BudgetReader
from ccotel_tui.query.rules.facts import (
    BURN_WINDOW,
    ERRORS_WINDOW,
    LOOP_WINDOW,
    REFUSED_WINDOW,
    USUAL_WINDOW,
    RuleReading,
)
from ccotel_tui.query.rules.rules import surges
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usual.budget import NO_BUDGETS, Budgets
from ccotel_tui.query.window import HOUR, LONGEST_SESSION, MINUTE, SECOND, Window
from ccotel_tui.telemetry.conventions import API_ERROR, API_REQUEST, TOOL_RESULT, USER_PROMPT

MOST_ROWS = 200

_MOST_FAILURES = 2000
"""All of a storm: how many there were is told, and fewer than its threshold are no alert."""

_FAILED = (EventKind(TOOL_RESULT, Condition("success", "true", negated=True)),)
_CALLS = (EventKind(TOOL_RESULT), EventKind(USER_PROMPT))
_ERRORS = (EventKind(API_ERROR),)
_REQUESTS = (EventKind(API_REQUEST),)
_SPENT = Query(COST, by=("session_id",))
_SPENT_BEFORE = Query(COST, by=("session_id",), stepped=True)

_USUAL_FOR_NS = MINUTE
"""How long what changes slowly is used."""

_POLLED_EVERY_NS = 5 * SECOND
"""A source that tells no changes is not asked more often: each question is a request."""

_LEAST_PARTS = 2
"""Parts of the hour with use from which something is usual in it."""


class RuleReader:
    """Reads anew where a source tells of changes, every few seconds where it does not."""

    def __init__(self, thresholds: Thresholds, scope: Scope, budgets: Budgets = NO_BUDGETS) -> None:
        """`scope` is whose records count, whatever is looked at; budgets are of everything."""
        self._thresholds, self._scope = thresholds, scope
        judged = scope == Scope() and "budget" not in thresholds.off
        self._budgets = BudgetReader(budgets if judged else NO_BUDGETS)
        self._backend: Backend | None = None
        self._reading = RuleReading()
        self._read_ns = self._usual_read_ns = 0
        self._heard: set[str] = set()

    def read(
        self, backend: Backend, running: Collection[str], now_ns: int, zone: tzinfo
    ) -> RuleReading:
        """Return the reading by now; `running` are the sessions that run.

        Raises SourceUnavailable.
        """
        if backend is not self._backend:
            self._backend, self._read_ns, self._usual_read_ns = backend, 0, 0
            self._heard.clear()
        if backend.changes is not None or not 0 <= now_ns - self._read_ns < _POLLED_EVERY_NS:
            self._reading, self._read_ns = self._anew(backend, running, now_ns, zone), now_ns
        return self._reading

    def _anew(
        self, backend: Backend, running: Collection[str], now_ns: int, zone: tzinfo
    ) -> RuleReading:
        source, scope = backend.source, self._scope

        def rows(
            kinds: tuple[EventKind, ...], length_ns: int, most: int, *sessions: str
        ) -> partial[list[EventRow]]:
            window = Window.between(now_ns - length_ns, now_ns, zone)
            whose = scope._replace(sessions=sessions) if sessions else scope
            return partial(source.rows, kinds, window, whose, most)

        burn = Window.between(now_ns - BURN_WINDOW, now_ns, zone)
        failed, errors, spent = backend.run_together(
            [
                rows(_FAILED, LOOP_WINDOW, _MOST_FAILURES),
                rows(_ERRORS, ERRORS_WINDOW, _MOST_FAILURES),
                partial(source.numbers, [_SPENT], burn, scope),
            ]
        )
        reading = self._with_usual(backend, now_ns, zone)
        rates = _rates(spent[_SPENT])
        surging = sorted(surges(rates, reading.usual, self._thresholds))
        failures = Counter(str(row.get("session_id") or "") for row in failed)
        looping = [id for id, count in failures.items() if count >= self._thresholds.loop]
        calls_of = [rows(_CALLS, LOOP_WINDOW, MOST_ROWS, id) for id in looping]
        requests_of = [rows(_REQUESTS, BURN_WINDOW, MOST_ROWS, id) for id in surging]
        behind = backend.run_together([*calls_of, *requests_of])
        return replace(
            reading,
            calls=[row for calls in behind[: len(looping)] for row in calls],
            errors=errors,
            burn=rates,
            spending=dict(zip(surging, behind[len(looping) :], strict=True)),
            unheard=self._unheard(backend, running, now_ns, zone),
            budgets=self._budgets.read(source, rates, now_ns, zone),
        )

    def _with_usual(self, backend: Backend, now_ns: int, zone: tzinfo) -> RuleReading:
        """Return the last reading with what is usual, and what was dropped, looked up lately."""
        if 0 <= now_ns - self._usual_read_ns < _USUAL_FOR_NS:
            return self._reading
        hour = Window(now_ns - USUAL_WINDOW, now_ns - BURN_WINDOW, BURN_WINDOW, zone)
        spent = backend.source.numbers([_SPENT_BEFORE], hour, self._scope)[_SPENT_BEFORE]
        lately = Window.between(now_ns - REFUSED_WINDOW, now_ns, zone)
        dropped = sum(backend.diagnostics.dropped_records(lately).values())
        self._usual_read_ns = now_ns
        return replace(self._reading, usual=_usual_rates(spent, hour), dropped=dropped)

    def _unheard(
        self, backend: Backend, running: Collection[str], now_ns: int, zone: tzinfo
    ) -> frozenset[str]:
        life = Window.between(now_ns - LONGEST_SESSION, now_ns, zone)
        silent = [id for id in sorted(running) if id not in self._heard]
        records_of = backend.run_together(
            partial(backend.source.rows, (), life, Scope(session_id=id), 1) for id in silent
        )
        self._heard |= {id for id, records in zip(silent, records_of, strict=True) if records}
        return frozenset(running) - self._heard


def _rates(spent: Answer) -> dict[str, float]:
    """Dollars an hour by session."""
    return {
        series.labels["session_id"]: sum(number or 0.0 for _, number in series.points)
        * HOUR
        / BURN_WINDOW
        for series in spent
    }


def _usual_rates(spent: Answer, hour: Window) -> dict[str, float]:
    """Return the median of the rates of those parts of the hour in which the session spent.

    A part that is cut shorter than half of it tells no rate.
    """
    lengths = {to_ns: to_ns - from_ns for from_ns, to_ns in hour.buckets()}
    usual = {}
    for series in spent:
        rates = [
            number * HOUR / lengths[to_ns]
            for to_ns, number in series.points
            if number and lengths[to_ns] >= BURN_WINDOW / 2
        ]
        if len(rates) >= _LEAST_PARTS:
            usual[series.labels["session_id"]] = median(rates)
    return usual
