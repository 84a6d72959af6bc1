"""What the prompt cache saved, in dollars, by the prices that the client's own requests tell.

Without a cache its reads and its writes would have been input. A price is believed only where the
window's requests together cost to the token what it says; else what was saved is not known.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from ccotel_tui.query.query import EventKind, Scope, TokenKinds, UsageCell, UsageQuery
from ccotel_tui.query.source import Backend
from ccotel_tui.query.status_line.facts import REACH_NS
from ccotel_tui.query.status_line.prices import MOST_REQUESTS, Prices, prices_of
from ccotel_tui.query.window import MINUTE, Window
from ccotel_tui.telemetry.conventions import API_REQUEST, CACHE_WRITES

_LABELS = ("model", "speed")
_FAST = "fast"
_PRICES_FOR_NS = MINUTE
"""How long solved prices are used: to solve them takes as long as all else."""

_TOLERANCE = 1e-9
"""Dollars a request, and the share of a sum that adding floats may lose."""

_SPLIT = frozenset(CACHE_WRITES)

_Kind = tuple[str, bool]
"""A model, and whether it is at its fast speed."""


class CacheSaving(NamedTuple):
    """Dollars; None where a model's requests do not tell its prices, or nothing was cached.

    `unpriced` are those models, `rest` what was saved without them, where some others tell theirs.
    """

    dollars: float | None = None
    unpriced: tuple[str, ...] = ()
    rest: float | None = None


class _Sums(NamedTuple):
    """What the requests of one kind amount to; the cost is None where one told none."""

    requests: int
    cost: float | None
    tokens: TokenKinds

    @property
    def cached(self) -> float:
        return self.tokens.cache_read + self.tokens.cache_creation


class CacheSavings:
    """Reads what was saved; prices that it has solved are used for a minute."""

    def __init__(self) -> None:
        self._prices: dict[tuple[str, _Kind], tuple[int, list[Prices]]] = {}

    def read(self, backend: Backend, window: Window, scope: Scope) -> CacheSaving:
        """Return what was saved in the window. Raises SourceUnavailable."""
        cached = {
            kind: sums for kind, sums in _by_kind(backend, window, scope).items() if sums.cached
        }
        saved: list[float] = []
        unpriced = set()
        writes: dict[_Kind, tuple[float, float]] | None = None
        for kind, sums in cached.items():
            every_price = self._prices_of(backend, kind, window)
            if writes is None and any(_SPLIT & prices.keys() for prices in every_price):
                writes = _writes(backend, window, scope)
            of_kind = (_saved(sums, prices, (writes or {}).get(kind)) for prices in every_price)
            dollars = next((each for each in of_kind if each is not None), None)
            if dollars is None:
                unpriced.add(kind[0])
            else:
                saved.append(dollars)
        total = fsum(saved) if saved else None
        if unpriced:
            return CacheSaving(None, tuple(sorted(unpriced)), total)
        return CacheSaving(total)

    def _prices_of(self, backend: Backend, kind: _Kind, window: Window) -> list[Prices]:
        """Return the prices of usual and of long contexts, as far as they are told."""
        key = backend.name, kind
        solved_ns, prices = self._prices.get(key, (0, []))
        if 0 <= window.to_ns - solved_ns < _PRICES_FOR_NS:
            return prices
        model, is_fast = kind
        reach = Window.between(window.to_ns - REACH_NS, window.to_ns, window.zone)
        rows = backend.source.rows(
            [EventKind(API_REQUEST)], reach, Scope(model=model), 2 * MOST_REQUESTS
        )
        solved = [prices_of(rows, model, is_fast, is_long) for is_long in (False, True)]
        prices = [each for each in solved if each is not None]
        self._prices[key] = window.to_ns, prices
        return prices


def _by_kind(backend: Backend, window: Window, scope: Scope) -> dict[_Kind, _Sums]:
    grouped: defaultdict[_Kind, list[UsageCell]] = defaultdict(list)
    for cell in backend.usage.cells(UsageQuery(_LABELS), window, scope):
        model, speed = cell.labels
        grouped[model, speed == _FAST].append(cell)
    return {kind: _summed(cells) for kind, cells in grouped.items()}


def _writes(backend: Backend, window: Window, scope: Scope) -> dict[_Kind, tuple[float, float]]:
    """The tokens that were written for 5 minutes and for an hour."""
    told: defaultdict[_Kind, list[tuple[float, float]]] = defaultdict(list)
    for (model, speed), numbers in backend.usage.cache_writes(window, scope).items():
        told[model, speed == _FAST].append(numbers)
    return {kind: (sum(a for a, _ in each), sum(b for _, b in each)) for kind, each in told.items()}


def _summed(cells: Sequence[UsageCell]) -> _Sums:
    # Counters tell of no requests: nothing holds their cost against prices.
    costs = [cell.cost if cell.signal == "events" else None for cell in cells]
    dollars = [cost for cost in costs if cost is not None]
    return _Sums(
        sum(cell.requests for cell in cells),
        fsum(dollars) if len(dollars) == len(costs) else None,
        TokenKinds(*map(fsum, zip(*(cell.tokens for cell in cells), strict=True))),
    )


def _saved(sums: _Sums, prices: Prices, writes: tuple[float, float] | None) -> float | None:
    """Return what they would have cost more without a cache; None where the prices do not close."""
    tokens = sums.tokens
    counts = {
        "input_tokens": tokens.input,
        "output_tokens": tokens.output,
        "cache_read_tokens": tokens.cache_read,
    }
    if not _SPLIT & prices.keys():
        counts["cache_creation_tokens"] = tokens.cache_creation
    elif writes is None or sum(writes) != tokens.cache_creation:
        return None
    else:
        counts |= zip(CACHE_WRITES, writes, strict=True)
    used = {name: count for name, count in counts.items() if count}
    if sums.cost is None or not used.keys() <= prices.keys():
        return None
    costs = sum(count * float(prices[name]) for name, count in used.items())
    if abs(costs - sums.cost) > _TOLERANCE * (sums.requests + sums.cost):
        return None
    if "input_tokens" not in prices:
        return None
    paid = sum(count * float(prices[name]) for name, count in used.items() if "cache" in name)
    return sums.cached * float(prices["input_tokens"]) - paid
