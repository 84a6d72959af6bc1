"""A recorder's ports and events in English, for `record` and for errors. Pure."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ccotel_tui.recorder.child.events import (
    LogSetAside,
    PortsChanged,
    RecorderEvent,
    WaitingForPorts,
    WaitingForRecorder,
)
from ccotel_tui.recorder.state import OwnerKind, PortState, bound

_HANDED_OVER = "the ports are being handed over"
_TAKEN: dict[OwnerKind, str] = {
    "recorder": "is taken by the ccotel-tui recorder of another database{process}.",
    "collector": "is taken by an OpenTelemetry receiver{process}: what is sent there goes to it.",
    "unknown": "is taken by another program{process}{foreign}.",
}


def ports_problem(ports: Iterable[PortState], handed_over: bool) -> str:
    """Return why not all of the ports are bound; empty where they are."""
    return _HANDED_OVER if handed_over else " ".join(_taken(ports))


def _taken(ports: Iterable[PortState]) -> Iterable[str]:
    for port in ports:
        if owner := port.owner:
            process = f" ({owner.name}, process {owner.pid})" if owner.pid else ""
            foreign = f": it {owner.foreign}, and nothing is sent there" if owner.foreign else ""
            taken = _TAKEN[owner.kind].format(process=process, foreign=foreign)
            yield f"{port.address} {taken}"


def port_names(ports: Sequence[PortState]) -> str:
    """Return such as "OTLP/gRPC 127.0.0.1:14317, OTLP/HTTP 127.0.0.1:14318"."""
    return ", ".join(map(str, ports))


def event_sentence(event: RecorderEvent, database: Path) -> str:
    """Return the event as `record` prints it."""
    match event:
        case WaitingForRecorder(pid):
            return f"waiting: process {pid or 'unknown'} records into {database}"
        case WaitingForPorts():
            return f"waiting: {_HANDED_OVER}"
        case PortsChanged(ports, handed_over):
            listening = bound(ports)
            recording = f"recording: {port_names(listening)}, into {database}"
            problem = ports_problem(ports, handed_over)
            return f"{recording if listening else 'not recording:'} {problem}".strip()
        case LogSetAside(path):
            return (
                f"{database} is another file than the one recorded into before, whose last "
                f"records are in its log: kept as {path}."
            )
        case _:
            return event.sentence
