"""What workers and widgets tell the screen; its handlers change the widgets."""

from dataclasses import dataclass

from textual.message import Message

from ccotel_tui.screen.snapshot import Question, Snapshot
from ccotel_tui.screen.text_screen import Page


@dataclass
class Answered(Message):
    """A view's question was asked; this is the moment's answer."""

    question: Question
    snapshot: Snapshot


@dataclass
class RecorderSaid(Message):
    """The recorder listens, or why it does not."""

    said: str
    recording: bool


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
