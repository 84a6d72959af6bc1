"""What widgets and the stack tell the screen; its handlers change the widgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from ccotel_tui.screen.format.page import Page

if TYPE_CHECKING:
    from ccotel_tui.stack_control.models import LogLine, Progress, StackSnapshot, Verb


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
class QuestionChanged(Message):
    """Another view is open, or it shows other panels at its new size: these need answers."""


@dataclass
class StackSeen(Message):
    """How the stack's services do now."""

    seen: "StackSnapshot"


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
