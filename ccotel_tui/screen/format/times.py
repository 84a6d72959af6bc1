"""Times as a person reads them, in the window's zone."""

from datetime import UTC, datetime

from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window


def local(time_ns: int, window: Window | None) -> datetime:
    """The time in the window's zone."""
    zone = window.zone if window else UTC
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)


def clock(time_ns: int, window: Window | None) -> str:
    """The time of the day there."""
    return f"{local(time_ns, window):%H:%M:%S}"


def span(length_ns: int) -> str:
    """A length of time in its largest whole unit: 15 min, 2 h, 1 d."""
    for unit_ns, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if length_ns >= unit_ns and length_ns % unit_ns == 0:
            return f"{length_ns // unit_ns} {unit}"
    return f"{length_ns / MINUTE:.0f} min"
