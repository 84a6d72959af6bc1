"""The event log's lines: prompts as heads, start-up noise folded, sessions by name. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.panels.events import is_same_failure, join_given_up
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.events import label_of, time_of
from ccotel_tui.query.measures import NOTIFICATION
from ccotel_tui.query.prompts.folded import text_of
from ccotel_tui.query.prompts.rows import PromptRow, prompt_rows
from ccotel_tui.query.query import EventRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.names import short_session
from ccotel_tui.telemetry.conventions import STARTUP, USER_PROMPT

PromptKey = tuple[str, str]
"""A session's id and a prompt's."""


class ListedPrompt(NamedTuple):
    """A prompt with those of its events that are listed; `whole`: it has no others."""

    row: PromptRow
    whole: bool


@dataclass(frozen=True)
class LogEntry:
    """A line of the log: an event, a failure that was given up, or a session's start-up.

    `session` is its session's name, which is read where the line above is of another, or where it
    is a head; `prompt` is the prompt that the event is the head of, where all of it is listed.
    """

    rows: tuple[EventRow, ...]
    session: str
    names_session: bool
    is_head: bool = False
    prompt: PromptRow | None = None

    @property
    def row(self) -> EventRow:
        return self.rows[0]

    @property
    def whole(self) -> EventRow:
        """The event, and what its second one tells besides where a failure was given up."""
        return join_given_up(self.rows)[0]

    @property
    def is_startup(self) -> bool:
        return len(self.rows) > 1 and self.row["event_name"] in STARTUP

    @property
    def key(self) -> Hashable:
        return event_key(self.row)

    @property
    def prompt_key(self) -> PromptKey:
        return prompt_key(self.row)


def log_entries(
    rows: Iterable[EventRow],
    running: Mapping[str, Running] | None = None,
    prompts: Mapping[PromptKey, ListedPrompt] | None = None,
    *,
    folds: bool = False,
) -> list[LogEntry]:
    """Return the lines of the rows, which come in the order of time.

    `running` knows the sessions' names, `prompts` what followed the prompts; where it `folds`,
    adjacent events of one session's start-up are one line.
    """
    entries: list[LogEntry] = []
    former = None
    failures = _with_given_up(rows)
    for group in _folded(failures) if folds else failures:
        session = label_of(group[0], "session_id")
        listed = (prompts or {}).get(prompt_key(group[0]))
        is_head = len(group) == 1 and prompts is not None and _is_head(group[0], listed)
        name, changes = _name(session, running or {}), session != former
        whole = listed.row if is_head and listed and listed.whole else None
        entries.append(LogEntry(group, name, is_head or changes, is_head, whole))
        former = session
    return entries


def listed_prompts(
    rows: Sequence[EventRow],
    before: Iterable[EventRow] = (),
    *,
    filtered: bool = False,
    cut: bool = False,
) -> dict[PromptKey, ListedPrompt]:
    """Return the prompts of the rows, also under the ids that continue them.

    `before` are prompts that lie before the rows, or were `filtered` out; where the rows are `cut`
    there are newer events. A prompt is whole where its head is listed and the next one too: only a
    subagent of it could still go on.
    """
    sessions: defaultdict[str, dict[Hashable, EventRow]] = defaultdict(dict)
    for row in (*before, *rows):
        sessions[label_of(row, "session_id")][event_key(row)] = row
    first_ns = time_of(rows[0]) if rows else 0
    listed: dict[PromptKey, ListedPrompt] = {}
    for session, events in sessions.items():
        ended = not cut
        for prompt in reversed(prompt_rows(events.values())):
            if not prompt.prompt_id:
                continue
            is_listed = prompt.typed is not None and prompt.began_ns >= first_ns
            goes_on = cut and any(row.get("agent_id") for row in prompt.events)
            ids = {prompt.prompt_id, *(str(row.get("prompt_id")) for row in prompt.events)}
            shown = ListedPrompt(prompt, is_listed and ended and not goes_on and not filtered)
            listed |= {(session, prompt_id): shown for prompt_id in ids}
            ended = ended or (prompt.typed is not None and not prompt.is_command)
    return listed


def head_above(
    entry: LogEntry, prompts: Mapping[PromptKey, ListedPrompt], running: Mapping[str, Running]
) -> LogEntry | None:
    """Return the head of the prompt that the line belongs to, where it is not that itself."""
    listed = prompts.get(entry.prompt_key)
    if entry.is_head or listed is None or not _is_head(listed.row.typed, listed):
        return None
    name = _name(label_of(entry.row, "session_id"), running)
    rows = (listed.row.typed,) if listed.row.typed else ()
    return LogEntry(rows, name, True, True, listed.row if listed.whole else None)


def prompt_key(row: EventRow) -> PromptKey:
    """Return whose and of which prompt the event is."""
    return label_of(row, "session_id"), str(row.get("prompt_id") or "")


def event_key(row: EventRow) -> Hashable:
    """Return the same for the same event in the next answer."""
    return row["time"], row["event_name"], row.get("session_id"), row.get("event_sequence")


def startup_parts(rows: Sequence[EventRow]) -> str:
    """Return how many events of each kind a start-up has, in the order of the kinds."""
    counts = {name: sum(row["event_name"] == name for row in rows) for name in STARTUP}
    return ", ".join(
        strings.counted(strings.STARTUPS[name], count).format(count=count)
        for name, count in counts.items()
        if count
    )


EventGroup = tuple[EventRow, ...]
"""The events of a line."""


def _with_given_up(rows: Iterable[EventRow]) -> list[EventGroup]:
    """Return each event alone, but one that tells that a failure was given up with that."""
    groups: list[EventGroup] = []
    for row in rows:
        place = next(
            (at for at in reversed(range(len(groups))) if _gives_up(groups[at], row)), None
        )
        if place is None:
            groups.append((row,))
        else:
            groups[place] += (row,)
    return groups


def _gives_up(group: EventGroup, row: EventRow) -> bool:
    return len(group) == 1 and is_same_failure(group[0], row)


def _folded(groups: Iterable[EventGroup]) -> Iterator[EventGroup]:
    """Return the groups, adjacent ones of a session's start-up as one."""
    for startup_of, same in groupby(groups, _startup_of):
        if startup_of is None:
            yield from same
        else:
            yield tuple(row for group in same for row in group)


def _startup_of(group: EventGroup) -> str | None:
    """Return whose start-up the event is part of; a server that did not connect is no noise."""
    row = group[0]
    failed = row.get("error") or row.get("status") == "failed"
    is_startup = row["event_name"] in STARTUP and not failed
    return label_of(row, "session_id") if is_startup else None


def _is_head(row: EventRow | None, listed: ListedPrompt | None) -> bool:
    """Return whether somebody typed it: the client's own prompts continue another."""
    if row is None or row["event_name"] != USER_PROMPT or text_of(row).startswith(NOTIFICATION):
        return False
    return not row.get("prompt_id") or (listed is not None and listed.row.typed == row)


def _name(session: str, running: Mapping[str, Running]) -> str:
    process = running.get(session)
    return (sanitize(process.name) if process else "") or short_session(session)
