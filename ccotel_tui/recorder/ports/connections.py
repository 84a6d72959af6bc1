"""Limits of connections: how many, how long one may be idle, and which is ended for another."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from ccotel_tui.recorder.refusals import Refusals

IDLE = 600.0
"""Seconds without a byte; the client exports each 10 s while it runs."""

LEAVE_TIMEOUT = 15.0
"""Seconds. The client waits 10 s for an answer."""

_TOO_MANY = (
    "{most} connections are open, the most that are served: the longest idle one of {peer}, which "
    "has {number}, was closed. Let its programs keep fewer connections open."
)


class Guest(Protocol):
    """A connection that can be ended."""

    peer: str

    def leave(self) -> None:
        """End it as soon as nothing is lost by that."""

    def abort(self) -> None:
        """End it now."""


class Connections:
    """The connections that are open, at any port, the longest idle first.

    Where one more would be too many, the peer that has the most of them loses one: no peer can
    crowd out another.
    """

    def __init__(
        self,
        most: int,
        refusals: Refusals,
        idle: float = IDLE,
        leave_within: float = LEAVE_TIMEOUT,
    ) -> None:
        self._most = most
        self._refusals = refusals
        self._idle = idle
        self._leave_within = leave_within
        self._open: OrderedDict[Guest, float] = OrderedDict()
        self._peers: Counter[str] = Counter()
        self._leaving: dict[Guest, asyncio.TimerHandle] = {}
        self._check: asyncio.TimerHandle | None = None

    @contextmanager
    def one_more(self, guest: Guest) -> Iterator[None]:
        """Count the connection in, and out at the end of the block."""
        if len(self._open) >= self._most:
            self._make_room()
        self._open[guest] = _now()
        self._peers[guest.peer] += 1
        self._schedule_check()
        try:
            yield
        finally:
            self._count_out(guest)
            if leaving := self._leaving.pop(guest, None):
                leaving.cancel()

    def active(self, guest: Guest) -> None:
        """Note that bytes of it came or went."""
        if guest in self._open:
            self._open[guest] = _now()
            self._open.move_to_end(guest)

    def _make_room(self) -> None:
        peer, number = self._peers.most_common(1)[0]
        sentence = _TOO_MANY.format(most=self._most, peer=peer, number=number)
        self._refusals.count("connections", sentence)
        self._evict(next(guest for guest in self._open if guest.peer == peer))
        if len(self._leaving) > self._most // 4:
            next(iter(self._leaving)).abort()

    def _schedule_check(self) -> None:
        if self._check is None and self._open:
            oldest = next(iter(self._open.values()))
            loop = asyncio.get_running_loop()
            self._check = loop.call_at(oldest + self._idle, self._end_idle)

    def _end_idle(self) -> None:
        self._check = None
        while self._open and next(iter(self._open.values())) + self._idle <= _now():
            self._evict(next(iter(self._open)))
        self._schedule_check()

    def _evict(self, guest: Guest) -> None:
        self._count_out(guest)
        loop = asyncio.get_running_loop()
        self._leaving[guest] = loop.call_later(self._leave_within, guest.abort)
        guest.leave()

    def _count_out(self, guest: Guest) -> None:
        if self._open.pop(guest, None) is not None:
            self._peers[guest.peer] -= 1
            if not self._peers[guest.peer]:
                del self._peers[guest.peer]


def _now() -> float:
    return asyncio.get_running_loop().time()
