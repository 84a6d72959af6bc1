"""What was dear: a row for each value of the keys, and the total that they add up to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import fsum
from typing import Any

from ccotel_tui.query.finite import finite
from ccotel_tui.query.query import Branch, Scope, UsageCell, UsageQuery
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import Names, UsageKey, stepped_for
from ccotel_tui.query.usage.links import PromptLinks, prompt_links
from ccotel_tui.query.window import DAY, Window


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What the requests amounted to that share these values of the keys; the total has none.

    In dollars, tokens and Unix nanoseconds; `share` is that of the total's dollars. What is not
    known is None: counters tell of no requests and of no prompts; where there are no records, all.
    """

    keys: tuple[str, ...]
    cost: float | None
    share: float | None
    requests: int | None
    tokens: float | None
    input: float | None
    output: float | None
    cache_read: float | None
    cache_creation: float | None
    cache_hit_ratio: float | None
    sessions: int | None
    prompts: int | None
    first_ns: int | None
    last_ns: int | None


@dataclass(frozen=True, slots=True)
class Usage:
    """The rows in no order, and the total."""

    keys: tuple[UsageKey, ...]
    rows: tuple[UsageRow, ...]
    total: UsageRow


def usage_of(
    backend: Backend,
    keys: Sequence[UsageKey],
    window: Window,
    scope: Scope,
    projects: Mapping[str, str] | None = None,
    within: tuple[str, ...] = (),
) -> Usage:
    """Return what was used in the window, by these keys. Raises SourceUnavailable.

    `projects` names the folder or the repository of sessions whose records name no project. Only
    that counts, in the total too, of which the first keys have the values of `within`.
    """
    keys = tuple(keys)
    stepped = any(key.is_time for key in keys)
    cut = stepped_for(window, keys) if stepped else window
    labels = tuple(dict.fromkeys(label for key in keys for label in key.labels))
    session = Scope(scope.session_id)
    # A prompt goes on before and after: what it continues, and what its tools tell, is looked for.
    around = Window.between(window.from_ns - DAY, window.to_ns + DAY, window.zone)
    asks: list[Callable[[], Any]] = [
        partial(backend.usage.cells, UsageQuery(labels, stepped), cut, scope),
        partial(prompt_links, backend, around, session),
    ]
    if any(key.name == "branch" for key in keys):
        asks.append(partial(backend.usage.branches, around, session))
    cells, links, *told = backend.run_concurrently(asks)
    names = Names(links.roots, _branches(links, told[0] if told else ()), projects or {})
    grouped: defaultdict[tuple[str, ...], list[UsageCell]] = defaultdict(list)
    for cell in cells:
        values = dict(zip(labels, cell.labels, strict=True))
        grouped[tuple([key.value(values, cell.to_ns, window.zone, names) for key in keys])].append(
            cell
        )
    inside = {value: each for value, each in grouped.items() if value[: len(within)] == within}
    total = _row((), [cell for each in inside.values() for cell in each], links)
    rows = [_row(value, group, links) for value, group in inside.items()]
    whole = total.cost
    return Usage(
        keys,
        tuple([replace(row, share=_ratio(row.cost, whole)) for row in rows]),
        replace(total, share=_ratio(whole, whole)),
    )


def _branches(links: PromptLinks, told: Iterable[Branch]) -> dict[str, str]:
    """The branch of each prompt: the newest that the tools of it, or of what continues it, told."""
    newest: dict[str, Branch] = {}
    for branch in told:
        root = links.roots.get(branch.prompt_id, branch.prompt_id)
        if root not in newest or newest[root].last_ns < branch.last_ns:
            newest[root] = branch
    return {root: branch.name for root, branch in newest.items()}


def _row(keys: tuple[str, ...], cells: Sequence[UsageCell], links: PromptLinks) -> UsageRow:
    costs = [cell.cost for cell in cells if cell.cost is not None]
    kinds = [
        finite(fsum(numbers)) for numbers in zip(*(cell.tokens for cell in cells), strict=True)
    ]
    input_, output, read, creation = kinds or [None] * 4
    requests = sum(cell.requests for cell in cells)
    ids = frozenset[str]().union(*(cell.prompts for cell in cells))
    prompts = {links.roots.get(id, id) for id in ids} - links.commands
    return UsageRow(
        keys,
        cost=finite(fsum(costs)) if costs else None,
        share=None,
        requests=requests or None,
        tokens=_sum([input_, output, read, creation]),
        input=input_,
        output=output,
        cache_read=read,
        cache_creation=creation,
        cache_hit_ratio=_ratio(read, _sum([input_, read, creation])),
        sessions=len(frozenset[str]().union(*(cell.sessions for cell in cells))) or None,
        prompts=len(prompts) if requests else None,
        first_ns=min((cell.first_ns for cell in cells), default=None),
        last_ns=max((cell.last_ns for cell in cells), default=None),
    )


def _sum(numbers: Iterable[float | None]) -> float | None:
    """The sum, None where one of them cannot be shown."""
    known = list(numbers)
    return None if None in known else fsum(number for number in known if number is not None)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
