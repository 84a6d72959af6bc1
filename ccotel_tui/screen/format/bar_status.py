"""The words of the top and the bottom bar together. Pure."""

from typing import NamedTuple

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.status import LiveState, StateKind, bottom, live_state, problem

_BEFORE_OR_AFTER_DATA: tuple[StateKind, ...] = ("loading", "waiting", "live", "quiet")
"""What is told of the data where nothing else is to be told."""


class BarStatus(NamedTuple):
    """The state in the top bar, the text in the bottom bar, and whether that reports a fault."""

    state: LiveState
    text: str
    wrong: bool


def bar_status(
    snapshot: Snapshot | None,
    source: str,
    recorder: RecorderReport,
    paused: bool,
    now_ns: int,
    note: str,
    backfill: str,
) -> BarStatus:
    """Return what the bars say; `backfill` is how far one is that runs, `note` what can wait."""
    wrong = recorder.health.wrong
    records = recorder.recording or recorder.starting
    state = live_state(snapshot, records, paused, now_ns, recorder.health)
    if recorder.starting and state.kind in _BEFORE_OR_AFTER_DATA:
        state = LiveState("starting", strings.STARTING)
    not_taken = recorder.not_taken.in_brief(now_ns)
    note = not_taken or " ".join(map(strings.translated, recorder.health.notices)) or note
    text = strings.translated(recorder.health.cause) or bottom(
        snapshot, source, recorder, now_ns, note
    )
    failed = bool(snapshot and snapshot.failure)
    if backfill and not failed:
        text = backfill
    return BarStatus(
        state,
        sanitize(text),
        failed or bool(problem(recorder) or wrong or not_taken),
    )
