"""What workers and widgets tell the screen; its handlers change the widgets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from ccotel_tui.recorder.health import Health
from ccotel_tui.screen.data.snapshot import Question, Snapshot
from ccotel_tui.screen.format.refusals import NotTaken
from ccotel_tui.screen.views.dialogs import Page

if TYPE_CHECKING:
    from ccotel_tui.screen.views.stack import Verb
    from ccotel_tui.stack_control.models import LogLine, Progress, Seen


@dataclass
class Answered(Message):
    """A view's question was asked; this is the moment's answer."""

    question: Question
    snapshot: Snapshot


@dataclass
class RecorderSaid(Message):
    """The recorder listens, or why it does not; what it has not taken in, and how it does."""

    said: str
    recording: bool
    not_taken: NotTaken = field(default_factory=NotTaken)
    health: Health = field(default_factory=Health)

    def in_full(self, rest: str) -> str:
        """All that is to be known of the recorder, `rest` in the middle of it."""
        lines = (self.health.cause, rest, *self.health.notices, self.not_taken.in_full())
        return "\n".join(filter(None, lines))


@dataclass
class SessionChosen(Message):
    """From now on everything is about this session."""

    session_id: str


@dataclass
class PageWanted(Message):
    """This is to be read in full."""

    page: Page


@dataclass
class MoreWanted(Message):
    """Older events, or a filter that needs more of them."""


@dataclass
class PanelsChanged(Message):
    """At its new size the view shows other panels, which need an answer."""


@dataclass
class StackSeen(Message):
    """How the stack's services do now."""

    seen: "Seen"


@dataclass
class StackSaid(Message):
    """A step of what is being done to the stack."""

    progress: "Progress"


@dataclass
class StackEnded(Message):
    """What was to be done is done, or why it is not."""

    verb: "Verb"
    error: str


@dataclass
class StackChanged(Message):
    """Another source may answer from now on; `started`: the stack does, and was not before."""

    started: bool


@dataclass
class LogCame(Message):
    """Lines of the services' logs; `reading` is whose."""

    lines: "Sequence[LogLine]"
    reading: Event
