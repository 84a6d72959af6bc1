"""A recorder's state as data, and as JSON for other processes. Pure, and with few imports.

It is the first line of its lock's file.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.recorder.refusals import Refusal
from ccotel_tui.store.file.place import FilePlace

_Built = TypeVar("_Built")

OtlpProtocol = Literal["grpc", "http"]

PROTOCOL_NAMES: Mapping[OtlpProtocol, str] = {"grpc": "OTLP/gRPC", "http": "OTLP/HTTP"}

OwnerKind = Literal["recorder", "collector", "unknown"]


class PortOwner(NamedTuple):
    """The program that has a port which a recorder wants.

    `name` and `pid` are its process's, empty and None where that cannot be told. `foreign` says why
    it is not a server of ours, such as "belongs to user nobody", and is empty for one that is.
    """

    kind: OwnerKind
    name: str = ""
    pid: int | None = None
    foreign: str = ""


class PortState(NamedTuple):
    """A port on which a recorder receives, or would; `owner` has it where the recorder has not."""

    protocol: OtlpProtocol
    host: str
    port: int
    bound: bool
    owner: PortOwner | None = None

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return host_and_port(self.host, self.port)

    def __str__(self) -> str:
        return f"{PROTOCOL_NAMES[self.protocol]} {self.address}"


class Fault(NamedTuple):
    """The reason why nothing can be kept now, of `ccotel_tui.store.file.faults`, and a sentence."""

    reason: str
    sentence: str


class Moved(NamedTuple):
    """By how many seconds the clock moved, and how many it is not believed for yet."""

    by: float
    wait: float


class RecorderState(NamedTuple):
    """The state of the process that holds the lock; `since` is Unix time in seconds.

    `handed_over` while a collector that starts has the ports on lease. Since it began `spans`
    came, whoever sent them; `refused` has what was not taken, by reason, `deleted` what it deleted
    for want of room, and `place` which file it has open.
    """

    pid: int = 0
    since: float = 0.0
    ports: Sequence[PortState] = ()
    handed_over: bool = False
    spans: int = 0
    refused: Mapping[str, int] = {}
    last_refusal: Refusal | None = None
    fault: Fault | None = None
    moved: Moved | None = None
    deleted: Mapping[str, int] = {}
    place: FilePlace | None = None
    silent: float = 0.0
    """Seconds since the last heartbeat, where that is too long ago."""

    @property
    def listening(self) -> list[PortState]:
        """The ports that are bound."""
        return bound(self.ports)

    @property
    def records(self) -> bool:
        """True while what comes in is kept."""
        return bool(self.listening) and not self.silent and self.fault is None


def bound(ports: Iterable[PortState]) -> list[PortState]:
    """Return those that are bound."""
    return [port for port in ports if port.bound]


def endpoints(ports: Iterable[PortState]) -> dict[str, str]:
    """Return HOST:PORT of the ports that are bound, by protocol."""
    return {port.protocol: port.address for port in bound(ports)}


def state_line(state: RecorderState) -> str:
    """Return the state as one line of JSON."""
    return json.dumps(named_parts(state))


def named_parts(value: Any) -> Any:
    """Return the value for JSON: what has named parts as an object, a file's place as a list."""
    if isinstance(value, FilePlace) or not isinstance(value, tuple | list):
        return value
    parts = getattr(value, "_asdict", None)
    if parts is None:
        return [named_parts(part) for part in value]
    return {name: named_parts(part) for name, part in parts().items()}


def state_of(document: Mapping[str, Any]) -> RecorderState:
    """Return the state that a recorder of this version, a former or a later one has written.

    Raises ValueError, LookupError or TypeError for what is none.
    """
    parts = {"last_refusal": Refusal, "fault": Fault, "moved": Moved}
    return built(
        RecorderState,
        {
            **document,
            "ports": ports_of(document),
            "place": _place(document.get("place")),
            **{
                name: built(part, document[name])
                for name, part in parts.items()
                if document.get(name)
            },
        },
    )


def built(kind: type[_Built], document: Mapping[str, Any]) -> _Built:
    """Return such a thing with what this version knows of it: a later one may say more."""
    names = kind.__match_args__  # type: ignore[attr-defined]
    return kind(**{name: value for name, value in document.items() if name in names})


def ports_of(document: Mapping[str, Any]) -> tuple[PortState, ...]:
    """Return the ports that a document tells of."""
    # A recorder of version 0.1.0 may still run after an upgrade: it names its bound ports in text.
    former = map(_former_port, document.get("listening", ()))
    return (*former, *map(_port, document.get("ports", ())))


def _former_port(text: str) -> PortState:
    """Return the bound port of a text such as "OTLP/gRPC 127.0.0.1:14317"."""
    name, _, address = text.partition(" ")
    host, _, port = address.rpartition(":")
    protocol: OtlpProtocol = "grpc" if name == PROTOCOL_NAMES["grpc"] else "http"
    return PortState(protocol, host.strip("[]"), int(port), bound=True)


def _port(document: Mapping[str, Any]) -> PortState:
    owner = document.get("owner")
    return built(PortState, {**document, "owner": owner and _owner(owner)})


def _owner(document: Mapping[str, Any]) -> PortOwner:
    kind = document["kind"] if document["kind"] in get_args(OwnerKind) else "unknown"
    return built(PortOwner, {**document, "kind": kind})


def _place(files: Iterable[Sequence[int] | None] | None) -> FilePlace | None:
    return FilePlace(*((file[0], file[1]) if file else None for file in files)) if files else None
