"""What the workers that fetch data tell the screen; its handlers change the widgets."""

from dataclasses import dataclass

from textual.message import Message

from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.snapshot import Question, Snapshot


@dataclass
class Answered(Message):
    """A view's question was asked; this is the moment's answer."""

    question: Question
    snapshot: Snapshot


@dataclass
class RecorderReported(Message):
    """What is known of the recorder has changed."""

    report: RecorderReport


@dataclass
class BackfillSaid(Message):
    """How far the backfill of the stack is, or why it failed."""

    said: str
