"""What doctor's rules judge: gathered once, and the same for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ccotel_tui.claude.destination import Unheard
from ccotel_tui.claude.settings.origins import Origin
from ccotel_tui.recorder.state import RecorderState

AnswerKind = Literal["ok", "silent", "late", "refused", "not otlp", "tls", "not asked"]


@dataclass(frozen=True)
class CanaryAnswer:
    """What an address said to the canary; `holder` is the process that has its port."""

    address: str
    protocol: str
    kind: AnswerKind
    details: str = ""
    holder: str = ""
    foreign: str = ""
    pid: int | None = None


@dataclass(frozen=True)
class Stored:
    """What the file holds; `problem` says why it cannot be read, `reason` in a word. Unix ns."""

    exists: bool = True
    problem: str = ""
    newest: Mapping[str, int | None] = field(default_factory=dict)
    versions: tuple[str, ...] = ()
    missed: int = 0
    ahead: str = ""
    reason: str = ""


@dataclass(frozen=True)
class StackFacts:
    """The services that do not run as they should, by name; `problem` where Docker cannot tell."""

    made: bool = False
    problem: str = ""
    failing: Mapping[str, str] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    """Servers of a running stack that do not answer, by name."""
    published: Mapping[str, str] = field(default_factory=dict)
    """HOST:PORT of the first port of each service that runs."""
    lags: Mapping[str, float] = field(default_factory=dict)
    """By how many seconds a server is behind; infinite where a record did not come in time."""
    canaries: int = 0
    """Rows that doctor left in Loki in the last day."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Records of the last day that the collector did not pass on, by signal."""
    missed: int = 0
    """Events of the last day that were sent and are not in Loki."""
    heard_ns: int | None = None
    """The time of the newest record in Loki."""


@dataclass(frozen=True)
class ClientLog:
    """What the client's own debug log says; a `problem` is the newest, by signal or `start`."""

    exported: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    """Variables in a project's settings that it does not take from there."""


@dataclass(frozen=True)
class MetricsServer:
    """What answers at HOST:PORT where Prometheus is asked, as it says itself."""

    at: str
    name: str = ""
    version: str = ""


@dataclass(frozen=True)
class Facts:
    """What one run of doctor knows.

    `origins` are where the client's variables come from here, `project_origins` the files of a
    project, from which it takes none. `answers` are of the addresses that it sends to.
    `free` is the room on the disk of the file, in bytes; `locked_by` is the process that holds the
    file locked, where that is not the recorder. `heard` and `unheard` are the sessions that run.
    """

    client_path: str = ""
    client_version: str = ""
    running: bool = False
    origins: tuple[Origin, ...] = ()
    project_origins: tuple[Origin, ...] = ()
    database: str = ""
    recorder: RecorderState | None = None
    answers: tuple[CanaryAnswer, ...] = ()
    free: int | None = None
    writable: bool = True
    locked_by: int | None = None
    stored: Stored = field(default_factory=Stored)
    stack: StackFacts = field(default_factory=StackFacts)
    client_log: ClientLog | None = None
    read_at: Mapping[str, str] = field(default_factory=dict)
    """HOST:PORT where Prometheus and Loki are asked."""
    metrics_server: MetricsServer | None = None
    heard: tuple[str, ...] = ()
    unheard: tuple[Unheard, ...] = ()
    now_ns: int = 0

    @property
    def heard_ns(self) -> int | None:
        """The time of the client's newest record, here or in the stack."""
        times = (*self.stored.newest.values(), self.stack.heard_ns)
        return max(filter(None, times), default=None)
