"""The same panel by another key: its series and rows a value of that. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from ccotel_tui.panels.panel import (
    Addition,
    Curves,
    Difference,
    Number,
    Panel,
    PerMinute,
    Ratio,
    Rows,
    SingleValue,
    Sum,
    leaves,
)
from ccotel_tui.query.measures import Measure
from ccotel_tui.query.query import Query
from ccotel_tui.query.usage.grouped import DERIVED, SUMMED

_LABELS = {"session": "session_id"}
"""The labels of keys that are called otherwise."""

_PLAIN = ("model", "source", "session")


def keys_of(panel: Panel) -> tuple[str, ...]:
    """Return the keys that the panel can be grouped by in turn; its own is the empty one.

    Quantiles of several groups cannot be put together: those are grouped by labels alone.
    """
    label = _own_label(panel)
    if not label:
        return ()
    measures = set(_measures(panel))
    plain = [
        key
        for key in _PLAIN
        if _LABELS.get(key, key) != label
        and all(_LABELS.get(key, key) in measure.labels for measure in measures)
    ]
    if measures <= SUMMED:
        return ("", *plain, *DERIVED)
    is_summed = not any(isinstance(query.stat, float) for _, query in panel.queries())
    of_events = all(measure.signal == "events" for measure in measures)
    return ("", *plain, *(("project",) if is_summed and of_events else ()))


def regrouped(panel: Panel, key: str) -> Panel:
    """Return the panel by this key, one of `keys_of`; by its own where that is empty."""
    if not key:
        return panel
    former, label = _own_label(panel), _LABELS.get(key, key)
    curves, rows = panel.curves, panel.rows
    if curves is not None:
        number = curves.number or Addition(tuple(curves.named.values()))
        curves = Curves(
            _by(number, former, label),
            label,
            running=curves.running,
            total=_by(curves.total, former, label) if curves.total else None,
        )
    if rows is not None:
        columns = {name: _by(number, former, label) for name, number in rows.columns.items()}
        rows = Rows(label, columns)
    return replace(panel, curves=curves, rows=rows, key=key)


def _own_label(panel: Panel) -> str:
    """The label of its series, else of its rows; empty where it has neither."""
    if panel.counts is not None:
        # Shares of few are told by their counts, which have no label.
        return ""
    return (panel.curves.label if panel.curves else "") or (panel.rows.label if panel.rows else "")


def _measures(panel: Panel) -> Iterator[Measure]:
    """What its series and rows are made of."""
    curves, rows = panel.curves, panel.rows
    numbers = [*(rows.columns.values() if rows else ())]
    if curves is not None:
        numbers += [curves.number] if curves.number else [*curves.named.values()]
    for number in numbers:
        for _, query in leaves(number):
            yield query.measure


def _by(number: Number, former: str, label: str) -> Number:
    """The number of questions by the label in the place of their own."""
    match number:
        case Sum(query, labels, span):
            return Sum(_query_by(query, former, label), labels, span)
        case SingleValue(query, span):
            return SingleValue(_query_by(query, former, label), span)
        case Ratio(first, second):
            return Ratio(_by(first, former, label), _by(second, former, label))
        case Difference(first, second):
            return Difference(_by(first, former, label), _by(second, former, label))
        case Addition(numbers):
            return Addition(tuple(_by(term, former, label) for term in numbers))
        case PerMinute(inner):
            return PerMinute(_by(inner, former, label))
        case _:
            return number


def _query_by(query: Query, former: str, label: str) -> Query:
    return query._replace(by=(*(name for name in query.by if name != former), label))
