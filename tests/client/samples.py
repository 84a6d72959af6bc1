"""What dashboards show beside "this session", looked at five times a second."""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from tests.client.world.tmux import Pane

INTERVAL = 0.2
THIS_SESSION = "this session"

_WHO = re.compile(r"([0-9a-f]{4})\b *(\S*)")
_DOLLARS = re.compile(r"\$([\d,]+\.\d\d)")


@dataclass(frozen=True)
class Sample:
    """The session's first four letters, its name and its dollars; empty and None if not shown."""

    id: str = ""
    name: str = ""
    dollars: float | None = None


def sample(screen: str) -> Sample:
    """Read the overview, narrow (who, then the dollars and the label) or wide (its tiles first)."""
    lines = screen.splitlines()
    at = next((at for at, line in enumerate(lines) if THIS_SESSION in line), None)
    if at is None:
        return Sample()
    wide = lines[at].startswith(THIS_SESSION)
    dollars = _DOLLARS.match(lines[at + 1 if wide else at].strip())
    # Below the tiles stand the figures that they lack, as many lines as there is room for.
    below = lines[at + 2 :] if wide else [lines[at - 1]]
    who = next(filter(None, map(_WHO.match, below)), None)
    return Sample(
        who[1] if who else "",
        who[2] if who else "",
        float(dollars[1].replace(",", "")) if dollars else None,
    )


def belong_together(
    seen: Iterable[Sample], sums: Mapping[tuple[str, str], tuple[float, float]]
) -> None:
    """Assert that each sample is nobody's, or one session's with a sum that it has had.

    `sums` holds the least and the most that a session of this id and name has cost; what is shown
    of one never becomes less.
    """
    shown: dict[tuple[str, str], list[float]] = {}
    for moment in seen:
        who = moment.id, moment.name
        if moment.dollars is not None:
            shown.setdefault(who, []).append(moment.dollars)
    assert shown.keys() <= sums.keys()
    for who, dollars in shown.items():
        least, most = sums[who]
        # A session that has spent nothing yet may be shown too, with $0.00.
        spent = [amount for amount in dollars if amount]
        assert all(least - 0.01 < amount < most + 0.01 for amount in spent), f"{who}: {dollars}"
        assert dollars == sorted(dollars), f"{who}: {dollars}"


@dataclass
class Samples:
    """Of each pane, what it showed since the block began; a screen is read once it is painted."""

    panes: Sequence[Pane]
    seen: dict[Pane, list[Sample]] = field(default_factory=dict)
    _done: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        for pane in self.panes:
            self.seen[pane] = []
            self._threads.append(threading.Thread(target=self._watch, args=(pane,)))
            self._threads[-1].start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, pane: Pane) -> None:
        while not self._done.wait(INTERVAL):
            self.seen[pane].append(sample(pane.settled_screen))
