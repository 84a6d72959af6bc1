"""What the optional fields of `line` are made of, asked of any source."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.line.facts import NOT_KEPT, RememberedFacts
from ccotel_tui.line.memory import LineMemory
from ccotel_tui.panels.output.units import dollars
from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.rules.facts import RuleFacts
from ccotel_tui.query.rules.reading import RuleReader
from ccotel_tui.query.rules.rules import Alert, alerts
from ccotel_tui.query.source import Backend
from ccotel_tui.query.status_line.facts import REACH_NS, RECENT_LINES, SessionStatus, StatusLines
from ccotel_tui.query.status_line.reading import read_rows, rewriting_price
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.usual.budget_table import budgets_of
from ccotel_tui.query.usual.curve import DayCost
from ccotel_tui.query.usual.past import read_day_costs
from ccotel_tui.query.window import Window
from ccotel_tui.settings import read_budget_table, read_thresholds


class AskedFacts:
    """The `LineFacts` of a backend; what takes long is kept for the next calls of `line`."""

    def __init__(
        self,
        backend: Backend,
        now_ns: int,
        zone: tzinfo,
        settings: Path,
        memory: LineMemory,
    ) -> None:
        self._backend, self._source = backend, backend.source
        self._now_ns, self._zone = now_ns, zone
        self._settings = settings
        self._kept = RememberedFacts(memory, now_ns, zone)

    def status_line(self, session_id: str) -> EventRow | None:
        return next(iter(self._lines(Scope(session_id), 1)), None)

    def lines_with_limits(self) -> Sequence[EventRow]:
        return self._lines(Scope(), RECENT_LINES)

    def newest(self, event: str, session_id: str) -> EventRow:
        window = Window.between(self._now_ns - REACH_NS, self._now_ns, self._zone)
        rows = self._source.rows([EventKind(event)], window, Scope(session_id), 1)
        return rows[-1] if rows else {}

    def rewriting_price(self, status: SessionStatus) -> float | None:
        try:
            return self._kept.rewriting_price(status)
        except NOT_KEPT:
            price = rewriting_price(self._source, status, self._now_ns, self._zone)
            self._kept.put_rewriting_price(status, price)
            return price

    def day_costs(self) -> Sequence[DayCost]:
        try:
            return self._kept.day_costs()
        except NOT_KEPT:
            past = read_day_costs(self._source, self._now_ns, self._zone)
            self._kept.put_day_costs(past)
            return past

    def budgets(self) -> Budgets:
        try:
            return self._kept.budgets(self._settings)
        except NOT_KEPT:
            table = read_budget_table(self._settings)
            self._kept.put_budgets(self._settings, table)
            return budgets_of(table)

    def alert(self) -> str | None:
        """Return the worst of the rules that the source and the status lines tell of.

        Who waits, budgets, and what the recorder refused stand in other fields.
        """
        try:
            return self._kept.alert(self._settings)
        except NOT_KEPT:
            worst, text = self._worst_alert()
            # The seconds that are left are of now alone.
            if worst is None or worst.rule != "cold":
                self._kept.put_alert(self._settings, text)
            return text

    def _worst_alert(self) -> tuple[Alert | None, str | None]:
        thresholds = read_thresholds(self._settings)
        running = {id: each for id, each in SessionRegistry().read().items() if each.lives}
        reading = RuleReader(thresholds, Scope()).read(self._backend, (), self._now_ns, self._zone)
        waiting = {id: 0 for id, each in running.items() if each.status == "waiting"}
        lines = StatusLines().with_newer(self._lines(Scope(), RECENT_LINES))
        facts = RuleFacts(self._now_ns, reading, lines, frozenset(running), waiting)
        holding = [alert for alert in alerts(facts, thresholds) if alert.rule != "waits"]
        if not holding:
            return None, None
        worst = holding[0]
        name = running[worst.session_id].name if worst.session_id in running else ""
        others = f" +{len(holding) - 1}" if len(holding) > 1 else ""
        return worst, f"{_alert_text(worst, name or worst.session_id[:8])}{others}"

    def _lines(self, scope: Scope, limit: int) -> list[EventRow]:
        from_ns = self._now_ns - REACH_NS
        return read_rows(self._source, from_ns, self._now_ns, self._zone, scope, limit)


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
