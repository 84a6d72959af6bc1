"""What the two bars say."""

from typing import Literal, NamedTuple

StateKind = Literal[
    "live",
    "quiet",
    "starting",
    "waiting",
    "loading",
    "paused",
    "not_recording",
    "not_stored",
    "stale",
    "error",
]


class LiveState(NamedTuple):
    """The state of the incoming data, as a kind and in words."""

    kind: StateKind
    text: str


class BarStatus(NamedTuple):
    """The state in the top bar, the text in the bottom bar, and whether that reports a fault."""

    state: LiveState
    text: str
    wrong: bool
