"""Garbage is looked for between two frames: that takes as long as three of them."""

import gc

_NEVER = 1_000_000
"""As a number of collections after which Python would look through everything by itself."""


class Garbage:
    """From `begin` to `end` nothing old is looked through but by `look`."""

    def __init__(self) -> None:
        self._usual = gc.get_threshold()

    def begin(self) -> None:
        gc.set_threshold(*self._usual[:2], _NEVER)

    def end(self) -> None:
        gc.set_threshold(*self._usual)

    def look(self) -> None:
        """Look through everything, where Python itself would have done so by now."""
        if gc.get_count()[2] > self._usual[2]:
            gc.collect()


def keep() -> None:
    """What was made so far stays, and is not looked through again."""
    gc.collect(1)
    gc.freeze()
