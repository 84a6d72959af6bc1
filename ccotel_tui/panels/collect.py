"""Asks a source what panels need, and over which time: each distinct question once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from ccotel_tui.panels import costs
from ccotel_tui.panels.evaluate import Answers, Evaluation
from ccotel_tui.panels.panel import Panel, Span, UnrecordedCost
from ccotel_tui.query.measures import ACTIVITY, COST, Condition
from ccotel_tui.query.prompts import typed
from ccotel_tui.query.prompts.typed import SessionPrompt
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.window import DAY, LONGEST_SESSION, MINUTE, Window, local_day, midnight

SessionPrompts = Callable[[], SessionPrompt | None]
"""Tells the session that counts as the current one, and its newest prompt."""

_ACTIVE = Query(ACTIVITY, by=("session_id",), stat="sessions")
_LASTING = 2 * MINUTE
"""Counters come up to a minute after the events they count: only what lasts is unseen."""


def collect(
    panels: Iterable[Panel],
    backend: Backend,
    window: Window,
    scope: Scope,
    now_ns: int,
    session_prompt: SessionPrompts,
) -> Evaluation:
    """The answer to each distinct question, those about the same time asked together."""
    by_span: defaultdict[Span, set[Query]] = defaultdict(set)
    wants_unrecorded = False
    if any(costs.tells_cost(panel) for panel in panels):
        by_span[Span.WINDOW].update(costs.COST_QUERIES)
    for panel in panels:
        wants_unrecorded |= any(isinstance(number, UnrecordedCost) for number in panel.numbers())
        for span, query in panel.queries():
            by_span[span].add(query)
    if wants_unrecorded:
        by_span[Span.WINDOW].add(_ACTIVE)
    of_session = {span for span in by_span if span in (Span.SESSION, Span.PROMPT)}
    others = _questions(by_span, by_span.keys() - of_session, (), window, now_ns)
    answers, in_session = backend.run_together(
        [
            partial(_ask, others, backend, scope),
            partial(_ask_about_session, by_span, session_prompt, backend, scope, window, now_ns)
            if of_session
            else dict,
        ]
    )
    calls: list[Callable[[], Any]] = []
    if costs.are_irregular(answers):
        irregular = _questions(
            {Span.WINDOW: costs.IRREGULAR_QUERIES}, [Span.WINDOW], (), window, now_ns
        )
        calls.append(partial(_ask, irregular, backend, scope))
    if wants_unrecorded:
        active = [series.labels["session_id"] for series in answers[Span.WINDOW, _ACTIVE]]
        calls.append(partial(backend.diagnostics.unrecorded_cost, active, now_ns - _LASTING))
        calls.append(partial(backend.diagnostics.lost_events, active, window))
    more = backend.run_together(calls)
    dollars, missed = None, {}
    if wants_unrecorded:
        *more, dollars, missed = more
    twice = _counted_twice(answers, backend.source, window, scope)
    for answered in (in_session, *more):
        answers |= answered
    return Evaluation(answers, window, dollars, sum(missed.values()), twice)


def _counted_twice(
    answers: Answers, source: Source, window: Window, scope: Scope
) -> tuple[float, ...]:
    """Dollars that the window's cost may have twice; asked only where counters are in it."""
    by_counters = any(
        series.signal == "counters" or series.mixed
        for (span, query), answer in answers.items()
        if span is Span.WINDOW and query.measure == COST
        for series in answer
    )
    if not by_counters:
        return ()
    sides = source.numbers((costs.BY_COUNTERS, costs.BY_EVENTS), window, scope)
    return costs.counted_twice(sides[costs.BY_COUNTERS], sides[costs.BY_EVENTS])


def _ask_about_session(
    by_span: Mapping[Span, Iterable[Query]],
    session_prompt: SessionPrompts,
    backend: Backend,
    scope: Scope,
    window: Window,
    now_ns: int,
) -> dict[tuple[Span, Query], Answer]:
    """The answers about the session and its newest prompt, those of the prompt's ids together.

    Nobody waits for the window's meanwhile.
    """
    current = session_prompt()
    if current is None:
        return {}
    session = Condition("session_id", current.session_id)
    queries = by_span.get(Span.PROMPT, ())
    whole = _questions(by_span, by_span.keys() & {Span.SESSION}, (session,), window, now_ns)
    life = _window_of_span(Span.PROMPT, window, now_ns)
    if current.began_ns is not None:
        from_ns = max(life.from_ns, current.began_ns - MINUTE)
        life = Window.between(min(from_ns, now_ns - MINUTE), now_ns, window.zone)
    by_id = {
        (query, prompt_id): query._replace(
            where=(*query.where, session, Condition("prompt_id", prompt_id))
        )
        for query in queries
        for prompt_id in current.prompt_ids
    }
    answers, in_prompt = backend.run_together(
        [
            partial(_ask, whole, backend, scope),
            partial(backend.source.numbers, by_id.values(), life, scope) if by_id else dict,
        ]
    )
    joined: dict[tuple[Span, Query], Answer] = {}
    for (query, _), by_prompt in by_id.items():
        joined[Span.PROMPT, query] = (*joined.get((Span.PROMPT, query), ()), *in_prompt[by_prompt])
    return {**answers, **joined}


Questions = dict[tuple[Span, Query], tuple[Window, Query]]
"""Each question by its span, and what is asked for it over which time."""


def _questions(
    queries: Mapping[Span, Iterable[Query]],
    spans: Iterable[Span],
    conditions: tuple[Condition, ...],
    window: Window,
    now_ns: int,
) -> Questions:
    """The questions of these spans, about the records that meet the conditions."""
    return {
        (span, query): (
            _window_of_span(span, window, now_ns),
            query._replace(where=query.where + conditions),
        )
        for span in spans
        for query in queries[span]
    }


def _ask(questions: Questions, backend: Backend, scope: Scope) -> dict[tuple[Span, Query], Answer]:
    """The answers, those about the same time asked together."""
    by_window: defaultdict[Window, set[Query]] = defaultdict(set)
    for within, query in questions.values():
        by_window[within].add(query)
    answers = backend.run_together(
        [
            partial(typed.numbers_with_typed_prompts, backend.source, queries, within, scope)
            for within, queries in by_window.items()
        ]
    )
    answered = dict(zip(by_window, answers, strict=True))
    return {key: answered[within][query] for key, (within, query) in questions.items()}


def _window_of_span(span: Span, window: Window, now_ns: int) -> Window:
    match span:
        case Span.WINDOW:
            return window
        case Span.BEFORE:
            start = 2 * window.from_ns - window.to_ns
            return Window.between(start, window.from_ns, window.zone)
        case Span.MINUTES_5:
            start = now_ns - 5 * MINUTE
        case Span.TODAY:
            start = midnight(local_day(now_ns - 1, window.zone), window.zone)
        case Span.DAYS_7:
            start = now_ns - 7 * DAY
        case Span.DAYS_30:
            start = now_ns - 30 * DAY
        case Span.SESSION | Span.PROMPT:
            start = now_ns - LONGEST_SESSION
    return Window.between(start, now_ns, window.zone)
