"""The optional fields of `ccotel-tui line`, each looked up only where the template names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path, PurePath

from ccotel_tui import locations
from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.line.template import OPTIONAL_FIELDS
from ccotel_tui.panels.compare.today import budget_text, usual_text
from ccotel_tui.panels.output.units import countdown, dollars
from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.rules.facts import RuleFacts
from ccotel_tui.query.rules.reading import RuleReader
from ccotel_tui.query.rules.rules import Alert, alerts
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.status_line.facts import (
    LimitName,
    PlanLimit,
    SessionStatus,
    StatusLines,
    plan_limits,
    session_status,
)
from ccotel_tui.query.status_line.reading import REACH_NS, going_cold, read_rows
from ccotel_tui.query.window import MINUTE, SECOND, Window
from ccotel_tui.settings import read_budgets, read_thresholds
from ccotel_tui.telemetry.conventions import API_REQUEST, TOOL_RESULT
from ccotel_tui.telemetry.status_line import Scalar

_RECENT_LINES = 100
"""Status lines among which a session's newest and the newest limits are looked for."""

_LIMITS: Mapping[str, LimitName] = {"limit_5h": "five_hour", "limit_7d": "seven_day"}


@dataclass
class OptionalFields:
    """Fields of one session, from its own status line where Claude Code sent one, else a kept one.

    What lacks is None. `session` and `today` are dollars, budgets stand in the file of settings.
    Every field raises SourceUnavailable as its source does, `budget` UsageError.
    """

    backend: Backend
    now_ns: int
    zone: tzinfo
    session_id: str | None
    own_line: Mapping[str, Scalar] = field(default_factory=dict)
    session: float | None = None
    today: float | None = None
    settings_path: Path | None = None

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
        cache = self._status.cache if self._status else None
        if self._status is None or cache is None or cache.warm_until_ns is None:
            return None
        left = (cache.warm_until_ns - self.now_ns) // SECOND
        if left <= 0:
            return "cold"
        price = going_cold(self.source, self._status, self.now_ns, self.zone)
        cold = "" if price is None else f", cold costs {dollars(price)}"
        return f"warm {countdown(left)}{cold}"

    def _limit(self, name: LimitName) -> str | None:
        limit = self._lines.limit(name, self.now_ns)
        if not isinstance(limit, PlanLimit):
            return None
        age = (self.now_ns - limit.told_ns) // MINUTE
        old = f" {age // 60}h ago" if age >= 60 else f" {age}m ago" if age >= 10 else ""
        resets = limit.resets_ns
        until = "" if resets is None else f" resets {clock_time(resets, self.now_ns, self.zone)}"
        return f"{limit.used:.0%}{old}{until}"

    @property
    def _waiting(self) -> str | None:
        waiting = [each for each in SessionRegistry().read().values() if each.status == "waiting"]
        names = [each.name or PurePath(each.folder).name or each.session_id[:4] for each in waiting]
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
        return usual_text(self.source, self.today, self.now_ns, self.zone)

    @property
    def _budget(self) -> str | None:
        budgets = read_budgets(self.settings_path or locations.settings())
        return budget_text(self.source, budgets, self.session, self.today, self.now_ns, self.zone)

    @property
    def _alert(self) -> str | None:
        """The worst of the rules that the source and the status lines tell of, and how many more.

        Who waits, budgets, and what the recorder refused stand in other fields.
        """
        thresholds = read_thresholds(self.settings_path or locations.settings())
        running = {id: each for id, each in SessionRegistry().read().items() if each.lives}
        reading = RuleReader(thresholds, Scope()).read(self.backend, (), self.now_ns, self.zone)
        waiting = {id: 0 for id, each in running.items() if each.status == "waiting"}
        rows = self._kept(Scope(), _RECENT_LINES)
        facts = RuleFacts(
            self.now_ns, reading, StatusLines().with_newer(rows), frozenset(running), waiting
        )
        holding = [alert for alert in alerts(facts, thresholds) if alert.rule != "waits"]
        if not holding:
            return None
        worst = holding[0]
        name = running[worst.session_id].name if worst.session_id in running else ""
        others = f" +{len(holding) - 1}" if len(holding) > 1 else ""
        return f"{_alert_text(worst, name or worst.session_id[:8])}{others}"

    @property
    def source(self) -> Source:
        return self.backend.source

    def _newest(self, event: str) -> EventRow:
        if not self.session_id:
            return {}
        window = Window.between(self.now_ns - REACH_NS, self.now_ns, self.zone)
        rows = self.source.rows([EventKind(event)], window, Scope(self.session_id), 1)
        return rows[-1] if rows else {}

    @cached_property
    def _lines(self) -> StatusLines:
        """The kept lines, and this session's own."""
        rows: list[EventRow] = [{"time": self.now_ns, **self.own_line}] if self.own_line else []
        if not plan_limits(self.own_line, self.now_ns):
            rows += self._kept(Scope(), _RECENT_LINES)
        return StatusLines().with_newer(rows)

    @cached_property
    def _status(self) -> SessionStatus | None:
        if self.own_line:
            return session_status(self.own_line, self.now_ns)
        if not self.session_id:
            return None
        rows = self._kept(Scope(self.session_id), 1)
        return session_status(rows[-1], int(rows[-1]["time"] or 0)) if rows else None

    def _kept(self, scope: Scope, limit: int) -> list[EventRow]:
        from_ns = self.now_ns - REACH_NS
        return read_rows(self.source, from_ns, self.now_ns, self.zone, scope, limit)


def _alert_text(alert: Alert, session: str) -> str:
    """Return the rule, of what or whom it holds, and its number."""
    match alert.rule:
        case "context" | "limit":
            number = f"{alert.number:.0%}"
        case "surge":
            number = f"{dollars(alert.number)}/h"
        case "cold":
            number = f"{alert.number:.0f}s"
        case _:
            number = f"{alert.number:,.0f}"
    return " ".join(filter(None, (f"{alert.rule}:", alert.subject, session, number)))


def clock_time(time_ns: int, now_ns: int, zone: tzinfo) -> str:
    """Return the local time, with the day's name where that is not within a day: Tue 09:00."""
    moment = datetime.fromtimestamp(time_ns / SECOND, zone)
    near = moment - datetime.fromtimestamp(now_ns / SECOND, zone) < timedelta(days=1)
    return moment.strftime("%H:%M" if near else "%a %H:%M")
