"""Keeps which servers answered lately without a part of what they hold."""

import time
from collections.abc import Callable
from threading import Lock

from ccotel_tui.network.address import Address

KEPT_FOR = 60.0
"""Seconds: as long as what was made of such an answer may be shown."""


class PartialAnswers:
    """The reasons, as the servers gave them; any thread may add one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reasons: dict[Address, tuple[str, float]] = {}
        self._lock = Lock()

    def add(self, server: Address, reason: str) -> None:
        """Keep why an answer of that server's lacked a part."""
        with self._lock:
            self._reasons[server] = reason, self._clock() + KEPT_FOR

    def reason(self, server: Address) -> str | None:
        """Return the newest reason; None where all answers of the last minute were whole."""
        with self._lock:
            reason, until = self._reasons.get(server, ("", 0.0))
        return reason if self._clock() < until else None
