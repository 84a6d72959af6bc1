"""What the one line says of the recorder."""

from pathlib import Path

from ccotel_tui.line.shown import Recording
from ccotel_tui.local.locks import opened_if_locked
from ccotel_tui.recorder import NOT_RECORDING


def has_recorder(database: Path) -> bool:
    """Return whether a recorder of this database runs, without what reads its state."""
    with opened_if_locked(database.with_name(f"{database.name}.lock")) as descriptor:
        return descriptor is not None


def recording_of(database: Path) -> Recording:
    """Return what is to be known of the recorder of this database."""
    if not has_recorder(database):
        return Recording(NOT_RECORDING)
    from ccotel_tui.recorder.health import CLOCK_MOVED, health_of
    from ccotel_tui.recorder.lock import read_state

    health = health_of(read_state(database))
    notice = " ".join(filter(None, (health.cause, *health.notices)))
    return Recording(health.wrong, CLOCK_MOVED if health.clock_moved else "", notice)
