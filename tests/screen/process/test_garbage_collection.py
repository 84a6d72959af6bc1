"""When the screen stands still to look for garbage: no more often than Python itself would."""

import gc
from collections.abc import Iterator

import pytest

from ccotel_tui.screen.process.garbage_collection import Garbage


@pytest.fixture
def full() -> Iterator[list[int]]:
    """The full collections so far; what is there before the test is not looked at."""
    found: list[int] = []

    def seen(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            found.append(info["generation"])

    gc.collect()
    gc.freeze()
    gc.callbacks.append(seen)
    yield found
    gc.callbacks.remove(seen)
    gc.unfreeze()


def grow_old(kept: list[list[object]], count: int) -> None:
    """Make so many objects that stay, and collect what is young until Python would look at all."""
    kept += [[kept] for _ in range(count)]
    for _ in range(gc.get_threshold()[2] + 1):
        gc.collect(1)


def test_all_is_looked_at_only_once_a_quarter_has_come(full: list[int]) -> None:
    garbage, kept = Garbage(), list[list[object]]()
    garbage.begin()
    try:
        grow_old(kept, 10_000)
        garbage.collect_if_due()
        assert len(full) == 1
        grow_old(kept, 1_000)
        garbage.collect_if_due()
        assert len(full) == 1
        grow_old(kept, 3_000)
        garbage.collect_if_due()
        assert len(full) == 2
    finally:
        garbage.end()
