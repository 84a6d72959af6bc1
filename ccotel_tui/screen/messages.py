"""Messages from widgets and from the stack's threads; handlers change the widgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from ccotel_tui.claude.destination import Unheard
from ccotel_tui.panels.behind import Behind
from ccotel_tui.screen.format.page import Page

if TYPE_CHECKING:
    from ccotel_tui.stack_control.models import LogLine, Progress, StackSnapshot, Verb


@dataclass
class SessionChosen(Message):
    """A session was chosen: everything is to be about it."""

    session_id: str


@dataclass
class UnheardChosen(Message):
    """A session that runs and is not heard was chosen: that is to be mended."""

    unheard: Unheard


@dataclass
class PromptChosen(Message):
    """A prompt of a session was chosen, by any of its ids: its steps are to be shown."""

    session_id: str
    prompt_id: str


@dataclass
class BehindWanted(Message):
    """The rows that a number is made of were asked for."""

    behind: Behind


@dataclass
class LogEndWanted(Message):
    """The oldest event of the log was asked for, or the newest."""

    oldest: bool


@dataclass
class PageWanted(Message):
    """A page of text was asked for."""

    page: Page


@dataclass
class AlertsWanted(Message):
    """The rules that hold are to be shown, with the rows behind them."""


@dataclass
class MoreWanted(Message):
    """Other events are needed: those around another place, with another text, or older ones."""


@dataclass
class QuestionChanged(Message):
    """Another view is open, or it shows other panels at its new size: these need answers."""


@dataclass
class PartWanted(Message):
    """Charts are to show half the time, or with -1 twice as much, about a time; 0 only moves it."""

    by: int
    about_ns: int | None


@dataclass
class StackSeen(Message):
    """The state of the stack's services."""

    seen: "StackSnapshot"


@dataclass
class StackProgress(Message):
    """A step of an operation on the stack."""

    progress: "Progress"


@dataclass
class StackEnded(Message):
    """An operation on the stack has ended; `error` is empty where all of it succeeded.

    `changed` where it is another stack now that takes telemetry, or none.
    """

    verb: "Verb"
    error: str
    changed: bool


@dataclass
class StackChanged(Message):
    """Another source may answer from now on; `started`: the stack does, and was not before."""

    started: bool


@dataclass
class LogLines(Message):
    """Lines of the services' logs; `reading` is whose."""

    lines: "Sequence[LogLine]"
    reading: Event
