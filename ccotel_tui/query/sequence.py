"""Counts lost events from gaps in event.sequence. Pure."""

from collections.abc import Iterable


def count_gaps(sequences: Iterable[int]) -> int:
    """Return how many numbers a session's event.sequence leaves out, in order of time.

    Each process counts for itself, and may have begun under another session: what is before a
    process' first number says nothing. Two processes may write side by side, so that a number goes
    on with the process that is nearest below it.
    """
    gaps = 0
    runs: list[int] = []
    latest = 0
    for number in sequences:
        if runs and runs[latest] == number - 1:
            # Nothing is nearer below it.
            runs[latest] = number
            continue
        below = max((last for last in runs if last < number), default=None)
        if below is None:
            latest = len(runs)
            runs.append(number)
        else:
            gaps += number - below - 1
            latest = runs.index(below)
            runs[latest] = number
    return gaps
