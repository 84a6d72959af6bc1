"""What the optional fields of `line` are made of, and what of it is kept for the next calls."""

import os
from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Any

from ccotel_tui.line.memory import LineMemory
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.usual.budget_table import budgets_of
from ccotel_tui.query.usual.curve import DayCost, DayCurve
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, local_day, midnight

if TYPE_CHECKING:
    from typing import Protocol

    from ccotel_tui.query.query import EventRow
    from ccotel_tui.query.status_line.facts import SessionStatus

    class LineFacts(Protocol):
        """What is asked of a source; each raises SourceUnavailable as that does."""

        def status_line(self, session_id: str) -> EventRow | None:
            """Return the newest kept status line of a session."""

        def lines_with_limits(self) -> Sequence[EventRow]:
            """Return the newest kept status lines of any session that tell of limits."""

        def newest(self, event: str, session_id: str) -> EventRow:
            """Return the session's newest event of the name, an empty row without one."""

        def rewriting_price(self, status: SessionStatus) -> float | None:
            """Return `query.status_line.reading.rewriting_price`."""

        def day_costs(self) -> Sequence[DayCost]:
            """Return what the days before today cost, oldest first."""

        def budgets(self) -> Budgets:
            """Return the budgets of the file of settings. Raises UsageError."""

        def alert(self) -> str | None:
            """Return the worst rule that holds, and how many others. Raises UsageError."""


_DAYS_FOR = HOUR
"""A record that comes late for a day that has ended is seen by then."""

_ALERT_FOR = 10 * SECOND
"""Rules are judged of many rows, and most of what they look at is of minutes."""

_PRICE_FOR = 10 * MINUTE
_NO_PRICE_FOR = MINUTE
"""Prices seldom change; those that are not known yet are soon."""


NOT_KEPT = (LookupError, TypeError, ValueError)


class RememberedFacts:
    """What takes long to look up, as it was looked up lately.

    Each raises one of NOT_KEPT where it was not, and is put by who then does.
    """

    def __init__(self, memory: LineMemory, now_ns: int, zone: tzinfo) -> None:
        self._memory, self._now_ns, self._zone = memory, now_ns, zone

    def rewriting_price(self, status: "SessionStatus") -> float | None:
        price: float | None = self._memory.value(_price_name(status), None, self._now_ns)
        return price

    def put_rewriting_price(self, status: "SessionStatus", price: float | None) -> None:
        for_ns = _NO_PRICE_FOR if price is None else _PRICE_FOR
        self._memory.put(_price_name(status), None, self._now_ns, for_ns, price)

    def day_costs(self) -> list[DayCost]:
        document = self._memory.value("days", self._today, self._now_ns)
        return [
            DayCost(date.fromisoformat(day), DayCurve(tuple(seconds), tuple(sums)))
            for day, seconds, sums in document
        ]

    def put_day_costs(self, past: Sequence[DayCost]) -> None:
        document = [(each.day.isoformat(), *each.curve) for each in past]
        self._memory.put("days", self._today, self._now_ns, _DAYS_FOR, document)

    def budgets(self, settings: str | os.PathLike[str]) -> Budgets:
        """Return those of that file as it is now; without a file there are none."""
        known_by = _known_by(settings)
        return budgets_of(self._memory.value("budget", known_by, self._now_ns) if known_by else {})

    def put_budgets(self, settings: str | os.PathLike[str], table: Mapping[str, Any]) -> None:
        self._memory.put("budget", _known_by(settings), self._now_ns, DAY, table)

    def alert(self, settings: str | os.PathLike[str]) -> str | None:
        """Return what `LineFacts.alert` was lately, by that file as it is now."""
        alert: str | None = self._memory.value("alert", _known_by(settings), self._now_ns)
        return alert

    def put_alert(self, settings: str | os.PathLike[str], alert: str | None) -> None:
        self._memory.put("alert", _known_by(settings), self._now_ns, _ALERT_FOR, alert)

    @property
    def _today(self) -> int:
        return midnight(local_day(self._now_ns - 1, self._zone), self._zone) // SECOND


def _price_name(status: "SessionStatus") -> str:
    ttl = status.cache.ttl if status.cache else ""
    return f"price {status.fast} {status.is_long} {ttl} {status.model}"


def _known_by(settings: str | os.PathLike[str]) -> list[int] | None:
    """Return what tells that file from another and from what it was before; None without one."""
    try:
        status = os.stat(settings)
    except FileNotFoundError:
        return None
    return [status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size]
