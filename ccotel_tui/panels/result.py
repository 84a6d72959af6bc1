"""Panels asked of a source, and what they answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from ccotel_tui.errors import SourceUnavailable, sentence
from ccotel_tui.panels import costs, evaluate
from ccotel_tui.panels.collect import SessionPrompts, collect
from ccotel_tui.panels.evaluate import Answers, Evaluation, Labels
from ccotel_tui.panels.events import event_rows
from ccotel_tui.panels.panel import Curves, Number, Panel, Rows, Span, UnrecordedCost, leaves
from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.never_carried import never_carried
from ccotel_tui.query.prompts import typed
from ccotel_tui.query.query import RESTARTS_GUESSED, EventRow, Scope, Series
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import Window
from ccotel_tui.sentences import Sentence, counted
from ccotel_tui.store.ahead import Ahead

AnswerState = Literal["value", "empty", "stale", "absent", "error"]
ResultRow = Mapping[str, str | float | bool | None]

NEWEST_ROWS = 200
"""Event rows of a panel."""

_MISSED = (
    "1 event was sent and not received: its number is skipped.",
    "{missed} events were sent and not received: their numbers are skipped.",
)

_BEYOND = Sentence(
    "beyond_sums",
    "A record holds no real number, or one too large to be summed, and what it is part of cannot "
    "be known: `ccotel-tui events` shows the records.",
)


@dataclass(frozen=True)
class PanelAnswer:
    """The answer of a panel at a moment.

    Times are Unix nanoseconds. `notes` says why it is absent or what went wrong, and what else a
    reader should know; where it is not `exact` it is the best approximation. `missed` are events
    that were sent and not received, `costless` requests that told no cost, `ahead` any panel's
    records that are dated after now. `series` and `counts` are pairs of a series and what it
    amounts to over the window.
    """

    panel: Panel
    state: AnswerState
    signal: MeasureSignal
    as_of_ns: int
    last_heard_ns: int | None = None
    notes: tuple[str, ...] = ()
    value: float | None = None
    parts: Mapping[str, float | None] = field(default_factory=dict)
    series: tuple[tuple[Series, float | None], ...] = ()
    counts: tuple[tuple[Series, float | None], ...] = ()
    rows: tuple[ResultRow, ...] = ()
    exact: bool = True
    missed: int = 0
    costless: int = 0
    ahead: Ahead | None = None


def answer_panels(
    panels: Iterable[Panel],
    backend: Backend,
    window: Window,
    scope: Scope,
    now_ns: int,
    session: SessionPrompts | None = None,
) -> dict[str, PanelAnswer]:
    """Every panel's answer, by its id; a source that fails makes them errors that say why.

    What else goes wrong makes an error of that panel alone. `session` tells the current session and
    its newest prompt, where that is not the session of the newest activity; it is called only where
    a panel asks about them.
    """
    panels = tuple(panels)
    absent = {panel.id: _absent(panel, scope, now_ns) for panel in panels}
    current = session or partial(typed.current_prompt, backend, now_ns, scope)
    ask = partial(
        _ask_together, backend=backend, window=window, scope=scope, now_ns=now_ns, session=current
    )
    answers = _each(ask, [panel for panel in panels if absent[panel.id] is None], now_ns)
    return {panel.id: absent[panel.id] or answers[panel.id] for panel in panels}


def _each(
    ask: Callable[[Sequence[Panel]], dict[str, PanelAnswer]], panels: Sequence[Panel], now_ns: int
) -> dict[str, PanelAnswer]:
    """The panels' answers, asked for together; one by one where not the source is at fault."""
    if not panels:
        return {}
    try:
        return ask(panels)
    except Exception as error:
        if isinstance(error, SourceUnavailable) or len(panels) == 1:
            why = (sentence(error),)
            return {p.id: PanelAnswer(p, "error", _signal(p), now_ns, notes=why) for p in panels}
    return {id: answer for panel in panels for id, answer in _each(ask, [panel], now_ns).items()}


