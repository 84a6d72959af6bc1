"""A relative or fixed time range, resolved to a Window."""

from datetime import date, timedelta, tzinfo
from typing import NamedTuple

from ccotel_tui.errors import UsageError
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window, local_day, midnight
from ccotel_tui.sentences import Sentence

_MOST_BUCKETS = 50_000
"""A month of minutes; each bucket is a number of every series."""

_UNITS = ((HOUR, "h"), (MINUTE, "m"), (SECOND, "s"))

NAMES = ("today", "yesterday", "week", "month")


class Period(NamedTuple):
    """A local period (`name`, one of NAMES), a rolling length or fixed ends, in nanoseconds.

    Without its end a fixed one goes on. `step_ns` 0 is the step that follows from the length,
    `label` what a person calls the period.
    """

    name: str = "today"
    since_ns: int = 0
    from_ns: int | None = None
    to_ns: int | None = None
    step_ns: int = 0

    def window(self, now_ns: int, zone: tzinfo) -> Window:
        """The window as it is at that time.

        Raises UsageError where it would be empty, or cut into more buckets than anybody can read.
        """
        from_ns, to_ns = self._ends(now_ns, zone)
        if from_ns >= to_ns:
            raise UsageError(Sentence("window_empty", "The window ends before it begins."))
        if self.step_ns and (to_ns - from_ns) // self.step_ns > _MOST_BUCKETS:
            raise UsageError(
                f"--step: that makes more than {_MOST_BUCKETS:,} steps of the window; take a "
                "longer step, or a shorter window."
            )
        return Window.between(from_ns, to_ns, zone, self.step_ns)

    @property
    def label(self) -> str:
        if self.from_ns is not None:
            return "fixed"
        if not self.since_ns:
            return self.name
        if self.since_ns % DAY == 0 and self.since_ns > DAY:
            return f"{self.since_ns // DAY}d"
        size, unit = next(unit for unit in _UNITS if self.since_ns % unit[0] == 0)
        return f"{self.since_ns // size}{unit}"

    def stepped(self, by: int) -> "Period":
        """The next shorter or longer period of the ladder."""
        try:
            place = LENGTHS.index(self._replace(step_ns=0)) + by
        except ValueError:
            place = LENGTHS.index(Period())
        return LENGTHS[max(0, min(place, len(LENGTHS) - 1))]

    def moved(self, by: int, now_ns: int, zone: tzinfo) -> "Period":
        """The stretch of the same length so many lengths later.

        Days begin at local midnight, and a month of the calendar is followed by another.
        """
        # A clock that was set back may not have come to its beginning.
        window = self.window(max(now_ns, (self.from_ns or 0) + 1), zone)
        length = self.since_ns or (7 if self.name == "week" else 1) * DAY
        if self.from_ns is not None:
            length = window.to_ns - window.from_ns
        day = local_day(window.from_ns, zone)
        first, last = window.from_ns + by * length, window.from_ns + (by + 1) * length
        if window.from_ns == midnight(day, zone):
            whole = round(length / DAY)
            if self.name == "month" or window.whole == (
                midnight(day.replace(day=1), zone),
                midnight(_months_later(day, 1), zone),
            ):
                first, last = (midnight(_months_later(day, n), zone) for n in (by, by + 1))
            elif whole and abs(length - whole * DAY) <= HOUR:
                days = (day + timedelta(days=n * whole) for n in (by, by + 1))
                first, last = (midnight(each, zone) for each in days)
        return Period(from_ns=first, to_ns=last, step_ns=self.step_ns)

    def _ends(self, now_ns: int, zone: tzinfo) -> tuple[int, int]:
        if self.from_ns is not None:
            return self.from_ns, now_ns if self.to_ns is None else min(self.to_ns, now_ns)
        if self.since_ns:
            return now_ns - self.since_ns, now_ns
        # A window is (from, to]: the moment of midnight belongs to the day that ends.
        today = local_day(now_ns - 1, zone)
        match self.name:
            case "yesterday":
                return midnight(today - timedelta(days=1), zone), midnight(today, zone)
            case "week":
                return midnight(today - timedelta(days=today.weekday()), zone), now_ns
            case "month":
                return midnight(today.replace(day=1), zone), now_ns
            case _:
                return midnight(today, zone), now_ns


def _months_later(day: date, count: int) -> date:
    """The first of the month that is so many after the day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, 1)


LENGTHS = (
    Period(since_ns=HOUR),
    Period(since_ns=6 * HOUR),
    Period(),
    Period(since_ns=DAY),
    Period(since_ns=7 * DAY),
    Period(since_ns=30 * DAY),
)
"""What `[` and `]` step through, shorter to longer."""
