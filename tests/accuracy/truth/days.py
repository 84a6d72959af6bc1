"""The day that all the suite's telemetry lies on.

Everything was recorded, and is generated, within six hours of one day. All times are moved by a
whole number of days, so that they lie in the past and differ between runs by nothing else.
"""

import time

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

RECORDED_DAY = 20_781 * DAY
"""2026-11-24T00:00Z."""

LENGTH = 6 * HOUR
"""No record is later on its day than this."""

SHIFT = (time.time_ns() - RECORDED_DAY - LENGTH) // DAY * DAY
"""What is added to every recorded time."""

BEGIN = RECORDED_DAY + SHIFT
END = BEGIN + LENGTH
"""Every record's time is in (BEGIN, END]; END is the panels' now."""


def at(clock: str) -> int:
    """The moment at HH:MM[:SS[.mmm]] of the day; hours below 0 are of the day before."""
    hours, minutes, *seconds = clock.split(":")
    milliseconds = round(float(seconds[0]) * 1000) if seconds else 0
    return BEGIN + int(hours) * HOUR + int(minutes) * MINUTE + milliseconds * 1_000_000
