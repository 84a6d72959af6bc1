"""The harness: a program in a terminal of its own, waited for by what it shows."""

import pytest

from benchmarks.screen.bare import NEWS, PAGES
from benchmarks.screen.terminal import NotSeen, terminal


def test_a_program_is_waited_for_and_left() -> None:
    with terminal(["benchmarks.screen.bare"]) as shown:
        assert shown.until(PAGES[0]) > shown.began
        shown.press("2")
        shown.until(PAGES[1])
        with pytest.raises(NotSeen, match=NEWS):
            shown.until("something else", within=0.1)


def test_a_program_that_ends_is_not_waited_for() -> None:
    with terminal(["benchmarks", "--help"]) as shown, pytest.raises(NotSeen, match="--quick"):
        shown.until("never said")
