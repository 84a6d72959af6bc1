"""Sessions as rows, from the answers to neutral questions: the same for every source."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ccotel_tui.query.finite import finite
from ccotel_tui.query.measures import (
    ACTIVITY,
    CACHE_CREATION,
    CACHE_READ,
    COST,
    ERRORS,
    INPUT,
    PROMPTS,
    REQUESTS,
    TOKENS,
    TOOL_CALLS,
    Measure,
)
from ccotel_tui.query.never_carried import never_carried
from ccotel_tui.query.prompts import typed
from ccotel_tui.query.query import Answer, Query, Scope, Series
from ccotel_tui.query.source import Source, UsageSource
from ccotel_tui.query.window import Window


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session over a window: its first and last activity in it, and what it did there.

    Times are Unix nanoseconds; `models` are ordered by cost, the dearest first. The cost is None
    where none of its requests told one; that and the tokens are None where they cannot be shown. A
    number is None where its records do not carry what the scope selects by. `told_name` and
    `told_folder` are of its status line, `user` of its requests, each empty where none was told.
    """

    session_id: str
    started_ns: int
    last_seen_ns: int
    project: str | None
    models: tuple[str, ...]
    cost: float | None
    tokens: float | None
    cache_hit_ratio: float | None
    requests: int | None
    tools: int | None
    errors: int | None
    prompts: int | None
    told_name: str = ""
    told_folder: str = ""
    user: str = ""


_SESSION = ("session_id",)
_FIRST = Query(ACTIVITY, by=_SESSION, stat="first")
_LAST = Query(ACTIVITY, by=_SESSION, stat="last")
_PROJECTS = Query(ACTIVITY, by=("session_id", "project"))
_MODELS = Query(COST, by=("session_id", "model"))

_COUNTED = (TOKENS, INPUT, CACHE_READ, CACHE_CREATION, REQUESTS, TOOL_CALLS, ERRORS, PROMPTS)

SESSION_QUERIES = (
    _FIRST,
    _LAST,
    _PROJECTS,
    _MODELS,
    *(Query(measure, by=_SESSION) for measure in _COUNTED),
)
"""What must be asked for `session_rows`."""


def sessions_of(source: Source, window: Window, scope: Scope) -> list[SessionRow]:
    """The sessions active in the window, the newest activity last. Raises SourceUnavailable."""
    answers = typed.numbers_with_typed_prompts(source, SESSION_QUERIES, window, scope)
    return session_rows(answers, scope)


def with_users(rows: Sequence[SessionRow], usage: UsageSource, window: Window) -> list[SessionRow]:
    """Return the rows with the users of their sessions. Raises SourceUnavailable."""
    users = usage.users([row.session_id for row in rows], window)
    return [replace(row, user=users.get(row.session_id, "")) for row in rows]


def session_rows(answers: Mapping[Query, Answer], scope: Scope) -> list[SessionRow]:
    """A row a session that was active in the scope, the newest activity last."""
    last = _by_session(answers[_LAST])
    first = _by_session(answers[_FIRST])
    counted = {measure: _by_session(answers[Query(measure, by=_SESSION)]) for measure in _COUNTED}
    models = _ranked(answers[_MODELS], "model")
    projects = _ranked(answers[_PROJECTS], "project")

    untold = {measure for measure in _COUNTED if never_carried(measure.records[0], scope)}

    def row(session: str) -> SessionRow:
        def number(measure: Measure) -> float:
            return counted[measure].get(session, 0.0)

        def count(measure: Measure) -> int | None:
            return None if measure in untold else int(number(measure))

        read = number(CACHE_READ)
        prompt_tokens = number(INPUT) + read + number(CACHE_CREATION)
        dear = models[session]
        named = [name for name, _ in projects[session] if name]
        return SessionRow(
            session,
            started_ns=int(first[session]),
            last_seen_ns=int(last[session]),
            project=named[0] if named else None,
            models=tuple(name for name, _ in dear),
            cost=finite(sum(dollars for _, dollars in dear))
            if dear or count(REQUESTS) == 0
            else None,
            tokens=None if TOKENS in untold else finite(number(TOKENS)),
            cache_hit_ratio=finite(read / prompt_tokens) if prompt_tokens else None,
            requests=count(REQUESTS),
            tools=count(TOOL_CALLS),
            errors=count(ERRORS),
            prompts=count(PROMPTS),
        )

    # A stack's answers are not of one moment: one may lack a session that has just begun.
    there = sorted(last.keys() & first.keys(), key=lambda session: (last[session], session))
    return [row(session) for session in there]


def _by_session(answer: Answer) -> dict[str, float]:
    return {series.labels["session_id"]: number for series, number in _numbers(answer)}


def _ranked(answer: Answer, label: str) -> defaultdict[str, list[tuple[str, float]]]:
    """For each session the label's values, the largest number first."""
    ranked: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for series, number in sorted(_numbers(answer), key=lambda pair: -pair[1]):
        ranked[series.labels["session_id"]].append((series.labels[label], number))
    return ranked


def _numbers(answer: Answer) -> Iterable[tuple[Series, float]]:
    for series in answer:
        [(_, number)] = series.points
        if number is not None:
            yield series, number
