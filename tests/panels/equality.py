"""Whether two answers, however deep, say the same."""

import math
from collections.abc import Iterator, Mapping


def check(ours: object, theirs: object, where: str = "") -> None:
    """Whole numbers, and so times and counts, and texts are equal, others to nine figures."""
    mine, other = dict(flat(ours, where)), dict(flat(theirs, where))
    assert mine.keys() == other.keys(), sorted(mine.keys() ^ other.keys())[:9]
    differences = {
        place: (one, other[place]) for place, one in mine.items() if not alike(one, other[place])
    }
    assert not differences, "\n".join(f"{k}: {v}" for k, v in list(differences.items())[:9])


def alike(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        whole = isinstance(one, int) and isinstance(other, int)
        return one == other if whole else math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def flat(told: object, where: str) -> Iterator[tuple[str, object]]:
    """The leaves of what was told, by their place."""
    if isinstance(told, Mapping):
        for key, value in told.items():
            yield from flat(value, f"{where}.{key}")
    elif isinstance(told, list | tuple):
        for index, value in enumerate(told):
            yield from flat(value, f"{where}[{index}]")
    else:
        yield where, told
