"""Prompts asked of a source: how many a person typed, and the newest with all that belongs to it.

To count prompts over months their rows are not read: `numbers` takes from the count of user_prompt
what nobody typed. Where texts are sent, their beginning tells, which both query languages count
like any condition (on the embedded store bucket by bucket, held until a record of that time
comes). Where they are redacted, only the seconds after an asynchronous subagent_completed are
looked at: those events are few, and who has none pays nothing. Whether a prompt continues another
depends on its own text and on the 2 seconds before it, never on the window, so that the counts of
parts add up. For the newest prompt the rows of one session are folded here, of prompts and ended
subagents only; agents are looked up where one ended since.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import partial

from ccotel_tui.query.events import label_of, time_of
from ccotel_tui.query.measures import NOTIFICATIONS, PROMPTS
from ccotel_tui.query.prompts.folded import (
    NOTIFIED_WITHIN,
    SUBAGENT_COMPLETED,
    ended_in_background,
    fold,
    is_command,
    notifications,
    prompts,
    text_of,
)
from ccotel_tui.query.query import ALL_ROWS, Answer, EventKind, EventRow, Query, Scope
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.window import DAY, LONGEST_SESSION, MINUTE, Bucket, Window
from ccotel_tui.telemetry.conventions import (
    API_ERROR,
    API_REQUEST,
    TOOL_DECISION,
    TOOL_RESULT,
    USER_PROMPT,
)

_HEADS = (EventKind(USER_PROMPT), EventKind(SUBAGENT_COMPLETED))
_OF_AGENT = tuple(map(EventKind, (API_REQUEST, API_ERROR, TOOL_RESULT, TOOL_DECISION)))

FOLDED_BY = (*_HEADS, *_OF_AGENT)
"""The events whose rows `fold` needs."""


@dataclass(frozen=True, slots=True)
class SessionPrompt:
    """A session and its newest prompt: its ids, the typed one first, and its user_prompt row.

    There are no ids where nothing was typed yet, and no row where it was not received.
    """

    session_id: str
    prompt_ids: tuple[str, ...] = ()
    typed: EventRow | None = None

    @property
    def began_ns(self) -> int | None:
        """The time at which it was typed, in Unix nanoseconds."""
        return None if self.typed is None else time_of(self.typed)


def numbers_with_typed_prompts(
    source: Source, queries: Iterable[Query], window: Window, scope: Scope
) -> dict[Query, Answer]:
    """Answer as the source does, but PROMPTS without those that nobody typed.

    Raises SourceUnavailable.
    """
    queries = list(queries)
    counts = [query for query in queries if query.measure == PROMPTS]
    by_text = {query: query._replace(measure=NOTIFICATIONS) for query in counts}
    answers = source.numbers([*queries, *by_text.values()], window, scope)
    if not any(answers[query] for query in counts):
        return answers
    redacted = redacted_notifications(source, window, scope)
    for query, notified in by_text.items():
        untyped = _amounts(answers[notified]) + _counted(query, answers[query], redacted)
        answers[query] = _less(answers[query], untyped)
    return answers


def newest_prompt(
    backend: Backend, session_id: str, to_ns: int, newest_request: str | None = None
) -> SessionPrompt:
    """The session's newest prompt up to then.

    `newest_request` is the prompt.id of its newest api_request, which tells of a prompt whose
    own record was not received. Raises SourceUnavailable.
    """
    heads: list[EventRow] = []
    typed: list[EventRow] = []
    for length_ns in (DAY, LONGEST_SESSION):
        heads = rows_of_session(backend.source, _HEADS, session_id, to_ns - length_ns, to_ns)
        typed = [
            prompt.row
            for prompt in prompts(heads)
            if not (prompt.continues or is_command(prompt.row))
        ]
        if typed:
            break
    if newest_request and newest_request not in {row.get("prompt_id") for row in heads}:
        return SessionPrompt(session_id, (newest_request,))
    if not typed:
        return SessionPrompt(session_id)
    newest = typed[-1]
    return SessionPrompt(session_id, _with_those_after(backend, session_id, newest, heads), newest)


def _with_those_after(
    backend: Backend, session_id: str, newest: EventRow, heads: Sequence[EventRow]
) -> tuple[str, ...]:
    """The ids of the newest typed prompt: its own, and those that continue it."""
    prompt_id = newest.get("prompt_id")
    if not isinstance(prompt_id, str):
        return ()
    later = [
        prompt
        for prompt in prompts(heads)
        if prompt.continues and time_of(prompt.row) >= time_of(newest)
    ]
    since_ns, to_ns = time_of(newest) - DAY, max(map(time_of, heads))
    agent_rows = backend.run_together(
        partial(rows_of_session, backend.source, _OF_AGENT, session_id, since_ns, to_ns, agent)
        for agent in sorted({agent for prompt in later for agent in prompt.agents})
    )
    roots = fold([*heads, *(row for rows in agent_rows for row in rows)])
    continued = (str(prompt.row.get("prompt_id")) for prompt in later)
    return tuple(
        dict.fromkeys((prompt_id, *(other for other in continued if roots.get(other) == prompt_id)))
    )


def current_prompt(backend: Backend, now_ns: int, scope: Scope) -> SessionPrompt | None:
    """The newest prompt of the session of the newest activity. Raises SourceUnavailable."""
    current = backend.source.current(now_ns, scope)
    if current is None:
        return None
    return newest_prompt(backend, current.session_id, now_ns, current.prompt_id)


def redacted_notifications(source: Source, window: Window, scope: Scope) -> list[EventRow]:
    """Return the prompts in the window that nobody typed, where their texts do not tell it."""
    session = scope.of_sessions
    early = Window.between(window.from_ns - NOTIFIED_WITHIN, window.to_ns, window.zone)
    ended = [
        row
        for row in source.rows([EventKind(SUBAGENT_COMPLETED)], early, session, ALL_ROWS)
        if ended_in_background(row)
    ]
    if not ended:
        return []
    stretches = _stretches(map(time_of, ended), window.to_ns)
    prompts_after = source.rows_within(EventKind(USER_PROMPT), stretches, scope)
    untyped = notifications([*ended, *prompts_after])
    return [row for row in untyped if not text_of(row) and time_of(row) > window.from_ns]


def _stretches(times_ns: Iterable[int], to_ns: int) -> list[Bucket]:
    """The seconds after these times, which are in ascending order, up to `to_ns`."""
    stretches: list[Bucket] = []
    for time_ns in times_ns:
        end_ns = min(time_ns + NOTIFIED_WITHIN, to_ns)
        if stretches and time_ns <= stretches[-1].to_ns:
            stretches[-1] = Bucket(stretches[-1].from_ns, end_ns)
        else:
            stretches.append(Bucket(time_ns - 1, end_ns))
    return stretches


_Place = tuple[tuple[str, ...], int]
"""A series' labels and a bucket's end."""


def _amounts(answer: Answer) -> Counter[_Place]:
    return Counter(
        {
            (tuple(series.labels.values()), end_ns): round(number or 0)
            for series in answer
            for end_ns, number in series.points
        }
    )


def _counted(query: Query, answer: Answer, rows: Iterable[EventRow]) -> Counter[_Place]:
    """The number of rows that count in each place of the answer."""
    ends = [end_ns for end_ns, _ in answer[0].points] if answer else []
    return Counter(
        (tuple(label_of(row, label) for label in query.by), ends[bisect_left(ends, time_of(row))])
        for row in rows
        if ends and all((label_of(row, c.label) == c.value) != c.negated for c in query.where)
    )


def _less(answer: Answer, untyped: Mapping[_Place, int]) -> Answer:
    return tuple(
        series._replace(
            points=tuple(
                (end, n and n - untyped.get((tuple(series.labels.values()), end), 0))
                for end, n in series.points
            ),
        )
        for series in answer
    )


def rows_of_session(
    source: Source,
    kinds: Sequence[EventKind],
    session_id: str,
    from_ns: int,
    to_ns: int,
    agent: str = "",
) -> list[EventRow]:
    """Return the session's rows of these kinds, of that agent only where one is named."""
    scope = Scope(session_id, attributes=(("agent_id", agent),) if agent else ())
    rows = source.rows(kinds, Window.between(from_ns, to_ns, UTC, MINUTE), scope, ALL_ROWS)
    # A scope selects by the beginning of an id.
    return [row for row in rows if label_of(row, "session_id") == session_id]
