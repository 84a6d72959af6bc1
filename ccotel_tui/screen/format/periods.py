"""A period as a person calls it, and which of the usual ones it is. Pure."""

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from ccotel_tui.query.period import Period
from ccotel_tui.query.window import DAY, MINUTE, SECOND
from ccotel_tui.screen import strings

if TYPE_CHECKING:
    from ccotel_tui.screen.data.snapshot import Snapshot

_ALWAYS_SHOWN = (Period(), Period(since_ns=7 * DAY), Period(since_ns=30 * DAY))
"""Today, 7 and 30 days: their costs stand in every overview."""


def period_label(period: Period, zone: tzinfo) -> str:
    """Return the name of the period, or its ends."""
    if period.from_ns is None:
        return strings.PERIODS.get(period.label, period.label)
    start = _local(period.from_ns, zone)
    if period.to_ns is None:
        return f"{start:%m-%d %H:%M}-"
    end = _local(period.to_ns - 1, zone)
    if period.to_ns - period.from_ns > DAY + 2 * 3600 * SECOND:
        return f"{start:%m-%d}..{end:%m-%d}"
    if start.date() == end.date() and period.to_ns - period.from_ns > DAY - 2 * 3600 * SECOND:
        return f"{start:%m-%d}"
    if start.date() == end.date():
        return f"{start:%m-%d %H:%M}-{_local(period.to_ns, zone):%H:%M}"
    hours, rest = divmod((period.to_ns - period.from_ns) // MINUTE, 60)
    return f"{start:%m-%d %H:%M} +{hours}h" + (f" {rest}m" if rest else "")


def label_of_snapshot(snapshot: "Snapshot") -> str:
    return period_label(snapshot.period, snapshot.window.zone)


def is_today(period: Period) -> bool:
    return period._replace(step_ns=0) == Period()


def is_day(period: Period) -> bool:
    """Return whether the period is called by the day: today or yesterday."""
    return period._replace(step_ns=0) in (Period(), Period("yesterday"))


def is_always_shown(period: Period) -> bool:
    """Return whether the overview shows the cost of the period whichever is chosen."""
    return period._replace(step_ns=0) in _ALWAYS_SHOWN


def _local(time_ns: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)
