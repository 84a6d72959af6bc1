"""What the optional fields of `line` are made of, of the embedded store, with few imports."""

import os
import sqlite3
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from ccotel_tui.line.facts import RememberedFacts
from ccotel_tui.line.memory import LineMemory
from ccotel_tui.query.embedded.glance.rows import lines_with_limits, newest_row
from ccotel_tui.query.status_line.facts import REACH_NS
from ccotel_tui.telemetry.conventions import STATUS_LINE

if TYPE_CHECKING:
    from ccotel_tui.query.query import EventRow
    from ccotel_tui.query.status_line.facts import SessionStatus
    from ccotel_tui.query.usual.budget import Budgets
    from ccotel_tui.query.usual.curve import DayCost


class QuickFacts:
    """The `LineFacts` of an open store; what takes long only where it was looked up lately.

    Else one of NOT_KEPT is raised, and the command looks it up.
    """

    def __init__(
        self,
        store: sqlite3.Connection,
        now_ns: int,
        zone: tzinfo,
        settings: str | os.PathLike[str],
        memory: LineMemory,
    ) -> None:
        self._store = store
        self._within = now_ns - REACH_NS, now_ns
        self._settings = settings
        self._kept = RememberedFacts(memory, now_ns, zone)

    def status_line(self, session_id: str) -> "EventRow | None":
        return newest_row(self._store, STATUS_LINE, session_id, *self._within)

    def lines_with_limits(self) -> "Sequence[EventRow]":
        return lines_with_limits(self._store, *self._within)

    def newest(self, event: str, session_id: str) -> "EventRow":
        return newest_row(self._store, event, session_id, *self._within) or {}

    def rewriting_price(self, status: "SessionStatus") -> float | None:
        return self._kept.rewriting_price(status)

    def day_costs(self) -> "Sequence[DayCost]":
        return self._kept.day_costs()

    def budgets(self) -> "Budgets":
        return self._kept.budgets(self._settings)

    def alert(self) -> str | None:
        return self._kept.alert(self._settings)
