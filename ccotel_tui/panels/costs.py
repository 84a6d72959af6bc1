"""What stands beside a sum of dollars: requests that told no cost, and costs below 0. Pure."""

from collections.abc import Iterator

from ccotel_tui.panels.derive import Evaluation
from ccotel_tui.panels.panel import Panel, Span, Total
from ccotel_tui.query import measures
from ccotel_tui.query.ask import Ask

_REQUESTS = Ask(measures.REQUESTS)
_READABLE = Ask(measures.COST_BY_EVENTS, stat="readable")
_NEGATIVE = Ask(measures.COST_BY_EVENTS, stat="negative")

ASKS = (_REQUESTS, _READABLE, _NEGATIVE)
"""What is asked about the window where a panel tells cost."""


def tells_cost(panel: Panel) -> bool:
    """Whether the panel's value is dollars of the window's requests."""
    return any(
        span is Span.WINDOW and ask.measure == measures.COST and ask.stat == "sum"
        for span, ask in panel.asked()
    )


def requests_without(panel: Panel, evaluation: Evaluation) -> int:
    """The window's requests that told no cost, or none that can be read."""
    return _requests(evaluation) - _count(evaluation, _READABLE) if tells_cost(panel) else 0


def notes(panel: Panel, evaluation: Evaluation) -> Iterator[str]:
    """Sentences about what the sum does not hold, or holds against its nature."""
    if not tells_cost(panel):
        return
    if missing := requests_without(panel, evaluation):
        yield f"{missing:,} of {_requests(evaluation):,} requests told no cost."
    if negative := _count(evaluation, _NEGATIVE):
        yield f"{negative:,} requests told a cost below 0; the sum has it."


def _requests(evaluation: Evaluation) -> int:
    return _count(evaluation, _REQUESTS)


def _count(evaluation: Evaluation, ask: Ask) -> int:
    return round(evaluation.number(Total(ask)) or 0)
