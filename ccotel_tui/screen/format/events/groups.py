"""The event log's lines: prompts as heads, start-up noise folded, sessions by name. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.measures import NOTIFICATION
from ccotel_tui.query.prompts.folded import label_of, text_of
from ccotel_tui.query.prompts.rows import PromptRow, prompt_rows
from ccotel_tui.query.query import EventRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.names import short_session
from ccotel_tui.telemetry.conventions import STARTUP, USER_PROMPT

PromptKey = tuple[str, str]
"""A session's id and a prompt's."""


@dataclass(frozen=True)
class LogEntry:
    """A line of the log: one event, or the events of a session's start-up.

    `session` is its session's name, which is read where the line above is of another, or where it
    is a head; `prompt` is what is listed of the prompt that the event is the head of.
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
    def is_startup(self) -> bool:
        return len(self.rows) > 1

    @property
    def key(self) -> Hashable:
        """The same for the same event in the next answer."""
        row = self.row
        return row["time"], row["event_name"], row.get("session_id"), row.get("event_sequence")


def log_entries(
    rows: Iterable[EventRow],
    running: Mapping[str, Running] | None = None,
    prompts: Mapping[PromptKey, PromptRow] | None = None,
    *,
    folds: bool = False,
) -> list[LogEntry]:
    """Return the lines of the rows, which come in the order of time.

    `running` knows the sessions' names, `prompts` what followed the prompts; where it `folds`,
    adjacent events of one session's start-up are one line.
    """
    entries: list[LogEntry] = []
    former = None
    for group in _groups(rows) if folds else ((row,) for row in rows):
        session = label_of(group[0], "session_id")
        key = session, str(group[0].get("prompt_id") or "")
        prompt = (prompts or {}).get(key)
        is_head = len(group) == 1 and prompts is not None and _is_head(group[0], prompt)
        name, changes = _name(session, running or {}), session != former
        entries.append(
            LogEntry(group, name, is_head or changes, is_head, prompt if is_head else None)
        )
        former = session
    return entries


def listed_prompts(rows: Iterable[EventRow]) -> dict[PromptKey, PromptRow]:
    """Return the prompts of the rows with those of their events that are among the rows."""
    sessions: defaultdict[str, list[EventRow]] = defaultdict(list)
    for row in rows:
        sessions[label_of(row, "session_id")].append(row)
    return {
        (session, prompt.prompt_id): prompt
        for session, events in sessions.items()
        for prompt in prompt_rows(events)
        if prompt.prompt_id
    }


def startup_parts(rows: Sequence[EventRow]) -> str:
    """Return how many events of each kind a start-up has, in the order of the kinds."""
    counts = {name: sum(row["event_name"] == name for row in rows) for name in STARTUP}
    return ", ".join(
        f"{count} {strings.counted(strings.STARTUPS[name], count)}"
        for name, count in counts.items()
        if count
    )


def _groups(rows: Iterable[EventRow]) -> Iterator[tuple[EventRow, ...]]:
    for startup_of, group in groupby(rows, _startup_of):
        if startup_of is None:
            yield from ((row,) for row in group)
        else:
            yield tuple(group)


def _startup_of(row: EventRow) -> str | None:
    """Return whose start-up the event is part of; a server that did not connect is no noise."""
    failed = row.get("error") or row.get("status") == "failed"
    is_startup = row["event_name"] in STARTUP and not failed
    return label_of(row, "session_id") if is_startup else None


def _is_head(row: EventRow, prompt: PromptRow | None) -> bool:
    """Return whether somebody typed it: the client's own prompts continue another."""
    if row["event_name"] != USER_PROMPT or text_of(row).startswith(NOTIFICATION):
        return False
    return not row.get("prompt_id") or (prompt is not None and prompt.typed == row)


def _name(session: str, running: Mapping[str, Running]) -> str:
    process = running.get(session)
    return (sanitize(process.name) if process else "") or short_session(session)
