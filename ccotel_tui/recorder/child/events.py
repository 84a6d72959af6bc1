"""What a recorder tells while it runs, as data and as JSON: a dashboard's child prints a line each.

Pure.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ccotel_tui.recorder.state import PortState, built, named_parts, ports_of
from ccotel_tui.sentences import parts_of, sentence_of


class WaitingForRecorder(NamedTuple):
    """A recorder waits until another one ends, whose process is `pid`; 0 where that is unknown."""

    pid: int


class WaitingForPorts(NamedTuple):
    """A recorder waits until the lease on its ports ends."""


class PortsChanged(NamedTuple):
    """The ports of a recorder, which has bound, lost or lent some of them."""

    ports: Sequence[PortState]
    handed_over: bool = False


class LogSetAside(NamedTuple):
    """The log of the file that was recorded into before, and was replaced, is kept as `path`."""

    path: str


class Failed(NamedTuple):
    """The recorder ends, for the reason in the sentence, which keeps its key and its values."""

    sentence: str


RecorderEvent = WaitingForRecorder | WaitingForPorts | PortsChanged | LogSetAside | Failed

_EVENTS: Mapping[str, type[RecorderEvent]] = {
    "waiting for recorder": WaitingForRecorder,
    "waiting for ports": WaitingForPorts,
    "ports": PortsChanged,
    "log set aside": LogSetAside,
    "failed": Failed,
}
_EVENT_NAMES = {event: name for name, event in _EVENTS.items()}


def event_line(event: RecorderEvent) -> str:
    """Return the event as one line of JSON."""
    parts = named_parts(event)
    if isinstance(event, Failed):
        parts |= parts_of(event.sentence)
    return json.dumps({"event": _EVENT_NAMES[type(event)], **parts})


def parse_event(line: str) -> RecorderEvent | None:
    """Return the event of the line; None for any other line, such as a library's message."""
    try:
        document = json.loads(line)
        kind = _EVENTS[document["event"]]
        if kind is PortsChanged:
            document["ports"] = ports_of(document)
        elif kind is Failed:
            sentence = sentence_of(document)
            return None if sentence is None else Failed(sentence)
        return built(kind, document)
    except (ValueError, LookupError, TypeError):
        return None