def _ask_together(
    panels: Sequence[Panel],
    backend: Backend,
    window: Window,
    scope: Scope,
    now_ns: int,
    session: SessionPrompts,
) -> dict[str, PanelAnswer]:
    """The answers of panels whose records carry what the scope selects by."""
    source, diagnostics = backend.source, backend.diagnostics
    shown = [panel for panel in panels if panel.events]
    evaluation, heard, ahead, dropped, remarks, *event_batches = backend.run_together(
        [
            partial(collect, panels, backend, window, scope, now_ns, session),
            partial(source.last_record_ns, now_ns),
            partial(diagnostics.ahead, now_ns),
            partial(diagnostics.dropped_records, window),
            partial(diagnostics.remarks, window),
            *(partial(event_rows, p.events, source, window, scope, NEWEST_ROWS) for p in shown),
        ]
    )
    # What those answers lacked: read once they are there.
    partial_answers = diagnostics.partial_answers()
    nowhere = [
        Sentence("no_such_attribute", "No record has the attribute {name}.", name=name)
        for name in diagnostics.unknown_attributes(scope)
    ]
    if nowhere and not diagnostics.keeps_resource_attributes():
        lost = "This stack does not keep the attributes of resources."
        why = (*nowhere, Sentence("no_resource_attributes", lost))
        return {
            panel.id: PanelAnswer(panel, "absent", _signal(panel), now_ns, notes=why)
            for panel in panels
        }
    rows = dict(zip((panel.id for panel in shown), event_batches, strict=True))
    return {
        panel.id: _panel_answer(
            panel,
            evaluation,
            rows.get(panel.id, []),
            heard,
            now_ns,
            ahead,
            [text for signal, text in partial_answers.items() if signal in _signals(panel)],
            [
                *nowhere,
                *_dated_ahead(ahead, now_ns),
                *_dropped(_signal(panel), dropped),
                *remarks.get(_signal(panel), ()),
            ],
        )
        for panel in panels
    }


def _panel_answer(
    panel: Panel,
    evaluation: Evaluation,
    rows: list[EventRow],
    heard: int | None,
    now_ns: int,
    ahead: Ahead | None,
    lacking_parts: list[str],
    notes: list[str],
) -> PanelAnswer:
    answers = [evaluation.answers[key] for key in panel.queries() if key[0] is Span.WINDOW]
    costless = costs.requests_without(panel, evaluation)
    has_records = any(answers) or bool(rows)
    value = evaluation.number(panel.value) if panel.value and has_records else None
    beyond = evaluation.beyond(panel)
    state: AnswerState = "value" if has_records else "absent" if costless else "empty"
    if panel.value and beyond and value is None:
        state = "absent"
    first = answers[0] if answers else ()
    told_by = {series.signal for series in first}
    told_by |= {"counters" for series in first if series.mixed}
    return PanelAnswer(
        panel,
        state=state,
        signal="counters" if told_by == {"counters"} else _signal(panel),
        as_of_ns=now_ns,
        last_heard_ns=heard,
        ahead=ahead,
        notes=(
            *lacking_parts,
            *([_BEYOND] if beyond else []),
            *notes,
            *_notes(panel, evaluation, told_by),
        ),
        value=value,
        parts={name: evaluation.number(number) for name, number in panel.parts.items()},
        series=tuple(_series(panel.curves, evaluation)) if panel.curves and has_records else (),
        counts=tuple(_series(panel.counts, evaluation)) if panel.counts and has_records else (),
        rows=_rows(panel.rows, evaluation) if panel.rows else tuple(rows),
        exact=_exact(panel, evaluation) and not (costless or beyond or lacking_parts),
        costless=costless,
        missed=_missed(panel, evaluation),
    )


def _dated_ahead(ahead: Ahead | None, now_ns: int) -> Iterator[str]:
    if ahead is not None:
        form = "{ahead}: a clock is wrong, the sender's or this machine's."
        yield Sentence("clock_wrong", form, ahead=ahead.sentence(now_ns))


