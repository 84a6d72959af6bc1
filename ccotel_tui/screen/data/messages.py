"""What the workers that fetch data tell the screen; its handlers change the widgets."""

from dataclasses import dataclass, field

from textual.message import Message

from ccotel_tui.recorder.health import Health
from ccotel_tui.screen.data.refusals import NotTaken
from ccotel_tui.screen.data.snapshot import Question, Snapshot


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
class BackfillSaid(Message):
    """How far the backfill of the stack is, or why it failed."""

    said: str
