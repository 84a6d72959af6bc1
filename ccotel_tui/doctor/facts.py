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


@dataclass(frozen=True)
class Stored:
    """What the file holds; `problem` says why it cannot be read. Times are Unix ns."""

    exists: bool = True
    problem: str = ""
    newest: Mapping[str, int | None] = field(default_factory=dict)
    versions: tuple[str, ...] = ()
    missed: int = 0
    ahead: str = ""


@dataclass(frozen=True)
class StackFacts:
    """The services that do not run as they should, by name; `problem` where Docker cannot tell."""

    made: bool = False
    problem: str = ""
    failing: Mapping[str, str] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    """Servers of a running stack that do not answer, by name."""


@dataclass(frozen=True)
class Facts:
    """All of them. `free` is the room on the disk of the file, in bytes."""

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
    stored: Stored = field(default_factory=Stored)
    stack: StackFacts = field(default_factory=StackFacts)
    heard: tuple[str, ...] = ()
    unheard: tuple[Unheard, ...] = ()
    now_ns: int = 0