def _dropped(signal: MeasureSignal, dropped: Mapping[MeasureSignal, int]) -> Iterator[str]:
    if count := dropped.get(signal):
        form = (
            "The collector dropped {count:,} {records} in this time: they came out of order, or a "
            "server refused them. `ccotel-tui stack logs otel-collector` says more."
        )
        points = Sentence("counter_points", "points of counters")
        records = points if signal == "counters" else Sentence("events", "events")
        yield Sentence("dropped_by_collector", form, count=count, records=records)


def _exact(panel: Panel, evaluation: Evaluation) -> bool:
    answers = (evaluation.answers.get(key, ()) for key in panel.queries())
    return all(series.exact for answer in answers for series in answer)


def _notes(panel: Panel, evaluation: Evaluation, told_by: set[MeasureSignal]) -> Iterator[str]:
    if not _exact(panel, evaluation):
        yield RESTARTS_GUESSED
    yield from costs.notes(panel, evaluation)
    if len(told_by) > 1:
        form = "Sessions without request events count by their counters."
        yield Sentence("counted_by_counters", form)
    if missed := _missed(panel, evaluation):
        form = counted(_MISSED, missed)
        yield Sentence("missed_events", form, missed=missed)


def _missed(panel: Panel, evaluation: Evaluation) -> int:
    """Told where what was not seen is told."""
    tells_unrecorded = any(isinstance(number, UnrecordedCost) for number in panel.numbers())
    return evaluation.missed if tells_unrecorded else 0


def _series(curves: Curves, evaluation: Evaluation) -> Iterator[tuple[Series, float | None]]:
    numbers: list[tuple[Labels, Labels, Number]] = [
        ({curves.label: name}, evaluate.WHOLE, number) for name, number in curves.named.items()
    ]
    if curves.number and curves.label:
        values = _values(curves.label, [curves.number], evaluation.answers)
        numbers += [({curves.label: v}, {curves.label: v}, curves.number) for v in values]
    elif curves.number:
        numbers.append(({}, evaluate.WHOLE, curves.number))
    for labels, selected, number in numbers:
        points = tuple(
            (bucket.to_ns, evaluation.number(number, selected, at))
            for at, bucket in enumerate(evaluation.buckets)
        )
        series = Series(labels, points)
        total = evaluation.number(curves.total or number, selected)
        yield (evaluate.running(series) if curves.running else series), total


def _values(label: str, numbers: Iterable[Number], answers: Answers) -> list[str]:
    """The values of the label under which the numbers' answers hold something, in order."""
    keys = {key for number in numbers for key in leaves(number)}
    return sorted({s.labels[label] for key in keys for s in answers[key] if label in s.labels})


def _rows(rows: Rows, evaluation: Evaluation) -> tuple[ResultRow, ...]:
    first = next(iter(rows.columns))
    unsorted: list[ResultRow] = [
        {
            rows.label: value,
            **{
                column: evaluation.number(number, {rows.label: value})
                for column, number in rows.columns.items()
            },
        }
        for value in _values(rows.label, rows.columns.values(), evaluation.answers)
    ]
    return tuple(sorted(unsorted, key=lambda row: -float(row[first] or 0)))


def _signal(panel: Panel) -> MeasureSignal:
    return next((query.measure.signal for _, query in panel.queries()), "events")


def _signals(panel: Panel) -> set[MeasureSignal]:
    """All that its numbers may come from."""
    measures = [query.measure for _, query in panel.queries()]
    by_counters = any(measure.fallback for measure in measures)
    unseen = any(isinstance(number, UnrecordedCost) for number in panel.numbers())
    counters: set[MeasureSignal] = {"counters"} if by_counters or unseen else set()
    return {_signal(panel), *(measure.signal for measure in measures)} | counters


def _absent(panel: Panel, scope: Scope, now_ns: int) -> PanelAnswer | None:
    """The answer of a panel whose records do not carry what the scope selects by."""
    read = [query.measure.records[0] for _, query in panel.queries()]
    record = (*read, *(kind.name for kind in panel.events))[0]
    why = never_carried(record, scope)
    if why is None:
        return None
    note = Sentence(
        "carries_none", "{record} carries no {attribute}.", record=record, attribute=why
    )
    return PanelAnswer(panel, "absent", _signal(panel), now_ns, notes=(note,))
