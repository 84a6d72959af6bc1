"""A relative or fixed time range, resolved to a Window."""

from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo

from ccotel_tui.errors import UsageError
from ccotel_tui.query.window import DAY, HOUR, Window, local_day, midnight

_MOST_BUCKETS = 50_000
"""A month of minutes; each bucket is a number of every series."""

NAMES = ("today", "yesterday", "week", "month")


@dataclass(frozen=True, slots=True)
class Period:
    """A local period (`name`, one of NAMES), a rolling length or fixed ends, in nanoseconds.

    `step_ns` 0 is the step that follows from the length, `label` what a person calls the period.
    """

    name: str = "today"
    since_ns: int = 0
    from_ns: int = 0
    to_ns: int = 0
    step_ns: int = 0

    def window(self, now_ns: int, zone: tzinfo) -> Window:
        """The window as it is at that time.

        Raises UsageError where it would be empty, or cut into more buckets than anybody can read.
        """
        from_ns, to_ns = self._ends(now_ns, zone)
        if from_ns >= to_ns:
            raise UsageError("The window ends before it begins.")
        if self.step_ns and (to_ns - from_ns) // self.step_ns > _MOST_BUCKETS:
            raise UsageError(
                f"--step: that makes more than {_MOST_BUCKETS:,} steps of the window; take a "
                "longer step, or a shorter window."
            )
        return Window.between(from_ns, to_ns, zone, self.step_ns)

    @property
    def label(self) -> str:
        if self.from_ns:
            return "fixed"
        if not self.since_ns:
            return self.name
        hours = self.since_ns // HOUR
        return f"{hours // 24}d" if hours % 24 == 0 and hours > 24 else f"{hours}h"

    def stepped(self, by: int) -> "Period":
        """The next shorter or longer period of the ladder."""
        try:
            place = LENGTHS.index(replace(self, step_ns=0)) + by
        except ValueError:
            place = LENGTHS.index(Period())
        return LENGTHS[max(0, min(place, len(LENGTHS) - 1))]

    def moved(self, by: int, now_ns: int, zone: tzinfo) -> "Period":
        """The stretch of the same length so many lengths later; days begin at local midnight."""
        window = self.window(now_ns, zone)
        days = {"today": 1, "yesterday": 1, "week": 7, "month": 30}.get(self.name, 0)
        length = self.since_ns or days * DAY
        if self.from_ns:
            length = window.to_ns - window.from_ns
        start = window.from_ns + by * length
        if window.from_ns == midnight(local_day(window.from_ns, zone), zone):
            whole = round(length / DAY)
            if whole and abs(length - whole * DAY) <= HOUR:
                day = local_day(window.from_ns, zone) + timedelta(days=by * whole)
                start, end = midnight(day, zone), midnight(day + timedelta(days=whole), zone)
                return Period(from_ns=start, to_ns=end, step_ns=self.step_ns)
        return Period(from_ns=start, to_ns=start + length, step_ns=self.step_ns)

    def _ends(self, now_ns: int, zone: tzinfo) -> tuple[int, int]:
        if self.from_ns:
            return self.from_ns, min(self.to_ns or now_ns, now_ns)
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


LENGTHS = (
    Period(since_ns=HOUR),
    Period(since_ns=6 * HOUR),
    Period(),
    Period(since_ns=DAY),
    Period(since_ns=7 * DAY),
    Period(since_ns=30 * DAY),
)
"""What `[` and `]` step through, shorter to longer."""
