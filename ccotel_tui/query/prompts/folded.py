"""Prompts as a person typed them, and the prompts of the client that continue them. Pure.

A prompt is what a person typed and all that followed: the records of its prompt.id and of the ids
that continue it. The client sends two kinds of user_prompt that nobody typed. Built-in commands
(/compact, /exit) stand for themselves and are no prompts. A `<task-notification>` tells that a
background subagent has ended: it continues the prompt under which the first record of that agent
stands, without an agent the prompt before. With texts redacted a user_prompt within 2 s after an
asynchronous subagent_completed of its session is one; each end is told of once, so that what a
person types right after a notification is none.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ccotel_tui.query.events import label_of, time_of
from ccotel_tui.query.measures import NOTIFICATION
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import SECOND
from ccotel_tui.telemetry.conventions import USER_PROMPT

SUBAGENT_COMPLETED = "subagent_completed"
REDACTED = "<REDACTED>"

NOTIFIED_WITHIN = 2 * SECOND
"""From the end of a background subagent to the client's prompt about it."""

_TASK = re.compile(r"<task-id>\s*([^<\s]+)\s*</task-id>")


class UserPrompt(NamedTuple):
    """A user_prompt row, and whether it continues another prompt.

    `agents` are those whose end it may tell of, the likeliest first.
    """

    row: EventRow
    continues: bool
    agents: tuple[str, ...]


def is_command(row: EventRow) -> bool:
    """Return whether the row is a command of the client, such as /exit."""
    return row["event_name"] == USER_PROMPT and row.get("command_source") == "builtin"


def fold(rows: Iterable[EventRow]) -> dict[str, str]:
    """Map each prompt.id of the rows to the one that a person typed, or to itself.

    The rows may be of several sessions, and in any order. Commands of the client stand for
    themselves, and so does a notification of which nothing before it is in the rows.
    """
    roots: dict[str, str] = {}
    for session in _by_session(rows).values():
        roots |= _fold_session(session)
    return roots


def notifications(rows: Iterable[EventRow]) -> list[EventRow]:
    """The user_prompt rows that nobody typed and that are no commands, in the order of time."""
    return [
        prompt.row
        for session in _by_session(rows).values()
        for prompt in prompts(session)
        if prompt.continues
    ]


def prompts(rows: Sequence[EventRow]) -> list[UserPrompt]:
    """The prompts among a session's rows, which are in the order of time."""
    classified: list[UserPrompt] = []
    ended: list[EventRow] = []
    ends_ns: list[int] = []
    prompts_ns: list[int] = []
    for row in rows:
        if ended_in_background(row):
            ended.append(row)
            ends_ns.append(time_of(row))
        elif row["event_name"] == USER_PROMPT:
            continues = not is_command(row) and _continues(row, ends_ns, prompts_ns)
            agents = _agents(row, ended) if continues else ()
            classified.append(UserPrompt(row, continues, agents))
            if not is_command(row):
                prompts_ns.append(time_of(row))
    return classified


def _continues(prompt: EventRow, ends_ns: Sequence[int], prompts_ns: Sequence[int]) -> bool:
    """Return whether the prompt reports an agent's end, by its text or as one more than before.

    The times are those of the ends and the prompts before it, in ascending order.
    """
    text = text_of(prompt)
    if text:
        return text.startswith(NOTIFICATION)
    just_ended = ends_ns[bisect_left(ends_ns, time_of(prompt) - NOTIFIED_WITHIN) :]
    if not just_ended:
        return False
    return len(just_ended) > len(prompts_ns) - bisect_left(prompts_ns, just_ended[0])


def _agents(prompt: EventRow, ended: list[EventRow]) -> tuple[str, ...]:
    """The agents that the prompt may report; an end that it reports is reported by no other.

    Of several that ended just before, the first is reported first.
    """
    just_before = [end for end in ended if time_of(prompt) - time_of(end) <= NOTIFIED_WITHIN]
    if len(just_before) > 1:
        ended.remove(just_before[0])
    task = _TASK.search(text_of(prompt))
    # A task that is no agent may be a shell: an agent that ended long ago has no part in it.
    ends = just_before or ([] if task else ended[-1:])
    named = [end.get("agent_id") for end in ends[:1]]
    return tuple(dict.fromkeys(str(agent) for agent in (task and task[1], *named) if agent))


def _fold_session(rows: Sequence[EventRow]) -> dict[str, str]:
    """Fold the rows of one session, which are in the order of time."""
    began_under: dict[str, str] = {}
    for row in rows:
        if (agent := row.get("agent_id")) and (prompt_id := row.get("prompt_id")):
            began_under.setdefault(str(agent), str(prompt_id))
    under: dict[str, str] = {}
    before: str | None = None
    for row, continues, agents in prompts(rows):
        prompt_id = row.get("prompt_id")
        if not isinstance(prompt_id, str) or prompt_id in under:
            continue
        former = next((began_under[agent] for agent in agents if agent in began_under), before)
        if not continues or former is None or _root(under, former) == prompt_id:
            former = prompt_id
        under[prompt_id] = former
        if not is_command(row):
            before = prompt_id
    ids = (str(row["prompt_id"]) for row in rows if row.get("prompt_id"))
    return {prompt_id: _root(under, prompt_id) for prompt_id in ids}


def _root(under: Mapping[str, str], prompt_id: str) -> str:
    """The prompt that the chain of those that it continues begins with."""
    while (former := under.get(prompt_id, prompt_id)) != prompt_id:
        prompt_id = former
    return prompt_id


def _by_session(rows: Iterable[EventRow]) -> dict[str, list[EventRow]]:
    sessions: defaultdict[str, list[EventRow]] = defaultdict(list)
    for row in sorted(rows, key=_order):
        sessions[label_of(row, "session_id")].append(row)
    return sessions


def _order(row: EventRow) -> tuple[int, float, bool]:
    sequence = row.get("event_sequence")
    place = sequence if isinstance(sequence, int | float) else -1
    return time_of(row), place, row["event_name"] == USER_PROMPT


def ended_in_background(row: EventRow) -> bool:
    """Return whether the row is the end of a subagent that nobody waited for."""
    return row["event_name"] == SUBAGENT_COMPLETED and str(row.get("is_async")).lower() == "true"


def text_of(row: EventRow, attribute: str = "prompt") -> str:
    """Return the text that was asked or answered, empty where the client redacted it."""
    text = row.get(attribute)
    return text if isinstance(text, str) and text != REDACTED else ""
