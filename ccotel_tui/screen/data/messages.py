"""Messages from the workers that fetch data; the app's handlers change the widgets."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from ccotel_tui.screen.data.recorder_report import RecorderReport

if TYPE_CHECKING:
    from ccotel_tui.screen.data.snapshot import Question, Snapshot


@dataclass
class Answered(Message):
    """The answer to a view's question, of one moment."""

    question: "Question"
    snapshot: "Snapshot"


@dataclass
class Compared(Message):
    """The same answer with what was read after it: whose it is, and what it is compared with."""

    question: "Question"
    snapshot: "Snapshot"


@dataclass
class RecorderReported(Message):
    """What is known of the recorder has changed."""

    report: RecorderReport


@dataclass
class BackfillProgress(Message):
    """The progress of the backfill of the stack, or why it failed."""

    text: str
