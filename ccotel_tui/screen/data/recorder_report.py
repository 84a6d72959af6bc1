"""What the screen knows of the recorder. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ccotel_tui.recorder.health import Health
from ccotel_tui.recorder.state import PortState
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.refusals import NotTaken


@dataclass(frozen=True)
class RecorderReport:
    """The ports of the recorder of a database, what it has refused, and how it does.

    `recording` is also True while nothing is known yet of a recorder that another process has
    started. `failure` says why our own recorder has ended, and `handed_over` that a collector
    which starts is getting the ports.
    """

    recording: bool
    ports: Sequence[PortState] = ()
    handed_over: bool = False
    failure: str = ""
    database: str = ""
    not_taken: NotTaken = field(default_factory=NotTaken)
    health: Health = field(default_factory=Health)
    starting: bool = False
    """Whether our own recorder was started and has not told anything yet."""

    def in_full(self, rest: str) -> str:
        """Return all that is to be known of the recorder, `rest` in the middle of it."""
        cause, *notices = map(strings.translated, (self.health.cause, *self.health.notices))
        lines = (cause, rest, *notices, self.not_taken.in_full())
        return "\n".join(filter(None, lines))

    @property
    def collector_receives(self) -> bool:
        """Whether a collector has all of the ports."""
        kinds = [port.owner.kind if port.owner else "" for port in self.ports]
        return not self.recording and bool(kinds) and set(kinds) == {"collector"}
