"""What was dear: a row for each value of the keys, and the total that they add up to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import fsum
from typing import Any, NamedTuple

from ccotel_tui.query.finite import finite
from ccotel_tui.query.query import Branch, Scope, TokenKinds, UsageCell, UsageQuery
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import Names, UsageKey, stepped_for
from ccotel_tui.query.usage.links import PromptLinks, prompt_links
from ccotel_tui.query.window import DAY, Window


class UsageRow(NamedTuple):
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
    return usages_of(backend, [keys], window, scope, projects, within)[0]


def usages_of(
    backend: Backend,
    groupings: Iterable[Sequence[UsageKey]],
    window: Window,
    scope: Scope,
    projects: Mapping[str, str] | None = None,
    within: tuple[str, ...] = (),
) -> list[Usage]:
    """Return the same by each of these groupings. Raises SourceUnavailable."""
    each_keys = [tuple(keys) for keys in groupings]
    session, around = scope.of_sessions, _around(window)
    calls: list[Callable[[], Any]] = [partial(prompt_links, backend, around, session)]
    if any(key.name == "branch" for keys in each_keys for key in keys):
        calls.append(partial(backend.usage.branches, around, session))
    calls += [partial(_cells, backend, keys, window, scope) for keys in each_keys]
    links, *rest = backend.run_together(calls)
    branches, each_cells = rest[: -len(each_keys)], rest[-len(each_keys) :]
    names = Names(links.roots, _branches(links, branches[0] if branches else ()), projects or {})
    return [
        _usage(keys, cells, names, links, window, within)
        for keys, cells in zip(each_keys, each_cells, strict=True)
    ]


def _labels(keys: Iterable[UsageKey]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for key in keys for label in key.labels))


def _cells(
    backend: Backend, keys: tuple[UsageKey, ...], window: Window, scope: Scope
) -> Sequence[UsageCell]:
    stepped = any(key.is_time for key in keys)
    cut = stepped_for(window, keys) if stepped else window
    return backend.usage.cells(UsageQuery(_labels(keys), stepped), cut, scope)


def _usage(
    keys: tuple[UsageKey, ...],
    cells: Iterable[UsageCell],
    names: Names,
    links: PromptLinks,
    window: Window,
    within: tuple[str, ...],
) -> Usage:
    labels = _labels(keys)
    grouped: defaultdict[tuple[str, ...], list[UsageCell]] = defaultdict(list)
    for cell in cells:
        values = dict(zip(labels, cell.labels, strict=True))
        grouped[tuple([key.value(values, cell.to_ns, window.zone, names) for key in keys])].append(
            cell
        )
    inside = {value: each for value, each in grouped.items() if value[: len(within)] == within}
    total = _row((), [cell for each in inside.values() for cell in each], links, None)
    rows = [_row(value, each, links, total.cost) for value, each in inside.items()]
    return Usage(keys, tuple(rows), total._replace(share=_ratio(total.cost, total.cost)))


def branch_names(backend: Backend, window: Window, scope: Scope) -> Names:
    """Return the branches of the prompts in the window. Raises SourceUnavailable."""
    around = _around(window)
    links, branches = backend.run_together(
        (
            partial(prompt_links, backend, around, scope.of_sessions),
            partial(backend.usage.branches, around, scope.of_sessions),
        )
    )
    return Names(links.roots, _branches(links, branches))


def _around(window: Window) -> Window:
    """A prompt goes on before and after: what it continues, and what its tools tell."""
    return Window.between(window.from_ns - DAY, window.to_ns + DAY, window.zone)


def _branches(links: PromptLinks, branches: Iterable[Branch]) -> dict[str, str]:
    """The branch of each prompt: the newest that the tools of it, or of what continues it, told."""
    newest: dict[str, Branch] = {}
    for branch in branches:
        root = links.roots.get(branch.prompt_id, branch.prompt_id)
        if root not in newest or newest[root].last_ns < branch.last_ns:
            newest[root] = branch
    return {root: branch.name for root, branch in newest.items()}


def _row(
    keys: tuple[str, ...], cells: Sequence[UsageCell], links: PromptLinks, whole: float | None
) -> UsageRow:
    """The row of these cells; `whole` is the cost that its share is of."""
    if not cells:
        return UsageRow(keys, *[None] * 13)
    cell = cells[0] if len(cells) == 1 else _joined(cells)
    tokens = finite(sum(cell.tokens))
    kinds = cell.tokens if tokens is not None else map(finite, cell.tokens)
    input_, output, read, creation = kinds
    prompts = {links.roots.get(id, id) for id in cell.prompts} - links.commands
    cost = finite(cell.cost)
    return UsageRow(
        keys,
        cost,
        _ratio(cost, whole),
        cell.requests or None,
        tokens,
        input_,
        output,
        read,
        creation,
        _ratio(read, None if tokens is None else tokens - cell.tokens.output),
        len(cell.sessions),
        len(prompts) if cell.requests else None,
        cell.first_ns,
        cell.last_ns,
    )


def _joined(cells: Sequence[UsageCell]) -> UsageCell:
    """One cell of all, with the labels of the first."""
    costs = [cell.cost for cell in cells if cell.cost is not None]
    return cells[0]._replace(
        requests=sum([cell.requests for cell in cells]),
        cost=fsum(costs) if costs else None,
        tokens=TokenKinds(*map(fsum, zip(*[cell.tokens for cell in cells], strict=True))),
        sessions=frozenset().union(*[cell.sessions for cell in cells]),
        prompts=frozenset().union(*[cell.prompts for cell in cells]),
        first_ns=min([cell.first_ns for cell in cells]),
        last_ns=max([cell.last_ns for cell in cells]),
    )


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
