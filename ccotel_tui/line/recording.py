"""What the one line says of the recorder."""

from collections.abc import Mapping
from typing import Any

from ccotel_tui.line.shown import Recording
from ccotel_tui.recorder import NOT_RECORDING

_SAID = ("silent", "fault", "moved", "deleted")
"""The parts of a recorder's state that its health has words for."""


def recording_in(document: Mapping[str, Any] | None) -> Recording:
    """Return what is to be known of a recorder by its `lock_file.read_document`."""
    if document is None:
        return Recording(NOT_RECORDING)
    if not any(document.get(part) for part in _SAID):
        # As nearly always: the words take longer to import than the line's numbers to read.
        return Recording()
    from ccotel_tui.recorder.health import CLOCK_MOVED, health_of
    from ccotel_tui.recorder.lock import state_in

    health = health_of(state_in(document))
    notice = " ".join(filter(None, (health.cause, *health.notices)))
    return Recording(health.wrong, CLOCK_MOVED if health.clock_moved else "", notice)
