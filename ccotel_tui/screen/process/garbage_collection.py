"""Runs full garbage collections between frames; one takes three frames."""

import gc

_NEVER = 1_000_000
"""As a number of collections after which Python would look through everything by itself."""


class Garbage:
    """From `begin` to `end` only `collect_if_due` runs full collections."""

    def __init__(self) -> None:
        self._usual = gc.get_threshold()

    def begin(self) -> None:
        gc.set_threshold(*self._usual[:2], _NEVER)

    def end(self) -> None:
        gc.set_threshold(*self._usual)

    def collect_if_due(self) -> None:
        """Run a full collection, if Python itself would have done so by now."""
        if gc.get_count()[2] > self._usual[2]:
            gc.collect()


def freeze() -> None:
    """Leave out of later collections what was made so far: it stays."""
    gc.collect(1)
    gc.freeze()
