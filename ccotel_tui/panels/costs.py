"""Notes on a sum of dollars: what it lacks, and what it may hold twice. Pure."""

from collections.abc import Iterator
from math import fsum

from ccotel_tui.panels.evaluate import Answers, Evaluation
from ccotel_tui.panels.panel import Panel, Span, Sum
from ccotel_tui.query import measures
from ccotel_tui.query.query import Answer, Query, numbers_by_session
from ccotel_tui.query.reconcile import TOLERANCE
from ccotel_tui.sentences import Sentence, counted

_REQUESTS = Query(measures.REQUESTS)
_READABLE = Query(measures.COST_BY_EVENTS, stat="readable")
_NEGATIVE = Query(measures.COST_BY_EVENTS, stat="negative")

_IRREGULAR = Query(measures.COST_BY_EVENTS, stat="irregular")

COST_QUERIES = (_REQUESTS, _IRREGULAR)
"""What is asked about the window where a panel tells cost."""

IRREGULAR_QUERIES = (_READABLE, _NEGATIVE)
"""What is asked too where costs are irregular."""

_WITHOUT_COST = (
    "{missing:,} of {requests:,} request told no cost.",
    "{missing:,} of {requests:,} requests told no cost.",
)
_BELOW_0 = (
    "1 request told a cost below 0; the sum has it.",
    "{negative:,} requests told a cost below 0; the sum has it.",
)

BY_COUNTERS = Query(measures.COST_COUNTED, by=("session_id",))
BY_EVENTS = Query(measures.COST_BY_EVENTS, by=("session_id",))
"""What is asked where sessions of both kinds are in the sum."""


def tells_cost(panel: Panel) -> bool:
    """Return whether the panel's value is dollars of the window's requests."""
    return any(
        span is Span.WINDOW and query.measure == measures.COST and query.stat == "sum"
        for span, query in panel.queries()
    )


def are_irregular(answers: Answers) -> bool:
    """Return whether a request told no cost, or none that can be read, or one below 0."""
    irregular = answers.get((Span.WINDOW, _IRREGULAR), ())
    return any(number for series in irregular for _, number in series.points)


def requests_without(panel: Panel, evaluation: Evaluation) -> int:
    """The window's requests that told no cost, or none that can be read."""
    if not tells_cost(panel) or not are_irregular(evaluation.answers):
        return 0
    return _requests(evaluation) - _count(evaluation, _READABLE)


def notes(panel: Panel, evaluation: Evaluation) -> Iterator[str]:
    """Sentences about what the sum does not hold, or holds against its nature."""
    if not tells_cost(panel):
        return
    if missing := requests_without(panel, evaluation):
        requests = _requests(evaluation)
        form = counted(_WITHOUT_COST, requests)
        yield Sentence("without_cost", form, missing=missing, requests=requests)
    if negative := _count(evaluation, _NEGATIVE):
        form = counted(_BELOW_0, negative)
        yield Sentence("negative_cost", form, negative=negative)
    for dollars in evaluation.counted_twice:
        form = (
            "${dollars:.6f} are told by counters of one session and by events of another: if "
            "both are one, the sum has them twice."
        )
        yield Sentence("counted_twice", form, dollars=dollars)


def counted_twice(by_counters: Answer, by_events: Answer) -> tuple[float, ...]:
    """Dollars that a session tells by counters only, and others by events only.

    Counters stand under another id than their events where the id was taken off one of them.
    """
    counted, by_event = numbers_by_session(by_counters), numbers_by_session(by_events)
    without_events = [dollars for session, dollars in counted.items() if session not in by_event]
    without_counters = [dollars for session, dollars in by_event.items() if session not in counted]
    sums = [*without_counters, fsum(without_counters)]
    return tuple(
        dollars
        for dollars in without_events
        if any(abs(dollars - other) <= TOLERANCE < other for other in sums)
    )


def _requests(evaluation: Evaluation) -> int:
    return _count(evaluation, _REQUESTS)


def _count(evaluation: Evaluation, query: Query) -> int:
    return round(evaluation.number(Sum(query)) or 0)
