"""A model's prices, solved from what the client says its own requests cost. Pure.

cost_usd is linear in a request's token counts. The prices are solved in exact rationals, and
believed only where they are over-determined and explain every request: a wrong price is worse than
none. There is no table.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from ccotel_tui.query.query import EventRow
from ccotel_tui.query.status_line.facts import LONG_CONTEXT
from ccotel_tui.telemetry.conventions import CACHE_WRITES

MOST_REQUESTS = 60
"""The newest requests that the prices are solved from."""

_SPARE = 3
_TOLERANCE = Fraction(1, 10**9)
"""Dollars."""

_READ = "cache_read_tokens"
_WRITE = "cache_creation_tokens"
_BASE = ("input_tokens", "output_tokens", _READ)

Prices = Mapping[str, Fraction]
"""Dollars a token, by the attribute that counts them; what no request had has none."""


class _Request(NamedTuple):
    tokens: tuple[Fraction, ...]
    cost: Fraction


def prices_of(
    rows: Iterable[EventRow], model: str, fast: bool = False, long: bool = False
) -> Prices | None:
    """Return the model's prices at that speed and class of context; None where they do not close.

    `rows` are api_request events of any model, the newest last.
    """
    requests = [row for row in rows if _is_alike(row, model, fast, long)][-MOST_REQUESTS:]
    is_split = all(name in row for row in requests for name in CACHE_WRITES)
    names = (*_BASE, *(CACHE_WRITES if is_split else (_WRITE,)))
    used = tuple(name for name in names if any(_count(row, name) for row in requests))
    solved = _solve([_request(row, used) for row in requests])
    return None if solved is None else dict(zip(used, solved, strict=True))


def price_of_rewriting(prices: Prices, ttl: str) -> float | None:
    """Return the dollars by which to write a token to that cache exceeds to read it."""
    write = prices.get(f"cache_creation_{ttl}_tokens", prices.get(_WRITE))
    read = prices.get(_READ)
    if write is None or read is None or write < read:
        return None
    return float(write - read)


def _is_alike(row: EventRow, model: str, fast: bool, long: bool) -> bool:
    context = sum(_count(row, name) for name in ("input_tokens", _READ, _WRITE))
    return (
        row.get("model") == model
        and (row.get("speed") == "fast") == fast
        and (context > LONG_CONTEXT) == long
        and isinstance(row.get("cost_usd"), int | float)
    )


def _count(row: EventRow, name: str) -> Fraction:
    value = row.get(name)
    return Fraction(value) if isinstance(value, int | float) else Fraction(0)


def _request(row: EventRow, names: Sequence[str]) -> _Request:
    # As the client wrote it: its text is the decimal that was meant.
    return _Request(tuple(_count(row, name) for name in names), Fraction(str(row["cost_usd"])))


def _solve(requests: Sequence[_Request]) -> list[Fraction] | None:
    """Return the prices that explain every request, each of which the others predict.

    Else they would explain it whatever it cost. The only one with tokens of a kind cannot be
    predicted: that kind's price rests on it.
    """
    size = len(requests[0].tokens) if requests else 0
    if not size or len(requests) < size + _SPARE:
        return None
    whole = [_normal_equations(request) for request in requests]
    total = [[sum(cells) for cells in zip(*rows, strict=True)] for rows in zip(*whole, strict=True)]
    sums = [sum(counts) for counts in zip(*(request.tokens for request in requests), strict=True)]
    for request, equations in zip(requests, whole, strict=True):
        if any(count and count == sum_ for count, sum_ in zip(request.tokens, sums, strict=True)):
            continue
        others = _eliminated(
            [
                [Fraction(all_) - of_one for all_, of_one in zip(row, single, strict=True)]
                for row, single in zip(total, equations, strict=True)
            ]
        )
        if others is None or abs(_cost(request, others) - request.cost) >= _TOLERANCE:
            return None
    prices = _eliminated([[Fraction(value) for value in row] for row in total])
    return prices if prices is not None and min(prices) >= 0 else None


def _normal_equations(request: _Request) -> list[list[Fraction]]:
    """What one request adds to the equations of the least squares."""
    right = (*request.tokens, request.cost)
    return [[count * other for other in right] for count in request.tokens]


def _eliminated(rows: list[list[Fraction]]) -> list[Fraction] | None:
    """Return the solution of the equations; None where they are not of full rank."""
    for column in range(len(rows)):
        pivot = next((row for row in range(column, len(rows)) if rows[row][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for other in range(len(rows)):
            if other != column and (factor := rows[other][column]):
                pairs = zip(rows[other], rows[column], strict=True)
                rows[other] = [value - factor * of_pivot for value, of_pivot in pairs]
    return [row[-1] for row in rows]


def _cost(request: _Request, prices: Sequence[Fraction]) -> Fraction:
    return sum((n * price for n, price in zip(request.tokens, prices, strict=True)), Fraction(0))
