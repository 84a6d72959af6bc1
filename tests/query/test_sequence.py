"""Numbers that are left out tell what was lost, and nothing else does."""

import pytest

from ccotel_tui.query.sequence import count_gaps


@pytest.mark.parametrize(
    ("sequences", "lost"),
    [
        ([], 0),
        ([0, 1, 2], 0),
        ([0, 1, 4], 2),
        ([14, 15], 0),  # a late start, or /clear: the process began under another session
        ([0, 1, 2, 0, 1, 2], 0),  # resumed
        ([*range(10), *range(4, 10)], 0),  # --continue: the first four under a throwaway id
        ([50, 3, 51, 4, 52, 5], 0),  # two processes side by side
        ([50, 3, 51, 4, 61, 5], 9),
    ],
)
def test_what_was_lost_is_counted(sequences: list[int], lost: int) -> None:
    assert count_gaps(sequences) == lost
