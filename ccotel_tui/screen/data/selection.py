"""The window and the session that the screen is about. Pure."""

from datetime import tzinfo
from typing import NamedTuple

from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope


class Selection(NamedTuple):
    """A period and a scope, and what keys return to: the rolling period, the scope at the start."""

    period: Period
    scope: Scope
    rolling: Period
    full_scope: Scope

    @classmethod
    def at_start(cls, period: Period, scope: Scope) -> "Selection":
        """Return the selection that the program begins with; from a past period it is today."""
        is_past = period.to_ns is not None or period.label == "yesterday"
        rolling = Period(step_ns=period.step_ns) if is_past else period
        return cls(period, scope, rolling, full_scope=scope)

    def stepped(self, by: int) -> "Selection":
        """Return the selection of a shorter or longer rolling period."""
        rolling = self.rolling.stepped(by)
        return self._replace(period=rolling, rolling=rolling)

    def moved(self, by: int, now_ns: int, zone: tzinfo) -> "Selection":
        """Return the selection that many lengths later; one that reaches now rolls again."""
        period = self.period.moved(by, now_ns, zone)
        goes_on = period.to_ns is None or period.to_ns >= now_ns
        return self._replace(period=self.rolling if goes_on else period)

    def up_to_now(self) -> "Selection":
        return self._replace(period=self.rolling)

    def of_period(self, period: Period) -> "Selection":
        return self._replace(period=period)

    def of_session(self, session_id: str) -> "Selection":
        return self._replace(scope=self.full_scope._replace(session_id=session_id))

    def of_all_sessions(self) -> "Selection":
        return self._replace(scope=self.full_scope)
