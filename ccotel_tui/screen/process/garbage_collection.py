"""Runs full garbage collections between frames; one takes three frames and more."""

import gc

_NEVER = 1_000_000
"""As a number of collections after which Python would look through everything by itself."""

_GROWTH = 1.25
"""Times the objects that a full collection left, from which Python runs the next."""


class Garbage:
    """From `begin` to `end` only `collect_if_due` runs full collections."""

    def __init__(self) -> None:
        self._usual = gc.get_threshold()
        self._collections = self._left = 0

    def begin(self) -> None:
        gc.set_threshold(*self._usual[:2], _NEVER)
        self._collections = _count_collections()

    def end(self) -> None:
        gc.set_threshold(*self._usual)

    def collect_if_due(self) -> None:
        """Run a full collection, if Python itself would have done so by now.

        That is after some collections of what is young, and only where much has come since.
        """
        collections = _count_collections()
        if collections - self._collections > self._usual[2]:
            self._collections = collections
            if _count_old() > _GROWTH * self._left:
                gc.collect()
                self._left = _count_old()


def _count_collections() -> int:
    """Return how often what is young was looked through so far."""
    collections: int = gc.get_stats()[1]["collections"]
    return collections


def _count_old() -> int:
    """Return the number of objects that have outlived such collections."""
    return len(gc.get_objects(generation=2))


def freeze() -> None:
    """Leave out of later collections what was made so far: it stays."""
    gc.collect(1)
    gc.freeze()
