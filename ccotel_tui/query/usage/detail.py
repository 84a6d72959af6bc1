"""What the screen asks of usage: the rows within a value, their prompts' words, one prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import UsageKey, usage_key
from ccotel_tui.query.usage.prompt import SessionPromptRow, find_prompt
from ccotel_tui.query.usage.saved import CacheSaving, CacheSavings
from ccotel_tui.query.usage.usage import Usage, usages_of
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.telemetry.conventions import USER_PROMPT

_HOURS_UP_TO = 2 * DAY
"""The length of a window above which what a row is made of is told by days."""

_TYPED_ROWS = 2000
"""Prompts whose words are read, the newest."""


@dataclass(frozen=True)
class UsageDetail:
    """The rows, the records of the prompts among them by their ids, and the one to be opened.

    `parts` are the rows by one more key each: what each row is made of. `saving` is what the cache
    saved in the whole window, where the rows are within no value.
    """

    usage: Usage
    typed: Mapping[str, EventRow] = field(default_factory=dict)
    opened: SessionPromptRow | None = None
    saving: CacheSaving = field(default_factory=CacheSaving)
    parts: Sequence[Usage] = ()


def usage_detail(
    savings: CacheSavings | None,
    keys: Sequence[UsageKey],
    within: tuple[str, ...],
    opened: str,
    parts: Sequence[UsageKey],
    backend: Backend,
    window: Window,
    scope: Scope,
    projects: Mapping[str, str],
) -> UsageDetail:
    """Return the usage by these keys, of which the first have these values.

    `opened` is the id of a prompt that is wanted too, and `parts` are the keys of what the rows are
    made of. Without `savings` it is not asked what the cache saved. Raises SourceUnavailable.
    """
    groupings = [keys, *((*keys, _of_time(part, window)) for part in parts)]
    usage, *of_parts = usages_of(backend, groupings, window, scope, projects, within)
    saving = savings.read(backend, window, scope) if savings and not within else CacheSaving()
    if "prompt" not in (key.name for key in (keys[-1], *parts)):
        return UsageDetail(usage, saving=saving, parts=of_parts)
    early = Window.between(window.from_ns - DAY, window.to_ns, window.zone)
    rows = backend.source.rows([EventKind(USER_PROMPT)], early, scope.of_sessions, _TYPED_ROWS)
    return UsageDetail(
        usage,
        {str(row["prompt_id"]): row for row in rows if row.get("prompt_id")},
        find_prompt(backend, opened, window, scope, window.to_ns) if opened else None,
        saving,
        of_parts,
    )


def _of_time(part: UsageKey, window: Window) -> UsageKey:
    is_long = window.to_ns - window.from_ns > _HOURS_UP_TO
    return usage_key("day") if part.name == "hour" and is_long else part
