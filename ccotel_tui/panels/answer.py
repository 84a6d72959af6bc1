"""Panels asked of a source, and what they answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ccotel_tui.errors import CcotelError, SourceUnavailable
from ccotel_tui.panels import derive
from ccotel_tui.panels.panel import Curves, Minus, Number, Panel, Ratio, Rows, Span, Total, leaves
from ccotel_tui.query.ask import Answer, Ask, Scope, Series
from ccotel_tui.query.measures import Measure, Signal
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import DAY, Window, local_day, midnight

State = Literal["value", "empty", "stale", "absent", "error"]
Answers = Mapping[tuple[Span, Ask], Answer]
Row = dict[str, str | float | None]

_ALL: Mapping[str, str] = {}
_LONGEST_SESSION = 31 * DAY


@dataclass(frozen=True)
class PanelAnswer:
    """What a panel says at a moment.

    Times are Unix nanoseconds. `notes` says why it is absent or what went wrong, and what else a
    reader should know.
    """

    panel: Panel
    state: State
    signal: Signal
    as_of_ns: int
    last_heard_ns: int | None = None
    notes: tuple[str, ...] = ()
    value: float | None = None
    parts: Mapping[str, float | None] = field(default_factory=dict)
    series: tuple[tuple[Series, float], ...] = ()
    rows: tuple[Row, ...] = ()


def answer_panels(
    panels: Iterable[Panel], source: Source, window: Window, scope: Scope, now_ns: int
) -> dict[str, PanelAnswer]:
    """Every panel's answer, by its id; a source that fails makes them errors that say why."""
    panels = tuple(panels)
    absent = {panel.id: _absent(panel, scope, now_ns) for panel in panels}
    asked = [panel for panel in panels if absent[panel.id] is None]
    try:
        answers = _ask(asked, source, window, scope, now_ns)
        heard = source.last_heard()
    except SourceUnavailable as error:
        return {panel.id: _failed(panel, error, now_ns) for panel in panels}
    return {
        panel.id: absent[panel.id] or _answered(panel, answers, heard, now_ns) for panel in panels
    }


def _ask(
    panels: Iterable[Panel], source: Source, window: Window, scope: Scope, now_ns: int
) -> Answers:
    """The answer to each distinct question, those about the same time asked together."""
    by_span: defaultdict[Span, set[Ask]] = defaultdict(set)
    for panel in panels:
        for span, ask in panel.asked():
            by_span[span].add(ask)
    found: dict[tuple[Span, Ask], Answer] = {}
    for span, asks in by_span.items():
        spanned = scope
        if span is Span.SESSION:
            current = source.current_session(now_ns, scope)
            if current is None:
                continue
            spanned = replace(scope, session_id=current)
        numbers = source.numbers(asks, _spanned(span, window, now_ns), spanned)
        found |= {(span, ask): answer for ask, answer in numbers.items()}
    return found


def _spanned(span: Span, window: Window, now_ns: int) -> Window:
    match span:
        case Span.WINDOW:
            return window
        case Span.TODAY:
            start = midnight(local_day(now_ns, window.zone), window.zone)
        case Span.DAYS_7:
            start = now_ns - 7 * DAY
        case Span.DAYS_30:
            start = now_ns - 30 * DAY
        case Span.SESSION:
            start = now_ns - _LONGEST_SESSION
    return Window.between(start, now_ns, window.zone)


def _answered(panel: Panel, answers: Answers, heard: int | None, now_ns: int) -> PanelAnswer:
    found = any(answers[key] for key in panel.asked() if key[0] is Span.WINDOW)
    return PanelAnswer(
        panel,
        state="value" if found else "empty",
        signal=_measure(panel).signal,
        as_of_ns=now_ns,
        last_heard_ns=heard,
        value=_evaluate(panel.value, answers) if found else None,
        parts={name: _evaluate(number, answers) for name, number in panel.parts.items()},
        series=_series(panel.curves, answers) if panel.curves else (),
        rows=_rows(panel.rows, answers) if panel.rows else (),
    )


def _series(curves: Curves, answers: Answers) -> tuple[tuple[Series, float], ...]:
    return tuple(
        (derive.running(one) if curves.running else one, derive.total((one,), _ALL))
        for one in answers[Span.WINDOW, curves.ask]
    )


def _rows(rows: Rows, answers: Answers) -> tuple[Row, ...]:
    first = next(iter(rows.columns))
    names = {
        series.labels[rows.label]
        for number in rows.columns.values()
        for key in leaves(number)
        for series in answers[key]
    }
    found: list[Row] = []
    for name in sorted(names):
        row: Row = {rows.label: name}
        for column, number in rows.columns.items():
            row[column] = _evaluate(number, answers, {rows.label: name})
        found.append(row)
    return tuple(sorted(found, key=lambda row: -float(row[first] or 0)))


def _evaluate(number: Number, answers: Answers, labels: Mapping[str, str] = _ALL) -> float | None:
    match number:
        case Total():
            answer = answers.get((number.span, number.ask))
            return None if answer is None else derive.total(answer, {**number.labels, **labels})
        case Ratio():
            return derive.ratio(
                _evaluate(number.part, answers, labels), _evaluate(number.whole, answers, labels)
            )
        case Minus():
            return derive.minus(
                _evaluate(number.left, answers, labels), _evaluate(number.right, answers, labels)
            )


def _measure(panel: Panel) -> Measure:
    return next(iter(panel.asked()))[1].measure


def _absent(panel: Panel, scope: Scope, now_ns: int) -> PanelAnswer | None:
    measure = _measure(panel)
    lacking = scope.lacking(measure)
    if lacking is None:
        return None
    why = f"{measure.record} carries no {lacking}."
    return PanelAnswer(panel, "absent", measure.signal, now_ns, notes=(why,))


def _failed(panel: Panel, error: CcotelError, now_ns: int) -> PanelAnswer:
    return PanelAnswer(panel, "error", _measure(panel).signal, now_ns, notes=(str(error),))
