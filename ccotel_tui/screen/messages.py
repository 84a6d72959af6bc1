"""What workers tell the screen; its handlers change the widgets."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.message import Message

from ccotel_tui.panels.answer import PanelAnswer
from ccotel_tui.query.window import Window


@dataclass
class Answered(Message):
    """The panels were asked; these are the answers over that window."""

    answers: Mapping[str, PanelAnswer]
    window: Window


@dataclass
class RecorderSaid(Message):
    """The recorder listens, or why it does not."""

    said: str
    recording: bool
