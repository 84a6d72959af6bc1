"""Steps of a procedure, states of services, lines of their logs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol

Step = Literal[
    "waiting",  # another process works on this stack
    "warning",
    "asking",  # a credential helper for the login at a registry
    "pulling",
    "creating",
    "starting",
    "replacing",
    "ready",
    "releasing",  # the OTLP ports, before the collector starts
    "taken back",  # the OTLP ports, as the collector did not answer
    "stopping",
    "removing",
    "removed",
    "done",
]

ServiceHealth = Literal["ready", "starting", "unreachable", ""]
"""The service's own answer over HTTP; empty where it does not run or has no such page."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a procedure; `service` is empty where it concerns all of them."""

    step: Step
    service: str = ""
    text: str = ""
    layers_done: int = 0
    layers: int = 0
    """Known so far: grows while an image is pulled."""
    received: int = 0
    """Bytes, compressed."""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One service as the engine and the service itself describe it; None is unknown."""

    service: str
    state: str = "absent"
    """absent, created, running, restarting, paused, exited, dead, removing."""
    health: ServiceHealth = ""
    uptime_s: float | None = None
    restarts: int = 0
    """By the engine, since the container was started by somebody."""
    exit_code: int | None = None
    """Of the last end; None while it runs for the first time."""
    oom: bool = False
    """The kernel ended it for want of memory."""
    ports: tuple[str, ...] = ()
    """Published, as 127.0.0.1:13000, in the order of the ports inside."""
    memory: int | None = None
    """Bytes in use, caches left out."""
    memory_limit: int | None = None
    cpu: float | None = None
    """Processors in use (1.0 is one whole) since the look before; at the first, since its start."""
    image: str = ""
    last_words: tuple[str, ...] = ()
    """The log's last lines where it is not running as it should; as hostile as any log."""


@dataclass(frozen=True, slots=True)
class StackSnapshot:
    """The services in the file's order; with `trouble`, they are those seen before it."""

    services: tuple[ServiceState, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line as the container wrote it, escapes and all; `service` is empty for our own remark."""

    service: str
    time: str
    """RFC 3339, as the engine took it."""
    text: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something of this project that `clean` removes."""

    kind: Literal["container", "network", "volume"]
    name: str
    id: str


Say = Callable[[Progress], None]
"""Receives the steps of a procedure."""


class Handover(Protocol):
    """The OTLP ports' way from their holder to the collector."""

    def release(self) -> None:
        """Stop accepting on the ports: the collector starts next."""

    def take_back(self) -> None:
        """The collector did not answer and has been stopped: accept again."""

    def done(self) -> None:
        """The collector answers OTLP."""


Verb = Literal["start", "stop", "restart", "logs", "clean"]


class StackProcedures(Protocol):
    """The methods of `Stack` that the screen calls; they block, and are documented there."""

    def up(
        self, say: Say, handover: Handover, cancelled: Event, services: Sequence[str] = ()
    ) -> None: ...

    def restart(
        self, say: Say, handover: Handover, cancelled: Event, services: Sequence[str] = ()
    ) -> None: ...

    def stop(self, say: Say, cancelled: Event, services: Sequence[str] = ()) -> None: ...

    def down(self, say: Say, cancelled: Event) -> None: ...

    def watch(self, cancelled: Event) -> Iterator[StackSnapshot]: ...

    def logs(
        self,
        cancelled: Event,
        services: Sequence[str] = (),
        tail: int | None = 200,
        follow: bool = False,
    ) -> Iterator[list[LogLine]]: ...

    def clean_list(self) -> list[Leftover]: ...

    def clean(self, say: Say, cancelled: Event) -> None: ...
