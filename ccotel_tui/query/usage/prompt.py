"""One prompt with all that belongs to it: by the beginning of its id, the last, the dearest."""

from datetime import UTC
from typing import NamedTuple

from ccotel_tui.errors import UsageError
from ccotel_tui.query.events import label_of
from ccotel_tui.query.measures import PROMPTS, REQUESTS
from ccotel_tui.query.prompts.folded import SUBAGENT_COMPLETED, fold
from ccotel_tui.query.prompts.rows import PROMPT_EVENTS, PromptRow, prompt_rows
from ccotel_tui.query.prompts.typed import current_prompt
from ccotel_tui.query.query import ALL_ROWS, EventKind, Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import NONE, usage_key
from ccotel_tui.query.usage.usage import usage_of
from ccotel_tui.query.window import DAY, LONGEST_SESSION, Window
from ccotel_tui.telemetry.conventions import UNKNOWN

_LONG_AGO = 400 * DAY
"""Whatever is still kept is hardly older."""

_MOST_NAMED = 5
"""Ids in an error's sentence."""

_KINDS = tuple(map(EventKind, (*PROMPT_EVENTS, SUBAGENT_COMPLETED)))
_LABELS = ("session_id", "prompt_id")
_BY_PROMPT = (Query(REQUESTS, by=_LABELS), Query(PROMPTS, by=_LABELS))


class SessionPromptRow(NamedTuple):
    """A prompt, and the session that it was typed in."""

    session_id: str
    prompt: PromptRow


def find_prompt(
    backend: Backend, wanted: str, window: Window, scope: Scope, now_ns: int
) -> SessionPromptRow:
    """Return the prompt whose id begins so, or the `last`, or the `dearest` of the window.

    One that continues another is found as that. Raises UsageError where there is none, or there
    are several, and SourceUnavailable.
    """
    if wanted == "last":
        newest = current_prompt(backend, now_ns, scope)
        if newest is None or not newest.prompt_ids:
            raise UsageError("No prompt has been recorded yet.")
        return _of_session(backend, newest.session_id, newest.prompt_ids[0], window, now_ns)
    if wanted == "dearest":
        wanted = _dearest(backend, window, scope)
    prompts = _beginning(backend, wanted, window, scope)
    if not prompts:
        month = window._replace(from_ns=now_ns - LONGEST_SESSION, to_ns=now_ns)
        prompts = _beginning(backend, wanted, month, scope)
    if not prompts:
        raise UsageError(
            f"No prompt of the window or the last 31 days has an id that begins {wanted}."
        )
    rows = {
        (row.session_id, row.prompt.prompt_id): row
        for session_id, prompt_id in sorted(prompts)[:_MOST_NAMED]
        for row in [_of_session(backend, session_id, prompt_id, window, now_ns)]
    }
    if len(rows) > 1:
        ids = ", ".join(prompt_id for _, prompt_id in rows)
        raise UsageError(f"Several prompts have an id that begins {wanted}: {ids}. Say more of it.")
    return next(iter(rows.values()))


def _dearest(backend: Backend, window: Window, scope: Scope) -> str:
    rows = usage_of(backend, [usage_key("prompt")], window, scope).rows
    named = [row for row in rows if row.keys != (NONE,)]
    if not named:
        raise UsageError("No request of the window names a prompt; take a longer one (--since).")
    return max(named, key=lambda row: row.cost or 0.0).keys[0]


def _beginning(backend: Backend, wanted: str, window: Window, scope: Scope) -> set[tuple[str, str]]:
    """The sessions and ids of the prompts whose ids begin so."""
    answers = backend.source.numbers(_BY_PROMPT, window, scope)
    ids = {
        (series.labels["session_id"], series.labels["prompt_id"])
        for answer in answers.values()
        for series in answer
    }
    exact = {each for each in ids if each[1] == wanted}
    return exact or {each for each in ids if each[1].startswith(wanted) and each[1] != UNKNOWN}


def _of_session(
    backend: Backend, session_id: str, prompt_id: str, window: Window, now_ns: int
) -> SessionPromptRow:
    """The prompt that has records of that id, or that such records continue. Raises UsageError."""
    # Few are older than a session may last.
    for from_ns in (now_ns - 2 * LONGEST_SESSION, min(window.from_ns, now_ns - _LONG_AGO)):
        life = Window.between(from_ns, now_ns, UTC)
        events = [
            row
            for row in backend.source.rows(_KINDS, life, Scope(session_id), ALL_ROWS)
            if label_of(row, "session_id") == session_id
        ]
        root = fold(events).get(prompt_id, prompt_id)
        for row in prompt_rows(events, backend.waits(session_id)):
            if row.prompt_id == root:
                return SessionPromptRow(session_id, row)
    raise UsageError(f"Nothing is kept of the prompt {prompt_id} but its id.")
