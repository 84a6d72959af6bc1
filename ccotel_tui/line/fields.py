"""The optional fields of `ccotel-tui line`, each looked up only where the template names it."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.line.template import OPTIONAL_FIELDS
from ccotel_tui.panels.compare.today import budget_text, usual_text
from ccotel_tui.panels.output.units import countdown, dollars
from ccotel_tui.query.events import time_of
from ccotel_tui.query.status_line.facts import (
    LimitName,
    PlanLimit,
    SessionStatus,
    StatusLines,
    folder_name,
    plan_limits,
    session_status,
)
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.telemetry.conventions import API_REQUEST, TOOL_RESULT

if TYPE_CHECKING:
    from ccotel_tui.line.facts import LineFacts
    from ccotel_tui.query.query import EventRow
    from ccotel_tui.telemetry.status_line import Scalar

_LIMITS: Mapping[str, LimitName] = {"limit_5h": "five_hour", "limit_7d": "seven_day"}


class OptionalFields:
    """Fields of one session, from its own status line where Claude Code sent one, else a kept one.

    What lacks is None. Every field raises as the facts do.
    """

    def __init__(
        self,
        facts: "LineFacts",
        now_ns: int,
        zone: tzinfo,
        session_id: str | None,
        own_line: "Mapping[str, Scalar]",
        session: float | None = None,
        today: float | None = None,
    ) -> None:
        """`session` and `today` are dollars."""
        self._facts = facts
        self._now_ns, self._zone = now_ns, zone
        self._session_id, self._own_line = session_id, own_line
        self._session_cost, self._today = session, today

    def text(self, name: str) -> str | None:
        """Return the field's text. Raises KeyError where there is no such field."""
        if name in _LIMITS:
            return self._limit(_LIMITS[name])
        if name not in OPTIONAL_FIELDS:
            raise KeyError(name)
        text: str | None = getattr(self, f"_{name}")
        return text or None

    @property
    def _context(self) -> str | None:
        full = self._status.context if self._status else None
        return None if full is None else f"{full:.0%}"

    @property
    def _cache(self) -> str | None:
        status = self._status
        cache = status.cache if status else None
        if status is None or cache is None or cache.warm_until_ns is None:
            return None
        left = (cache.warm_until_ns - self._now_ns) // SECOND
        if left <= 0:
            return "cold"
        price = self._facts.rewriting_price(status) if cache.recache_tokens else None
        cost = None if price is None else (cache.recache_tokens or 0) * price
        cold = "" if cost is None else f", cold costs {dollars(cost)}"
        return f"warm {countdown(left)}{cold}"

    def _limit(self, name: LimitName) -> str | None:
        limit = self._lines.limit(name, self._now_ns)
        if not isinstance(limit, PlanLimit):
            return None
        age = (self._now_ns - limit.told_ns) // MINUTE
        old = f" {age // 60}h ago" if age >= 60 else f" {age}m ago" if age >= 10 else ""
        resets = limit.resets_ns
        until = "" if resets is None else f" resets {clock_time(resets, self._now_ns, self._zone)}"
        return f"{limit.used:.0%}{old}{until}"

    @property
    def _waiting(self) -> str | None:
        waiting = [each for each in SessionRegistry().read().values() if each.status == "waiting"]
        names = [each.name or folder_name(each.folder) or each.session_id[:4] for each in waiting]
        return ", ".join(sorted(names))

    @property
    def _name(self) -> str | None:
        return self._status.name if self._status else None

    @property
    def _project(self) -> str | None:
        attribute = self._newest(API_REQUEST).get("project")
        return str(attribute) if attribute else self._status.project if self._status else None

    @property
    def _branch(self) -> str | None:
        branch = self._newest(TOOL_RESULT).get("vcs_ref_head_name")
        return None if branch is None else str(branch)

    @property
    def _usual(self) -> str | None:
        return usual_text(self._facts.day_costs(), self._today, self._now_ns, self._zone)

    @property
    def _budget(self) -> str | None:
        budgets = self._facts.budgets()
        is_long = budgets.dollars.keys() & {"week", "month"}
        past = self._facts.day_costs() if is_long else ()
        spent = self._session_cost, self._today
        return budget_text(past, budgets, *spent, self._now_ns, self._zone)

    @property
    def _alert(self) -> str | None:
        return self._facts.alert()

    def _newest(self, event: str) -> "EventRow":
        return self._facts.newest(event, self._session_id) if self._session_id else {}

    @cached_property
    def _lines(self) -> StatusLines:
        """Those that tell of limits, kept ones only where this session's own does not."""
        rows: list[EventRow] = []
        if self._own_line:
            rows = [{"time": self._now_ns, **self._own_line}]
        if not plan_limits(self._own_line, self._now_ns):
            rows += self._facts.lines_with_limits()
        return StatusLines().with_newer(rows)

    @cached_property
    def _status(self) -> SessionStatus | None:
        if self._own_line:
            return session_status(self._own_line, self._now_ns)
        row = self._facts.status_line(self._session_id) if self._session_id else None
        return session_status(row, time_of(row)) if row else None


def clock_time(time_ns: int, now_ns: int, zone: tzinfo) -> str:
    """Return the local time, with the day's name where that is not within a day: Tue 09:00."""
    moment = datetime.fromtimestamp(time_ns / SECOND, zone)
    near = moment - datetime.fromtimestamp(now_ns / SECOND, zone) < timedelta(days=1)
    return moment.strftime("%H:%M" if near else "%a %H:%M")
