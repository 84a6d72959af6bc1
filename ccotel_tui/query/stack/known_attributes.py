"""Whether the records of a stack have an attribute at all."""

import time
from functools import partial
from zoneinfo import ZoneInfo

from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.languages import logql
from ccotel_tui.query.window import LONGEST_SESSION, Window

_UTC = ZoneInfo("UTC")
_HELD_FOR = 60.0
"""Seconds after which an attribute that no record had is looked for again."""

_ALWAYS = frozenset(
    {"session_id", "prompt_id", "model", "source", "type", "tool_name", "decision"}
    | {"success", "status_code", "command_source", "agent_name"}
)
"""Labels that panels are made of: a record that lacks one says that too."""

_MARK = "stream_start"
"""What the stack's collector gives each counter: it gives it its resource's attributes too."""


class Kept:
    """What was found is not looked for again, what was not found a minute later."""

    def __init__(self, servers: StackClient) -> None:
        self._servers = servers
        self._there: set[str] = set()
        self._missing: dict[str, float] = {}
        self._labels: tuple[float, frozenset[str]] = (0.0, frozenset())

    def anywhere(self, name: str) -> bool:
        """Whether any record of the last month has the attribute. Raises SourceUnavailable."""
        label, now = name.replace(".", "_"), time.monotonic()
        if label in _ALWAYS or label in self._there:
            return True
        if now < self._missing.get(label, 0.0):
            return False
        # Of counters an index tells, for events rows have to be read.
        having = partial(logql.having, name=label)
        found = label in self._of_counters() or self._servers.newest(having, time.time_ns())
        if found:
            self._there.add(label)
        else:
            self._missing[label] = now + _HELD_FOR
        return bool(found)

    def context(self) -> bool:
        """Whether the records have what their resource says; also where there are no counters."""
        labels = self._of_counters()
        return not labels or _MARK in labels

    def _of_counters(self) -> frozenset[str]:
        until, labels = self._labels
        if time.monotonic() >= until:
            to_ns = time.time_ns()
            month = Window.between(to_ns - LONGEST_SESSION, to_ns, _UTC)
            labels = frozenset(self._servers.names("/labels", month))
            self._labels = time.monotonic() + _HELD_FOR, labels
        return labels
