"""Times as a person reads them, in the window's zone."""

import re
from datetime import UTC, datetime, timedelta

from ccotel_tui.panels.output.units import duration, shown
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window


def local(time_ns: int, window: Window | None) -> datetime:
    """The time in the window's zone."""
    zone = window.zone if window else UTC
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)


def clock(time_ns: int, window: Window | None) -> str:
    """The time of the day there."""
    return f"{local(time_ns, window):%H:%M:%S}"


_TYPED = re.compile(r"(?:(\d\d?)-(\d\d?) +)?(\d\d?):(\d\d)")


def parse_time(text: str, now_ns: int, window: Window) -> int | None:
    """Return the newest such `HH:MM` or `MM-DD HH:MM` up to now in the window's zone.

    In Unix nanoseconds; None where the text is no time.
    """
    typed = _TYPED.fullmatch(text.strip())
    if typed is None:
        return None
    month, day, hour, minute = (None if part is None else int(part) for part in typed.groups())
    now = local(now_ns, window)
    try:
        time = now.replace(hour=hour or 0, minute=minute or 0, second=0, microsecond=0)
        if month is not None and day is not None:
            time = time.replace(month=month, day=day)
            if time > now:
                time = time.replace(year=now.year - 1)
        elif time > now:
            time -= timedelta(days=1)
    except ValueError:
        return None
    return int(time.timestamp()) * SECOND


def took_words(length_ns: int) -> str:
    """How long something took: 747 ms, 12.3 s, 2m 14s."""
    if length_ns < MINUTE:
        return shown(length_ns / 1_000_000, "ms")
    return duration(length_ns / SECOND)


def length_words(length_ns: int) -> str:
    """A length of time in its largest whole unit: 15 min, 2 h, 1 d."""
    for unit_ns, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if length_ns >= unit_ns and length_ns % unit_ns == 0:
            return f"{length_ns // unit_ns} {unit}"
    return f"{length_ns / MINUTE:.0f} min"
