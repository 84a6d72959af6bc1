"""What was done, told by those who did it: never computed by the package."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

TOKENS = ("input", "output", "cacheRead", "cacheCreation")
SPENT = ("cost", *TOKENS)
"""What requests tell, and counters too."""

ACTIVITY = ("duration", "call", "error", "prompt", "builtin", "notification")
"""What makes a session active."""


class Amount(NamedTuple):
    """One thing that was done: what, when it counts, whose it is, under which label, how much.

    Requests are `cost`, `input`, `output`, `cacheRead`, `cacheCreation` and `duration` by model;
    `call`, `success` and `took` (ms) are by tool, `error` by status code, `prompt`, `builtin` and
    `notification` (the client's own word to the model, which continues a prompt) by nothing.
    Counters are, at their points' times, `lines` and `active` by type, `edits` by decision,
    `commits`, `pulls`, and what requests tell, which then is `counted`.
    """

    what: str
    time_ns: int
    session: str
    key: str
    number: float
    counted: bool = False
    prompt: str = ""


class EventRow(NamedTuple):
    """A row of an event panel: its place, and what it has to say among other things."""

    time_ns: int
    session: str
    sequence: int
    panel: str
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Truth:
    """All that was done; of each session what was spent, and how many events, unheard of."""

    amounts: list[Amount] = field(default_factory=list)
    rows: list[EventRow] = field(default_factory=list)
    unseen: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    missed: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def within(self, from_ns: int, to_ns: int) -> "Truth":
        """What counts in (from_ns, to_ns]."""
        return Truth(
            [one for one in self.told() if from_ns < one.time_ns <= to_ns],
            [one for one in self.rows if from_ns < one.time_ns <= to_ns],
            self.unseen,
            self.missed,
        )

    def told(self) -> Iterator[Amount]:
        """The amounts without those counters that requests tell as well."""
        asked = {one.session for one in self.amounts if one.what == "duration"}
        return (one for one in self.amounts if not (one.counted and one.session in asked))

    def of(self, *what: str) -> list[Amount]:
        return [one for one in self.amounts if one.what in what]

    def active(self) -> dict[str, int]:
        """The sessions that were active, and when last."""
        times = (
            (one.time_ns, one.session)
            for one in self.told()
            if one.what in ACTIVITY or (one.counted and one.number > 0)
        )
        return {session: time_ns for time_ns, session in sorted(times)}

    def spent(self) -> float:
        """Dollars that the client reported, also those that nobody heard of."""
        heard = (one.number for one in self.told() if one.what == "cost")
        return sum(heard) + sum(self.unseen.values())

    def only(self, sessions: str) -> "Truth":
        """What the sessions did whose id begins so."""
        return Truth(
            [one for one in self.amounts if one.session.startswith(sessions)],
            [one for one in self.rows if one.session.startswith(sessions)],
            self.unseen,
            self.missed,
        )

    def moved(self, by_ns: int, prefix: str) -> "Truth":
        """The same at another time, by sessions of another name."""
        return Truth(
            [
                one._replace(time_ns=one.time_ns + by_ns, session=prefix + one.session)
                for one in self.amounts
            ],
            [
                one._replace(time_ns=one.time_ns + by_ns, session=prefix + one.session)
                for one in self.rows
            ],
        )


def together(truths: Iterable[Truth]) -> Truth:
    """All of them in one."""
    found = Truth()
    for truth in truths:
        found.amounts.extend(truth.amounts)
        found.rows.extend(truth.rows)
        for session, dollars in truth.unseen.items():
            found.unseen[session] += dollars
        for session, events in truth.missed.items():
            found.missed[session] += events
    return found


def summed(amounts: Iterable[Amount]) -> dict[str, float]:
    """The numbers by label."""
    found: defaultdict[str, float] = defaultdict(float)
    for one in amounts:
        found[one.key] += one.number
    return dict(found)


def as_type(amounts: Iterable[Amount]) -> list[Amount]:
    """Tokens, under their type instead of the model."""
    return [one._replace(key=one.what) for one in amounts]
