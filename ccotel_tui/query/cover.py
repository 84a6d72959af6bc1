"""Sums that other sums, asked anyway, add up to. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ccotel_tui.query.ask import Ask

Labels = tuple[str, ...]


def parts(ask: Ask) -> list[Ask]:
    """The ask as one for each field that it sums; what is no sum is itself."""
    if ask.stat != "sum":
        return [ask]
    measure = replace(ask.measure, fallback=None, labels=frozenset())
    fields: list[tuple[str, ...]] = [(field,) for field in measure.fields] or [()]
    return [replace(ask, measure=replace(measure, fields=one)) for one in fields]


def covering(asks: Iterable[Ask]) -> dict[Ask, Ask]:
    """For each ask the one of them that has to be asked for it: itself, or a finer one."""
    chosen: dict[Ask, Ask] = {}
    for ask in sorted(set(asks), key=lambda ask: (not ask.stepped, -len(ask.by))):
        finer = (one for one in dict.fromkeys(chosen.values()) if _covers(one, ask))
        chosen[ask] = next(finer, ask)
    return chosen


def coarser(
    asked: Ask, ask: Ask, found: Iterable[tuple[Labels, int, float]], end_ns: int
) -> Iterator[tuple[Labels, int, float]]:
    """The numbers of `asked` under the labels of `ask`, at the window's end if it has no steps."""
    places: Sequence[int] = [asked.by.index(label) for label in ask.by]
    for labels, at, number in found:
        own = tuple(labels[place] for place in places)
        yield own, at if asked.stepped == ask.stepped else end_ns, number


def _covers(finer: Ask, ask: Ask) -> bool:
    same = (finer.measure, finer.where, finer.stat) == (ask.measure, ask.where, ask.stat)
    grouped = set(ask.by) <= set(finer.by) and finer.stepped >= ask.stepped
    return same and grouped and ask.stat == "sum"
