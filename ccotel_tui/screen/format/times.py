"""Times as a person reads them, in the window's zone."""

from datetime import UTC, datetime

from ccotel_tui.query.window import SECOND, Window


def local(time_ns: int, window: Window | None) -> datetime:
    """The time in the window's zone."""
    zone = window.zone if window else UTC
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)


def clock(time_ns: int, window: Window | None) -> str:
    """The time of the day there."""
    return f"{local(time_ns, window):%H:%M:%S}"
