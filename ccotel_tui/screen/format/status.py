"""The state of the data in a word, and what stands below. Pure."""

import re
from typing import Literal, NamedTuple

from ccotel_tui.claude.environment import variables
from ccotel_tui.glance import LIVE_FOR_NS
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.recorder.health import Health
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.session_lines import age

StateKind = Literal[
    "live",
    "quiet",
    "waiting",
    "loading",
    "paused",
    "not_recording",
    "not_stored",
    "stale",
    "error",
]
_HEALTHY = Health()

_TAKEN = re.compile(
    r"\S+:(?P<port>\d+) is taken by (?P<who>the|another|an) .*?"
    r"(?:\((?P<name>[^()]+), process (?P<id>\d+)\))?(?::.*?)?\.(?: |$)"
)
"""What the recorder says of a port that it cannot have."""


class LiveState(NamedTuple):
    """Whether data comes in, as a kind and in words."""

    kind: StateKind
    text: str


def live_state(
    snapshot: Snapshot | None,
    recording: bool,
    paused: bool,
    now_ns: int,
    health: Health = _HEALTHY,
) -> LiveState:
    """Return whether data comes in; a fault of the recorder in the recorder's words."""
    if snapshot is not None and snapshot.failure:
        if snapshot.heard_ns is None:
            return LiveState("error", strings.ERROR)
        return LiveState("stale", strings.STALE.format(age=age(snapshot.now_ns, now_ns)))
    if paused:
        return LiveState("paused", strings.PAUSED)
    if health.wrong or not recording:
        kind: StateKind = "not_stored" if health.not_stored else "not_recording"
        return LiveState(kind, health.wrong or strings.NOT_RECORDING)
    if snapshot is None:
        return LiveState("loading", strings.LOADING)
    if snapshot.heard_ns is None:
        return LiveState("waiting", strings.WAITING)
    if now_ns - snapshot.heard_ns <= LIVE_FOR_NS:
        return LiveState("live", strings.LIVE)
    return LiveState("quiet", strings.QUIET.format(age=age(snapshot.heard_ns, now_ns)))


def bottom(
    snapshot: Snapshot | None,
    source: str,
    recorder: str,
    recording: bool,
    now_ns: int,
    note: str = "",
) -> str:
    """Who answers and how old the newest record is; first of all what is wrong.

    `note` is what a reader should know where nothing else is wrong.
    """
    if snapshot is not None and snapshot.failure:
        return snapshot.failure
    if wrong := problem(recorder, recording):
        return wrong
    if note:
        return note
    if snapshot is not None and snapshot.ahead is not None:
        return snapshot.ahead.sentence(now_ns)
    if snapshot is not None and snapshot.heard_ns is not None:
        return f"{source}, {strings.AGO.format(age=age(snapshot.heard_ns, now_ns))}"
    return f"{source}, {recorder}" if recorder else source


def problem(recorder: str, recording: bool) -> str:
    """What keeps the recorder from recording all of it, in few words; empty where nothing does."""
    all_found = list(_TAKEN.finditer(recorder))
    taken = [
        strings.TAKEN.format(
            port=found["port"],
            who=f"{found['name']} ({found['id']})"
            if found["id"]
            else strings.TAKEN_BY[found["who"]],
        )
        for found in all_found
    ]
    if len(taken) > 1 and not recording:
        receives = all(found["who"] == strings.RECEIVER for found in all_found)
        return strings.COLLECTOR_RECEIVES if receives else strings.PORTS_TAKEN
    if taken:
        return ", ".join(taken)
    return "" if recording else recorder


def in_full(recorder: str, recording: bool, note: str = "") -> str:
    """All that the recorder says where something is wrong, that first; else the note."""
    if not problem(recorder, recording):
        return note
    taken = [found[0].strip() for found in _TAKEN.finditer(recorder)]
    rest = _TAKEN.sub("", recorder).strip().removesuffix(strings.NOT_RECORDING + ":")
    return "\n".join(filter(None, (*taken, rest)))


def first_day(recorder: str, recording: bool, command: str, not_taken: str = "") -> str:
    """What is wrong and was not taken, how to connect, and what the recorder listens on."""
    needed = "\n".join(f"  {name}={sanitize(value)}" for name, value in variables(recorder).items())
    wrong = in_full(recorder, recording)
    return strings.FIRST_DAY.format(
        command=command,
        problem="".join(
            f"{sanitize(line)}\n\n" for line in f"{wrong}\n{not_taken}".split("\n") if line
        ),
        recorder=f"{sanitize(recorder)}\n\n" if recorder and not wrong else "",
        variables=needed,
    )
