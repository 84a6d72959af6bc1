"""Finds out whether the records of a stack have an attribute at all."""

import time
from datetime import UTC

from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.languages import logql
from ccotel_tui.query.stack.languages.re2 import label_name
from ccotel_tui.query.window import LONGEST_SESSION, Window

_CACHED_FOR = 60.0
"""Seconds after which an attribute that no record had is looked for again."""

_ALWAYS = frozenset(
    {"session_id", "prompt_id", "model", "source", "type", "tool_name", "decision"}
    | {"success", "status_code", "command_source", "agent_name"}
)
"""Labels that panels are made of: a record that lacks one says that too."""

_MARK = "stream_start"
"""The stack's collector gives this to each counter, and its resource's attributes with it."""


class KnownAttributes:
    """An attribute that was seen is not looked for again, one that was not a minute later."""

    def __init__(self, client: StackClient) -> None:
        self._client = client
        self._seen: set[str] = set()
        self._unseen_until: dict[str, float] = {}
        self._labels: tuple[float, frozenset[str]] = (0.0, frozenset())

    def any_record_has(self, name: str) -> bool:
        """Return whether any record of a month has the attribute. Raises SourceUnavailable."""
        label, now = label_name(name), time.monotonic()
        if label in _ALWAYS or label in self._seen:
            return True
        if now < self._unseen_until.get(label, 0.0):
            return False
        # Of counters an index tells, for events rows have to be read.
        seen = label in self._of_counters() or bool(
            self._client.newest(lambda streams: [logql.having(streams, label)], time.time_ns())
        )
        if seen:
            self._seen.add(label)
        else:
            self._unseen_until[label] = now + _CACHED_FOR
        return seen

    def of_resources_too(self) -> bool:
        """Return whether records have their resource's attributes; True without any counters."""
        labels = self._of_counters()
        return not labels or _MARK in labels

    def _of_counters(self) -> frozenset[str]:
        until, labels = self._labels
        if time.monotonic() >= until:
            to_ns = time.time_ns()
            month = Window.between(to_ns - LONGEST_SESSION, to_ns, UTC)
            labels = frozenset(self._client.counter_labels(month.whole))
            self._labels = time.monotonic() + _CACHED_FOR, labels
        return labels
