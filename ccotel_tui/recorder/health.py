"""A recorder's state in words. Pure.

`line`, `record --status` and the screen say the same.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ccotel_tui.recorder import NOT_RECORDING
from ccotel_tui.recorder.state import RecorderState
from ccotel_tui.sentences import Sentence, counted

NOT_STORED = "not stored ({reason})"
CLOCK_MOVED = "clock moved"

_REASONS = {
    "disk_full": "disk full",
    "read_only": "read-only",
    "locked": "locked",
    "damaged": "damaged",
    "not_ours": "not our file",
    "replaced": "file replaced",
    "gone": "no folder",
    "too_many_files": "too many files",
    "disk_error": "disk error",
}

_SILENT = (
    "Recorder {pid} stands still ({seconds:.0f} s), as a stopped process does: `kill -CONT {pid}` "
    "lets it go on, `kill -KILL {pid}` ends it."
)
_MOVED = (
    "The clock moved by {by}: nothing is deleted by age until recorders have run for {wait} more."
)
_DELETED = {
    "ahead": (
        "1 record dated more than a day ahead was deleted for want of room.",
        "{number:,} records dated more than a day ahead were deleted for want of room.",
    ),
    "oldest": (
        "The oldest record was deleted for want of room.",
        "The oldest {number:,} records were deleted for want of room.",
    ),
}
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class Health(NamedTuple):
    """A problem in two or three words, its cause and what to do, and notices.

    The first two are empty where what comes in is kept.
    """

    wrong: str = ""
    cause: str = ""
    notices: tuple[str, ...] = ()
    clock_moved: bool = False
    not_stored: bool = False


def health_of(recorder: RecorderState | None) -> Health:
    """Return the health of a recorder in this state; None is no recorder at all."""
    if recorder is None:
        return Health(Sentence("not_recording", NOT_RECORDING))
    wrong = cause = ""
    not_stored = False
    if recorder.silent:
        wrong = Sentence("not_recording", NOT_RECORDING)
        figures = {"pid": recorder.pid, "seconds": recorder.silent}
        cause = Sentence("recorder_stands_still", _SILENT, **figures)
    elif recorder.fault is not None:
        not_stored = True
        reason = recorder.fault.reason if recorder.fault.reason in _REASONS else "disk_error"
        wrong = Sentence("not_stored", NOT_STORED, reason=Sentence(reason, _REASONS[reason]))
        # The state has the sentence alone, which another language says by its reason.
        cause = Sentence(f"fault_{reason}", "{sentence}", sentence=recorder.fault.sentence)
    notices = tuple(_notices(recorder))
    return Health(wrong, cause, notices, recorder.moved is not None, not_stored)


def _notices(recorder: RecorderState) -> Iterator[str]:
    if recorder.moved is not None:
        by, wait = _length(abs(recorder.moved.by)), _length(recorder.moved.wait)
        yield Sentence("clock_moved", _MOVED, by=by, wait=wait)
    for kind, number in recorder.deleted.items():
        if number and kind in _DELETED:
            form = counted(_DELETED[kind], number)
            yield Sentence(f"deleted_{kind}", form, number=number)


def _length(seconds: float) -> str:
    """Return such as 23 h, rounded up: a wait is not over at 0."""
    unit, name = next((unit, name) for unit, name in _UNITS if seconds > unit or unit == 1)
    return f"{-(-seconds // unit):.0f} {name}"
