"""A session's name, folder, context and cache, and the plan's limits, from status lines. Pure.

What was not sent is absent with its reason: None beside a word why, never 0.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from ccotel_tui.query.events import time_of
from ccotel_tui.query.window import DAY, HOUR, SECOND
from ccotel_tui.telemetry.status_line import SESSION_ID
from ccotel_tui.telemetry.values import LATEST, as_number, as_text

if TYPE_CHECKING:
    from ccotel_tui.query.query import EventRow
    from ccotel_tui.telemetry.records import Value

LimitName = Literal["five_hour", "seven_day"]
LIMIT_NAMES: tuple[LimitName, ...] = ("five_hour", "seven_day")
LIMIT_LENGTHS_NS: Mapping[LimitName, int] = {
    "five_hour": 5 * HOUR,
    "seven_day": 7 * DAY,
}

REACH_NS = 30 * DAY
"""How far back the names of sessions and the limits are looked up."""

RECENT_LINES = 100
"""Status lines among which the newest limits are looked for."""

LONG_CONTEXT = 200_000
"""Tokens of a request's context from which another price may hold."""

Reason = Literal["no status line", "not sent", "reset since"]
"""Why something is absent: nothing was handed on, or not this, or it was of a period that ended."""


class PromptCache(NamedTuple):
    """The prompt cache: until when it is warm, and how much is written anew once it is cold.

    `ttl` is the client's word, such as 5m; what it did not tell is None or empty.
    """

    warm_until_ns: int | None = None
    ttl: str = ""
    recache_tokens: float | None = None


class PlanLimit(NamedTuple):
    """How much of a plan's limit is used, when that begins anew, and when it was told."""

    used: float
    resets_ns: int | None
    told_ns: int


class SessionStatus(NamedTuple):
    """What Claude Code told of a session last, at `told_ns`.

    `context` is the part of the context window that is full.
    """

    session_id: str
    told_ns: int
    name: str = ""
    folder: str = ""
    repo: str = ""
    model: str = ""
    fast: bool = False
    context: float | None = None
    context_tokens: float | None = None
    cache: PromptCache | None = None

    @property
    def is_long(self) -> bool:
        """Return whether its next request is one of a long context."""
        return (self.context_tokens or 0) > LONG_CONTEXT

    @property
    def project(self) -> str:
        """Its repo, else its folder's name; what the user calls it himself goes before both."""
        return self.repo or folder_name(self.folder)


class StatusLines(NamedTuple):
    """The newest status of each session, and of each limit the newest that was told."""

    sessions: Mapping[str, SessionStatus] = {}
    limits: Mapping[LimitName, PlanLimit] = {}

    def with_newer(self, rows: "Iterable[EventRow]") -> "StatusLines":
        """Return these with what the rows tell, in any order."""
        sessions, limits = dict(self.sessions), dict(self.limits)
        for row in sorted(rows, key=time_of):
            status = session_status(row, time_of(row))
            former = sessions.get(status.session_id)
            if former is None or former.told_ns <= status.told_ns:
                sessions[status.session_id] = _with_names(status, former)
            for name, limit in plan_limits(row, status.told_ns).items():
                if name not in limits or limits[name].told_ns <= limit.told_ns:
                    limits[name] = limit
        return StatusLines(sessions, limits)

    def limit(self, name: LimitName, now_ns: int) -> PlanLimit | Reason:
        """Return the limit as it was told last, however long ago, or why there is none."""
        limit = self.limits.get(name)
        if limit is None:
            return "not sent" if self.sessions else "no status line"
        if limit.resets_ns is not None and limit.resets_ns <= now_ns:
            return "reset since"
        return limit


def folder_name(folder: str) -> str:
    """Return the last part of a folder's path."""
    return folder.rstrip("/").rpartition("/")[2]


def session_status(fields: "Mapping[str, Value]", told_ns: int) -> SessionStatus:
    """Return what one status line tells, its names with dots or with underscores."""
    line = _Fields(fields)
    cache = PromptCache(
        line.time_ns("prompt_cache.expires_at"),
        line.text("prompt_cache.ttl"),
        line.number("prompt_cache.recache_tokens_if_cold"),
    )
    if line.text("prompt_cache.warm") == "false":
        # It has gone cold, whatever its end was.
        cache = PromptCache(min(cache.warm_until_ns or told_ns, told_ns), cache.ttl)
    used = line.number("context_window.used_percentage")
    usage = [line.number(f"context_window.current_usage.{kind}") for kind in _CONTEXT_TOKENS]
    owner, repo = (line.text(f"workspace.repo.{name}") for name in ("owner", "name"))
    return SessionStatus(
        line.text(SESSION_ID),
        told_ns,
        name=line.text("session_name"),
        folder=line.text("workspace.project_dir"),
        repo=f"{owner}/{repo}" if owner and repo else repo,
        model=line.text("model.id"),
        fast=line.text("fast_mode") == "true",
        context=None if used is None else used / 100,
        context_tokens=None if None in usage else sum(number or 0 for number in usage),
        cache=None if cache == PromptCache() else cache,
    )


def plan_limits(fields: "Mapping[str, Value]", told_ns: int) -> dict[LimitName, PlanLimit]:
    """Return the limits that one status line tells of."""
    line, limits = _Fields(fields), {}
    for name in LIMIT_NAMES:
        used = line.number(f"rate_limits.{name}.used_percentage")
        if used is not None:
            resets_ns = line.time_ns(f"rate_limits.{name}.resets_at")
            limits[name] = PlanLimit(used / 100, resets_ns, told_ns)
    return limits


_CONTEXT_TOKENS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class _Fields:
    def __init__(self, fields: "Mapping[str, Value]") -> None:
        self._fields = {name.replace(".", "_"): value for name, value in fields.items()}

    def text(self, name: str) -> str:
        return as_text(self._fields.get(name.replace(".", "_"))) or ""

    def number(self, name: str) -> float | None:
        return as_number(self._fields.get(name.replace(".", "_")))

    def time_ns(self, name: str) -> int | None:
        """Return a time that is told in seconds; None where no record could be of that time."""
        seconds = self.number(name)
        return None if seconds is None or seconds * SECOND > LATEST else int(seconds * SECOND)


def _with_names(status: SessionStatus, former: SessionStatus | None) -> SessionStatus:
    """The status with the name, folder and repo of the one before where it has none itself."""
    if former is None:
        return status
    return status._replace(
        name=status.name or former.name,
        folder=status.folder or former.folder,
        repo=status.repo or former.repo,
    )
