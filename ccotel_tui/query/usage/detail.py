"""What the screen asks of usage: the rows within a value, their prompts' words, one prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import UsageKey
from ccotel_tui.query.usage.prompt import SessionPromptRow, find_prompt
from ccotel_tui.query.usage.saved import CacheSaving, CacheSavings
from ccotel_tui.query.usage.usage import Usage, usage_of
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.telemetry.conventions import USER_PROMPT

_TYPED_ROWS = 2000
"""Prompts whose words are read, the newest."""


@dataclass(frozen=True)
class UsageDetail:
    """The rows, the records of the prompts among them by their ids, and the one to be opened.

    `saving` is what the cache saved in the whole window, where the rows are within no value.
    """

    usage: Usage
    typed: Mapping[str, EventRow] = field(default_factory=dict)
    opened: SessionPromptRow | None = None
    saving: CacheSaving = field(default_factory=CacheSaving)


def usage_detail(
    savings: CacheSavings,
    keys: Sequence[UsageKey],
    within: tuple[str, ...],
    opened: str,
    backend: Backend,
    window: Window,
    scope: Scope,
    projects: Mapping[str, str],
) -> UsageDetail:
    """Return the usage by these keys, of which the first have these values.

    `opened` is the id of a prompt that is wanted too. Raises SourceUnavailable.
    """
    usage = usage_of(backend, keys, window, scope, projects, within)
    saving = CacheSaving() if within else savings.read(backend, window, scope)
    if keys[-1].name != "prompt":
        return UsageDetail(usage, saving=saving)
    early = Window.between(window.from_ns - DAY, window.to_ns, window.zone)
    rows = backend.source.rows([EventKind(USER_PROMPT)], early, scope.of_sessions, _TYPED_ROWS)
    return UsageDetail(
        usage,
        {str(row["prompt_id"]): row for row in rows if row.get("prompt_id")},
        find_prompt(backend, opened, window, scope, window.to_ns) if opened else None,
        saving,
    )
