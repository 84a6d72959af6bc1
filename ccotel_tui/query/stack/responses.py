"""Reads numbers and rows out of the answers of Prometheus and Loki. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Any, NamedTuple

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.network.address import Address
from ccotel_tui.query.measures import REQUESTS
from ccotel_tui.query.query import LabelValues, Query
from ccotel_tui.query.stack.languages import promql
from ccotel_tui.query.window import MILLISECOND
from ccotel_tui.sentences import Sentence
from ccotel_tui.telemetry.conventions import model_name, stand_in
from ccotel_tui.telemetry.values import LATEST

LabelledValue = tuple[LabelValues, int, float]
"""The labels' values in the order of `by`, the bucket's end and the number."""

ResponseRow = tuple[int, dict[str, str]]
"""An event's time and its labels."""

Sample = tuple[dict[str, str], int, float]
"""The counter's labels, the time and what it grew by."""


_TOTAL = Query(REQUESTS)


class HttpQuery(NamedTuple):
    """One request: which server, which path of its API, and the parameters.

    Its numbers are told so many nanoseconds later than they are meant.
    """

    server: Address
    path: str
    parameters: tuple[tuple[str, str], ...]
    later_ns: int = 0


def response_numbers(query: Query, request: HttpQuery, data: Any) -> list[LabelledValue]:
    """The numbers in the answer to one of the query's requests. Raises SourceUnavailable."""
    with translate_parse_errors(request):
        return [
            (
                tuple(label_value(query, name, series["metric"]) for name in query.by),
                _nanoseconds(at) - request.later_ns,
                _number(query, number),
            )
            for series in data["result"]
            for at, number in series.get("values") or [series["value"]]
        ]


def count_records(request: HttpQuery, data: Any) -> int:
    """Return the sum of the answer's numbers, which count records. Raises SourceUnavailable."""
    return round(sum(number for _, _, number in response_numbers(_TOTAL, request, data)))


def increases(raw: tuple[HttpQuery, Any], before: tuple[HttpQuery, Any]) -> Iterator[Sample]:
    """Yield the growth of each counter at each of its samples; `before` has what it held already.

    A stream that stands under several names is one; the same of it, told later, is nothing new.
    """
    held: defaultdict[frozenset[tuple[str, str]], float] = defaultdict(float)
    with translate_parse_errors(before[0]):
        for series in before[1]["result"]:
            key = promql.stream(series["metric"])
            held[key] = max(held[key], float(series["value"][1]))
    streams: defaultdict[frozenset[tuple[str, str]], list[Any]] = defaultdict(list)
    with translate_parse_errors(raw[0]):
        for series in raw[1]["result"]:
            streams[promql.stream(series["metric"])].append(series)
        for key, parts in streams.items():
            last = held[key]
            metric = parts[0]["metric"]
            for at, value in sorted(
                (_nanoseconds(at), float(text)) for part in parts for at, text in part["values"]
            ):
                if value < last and len(parts) > 1:
                    continue
                # As in PromQL: what went back began anew.
                if increment := value - last if value >= last else value:
                    yield metric, at, increment
                last = value


def has_duplicates(values: Iterable[LabelledValue]) -> bool:
    """Return whether the same labels have two numbers of one bucket."""
    places = [place for *place, _ in values]
    return len(set(map(tuple, places))) < len(places)


@contextmanager
def translate_parse_errors(request: HttpQuery) -> Iterator[None]:
    """Raise SourceUnavailable for an answer in another form."""
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        form = "{server} answered in another form than a query's: is it another program's port?"
        raise SourceUnavailable(
            Sentence("other_form", form, server=request.server.server)
        ) from error


def within_calendar(time_ns: int) -> int:
    """A time in Unix nanoseconds. Raises ValueError for one that no store or calendar has."""
    if not 0 <= time_ns <= LATEST:
        raise ValueError(f"no time: {time_ns}")
    return time_ns


def _nanoseconds(seconds: Any) -> int:
    return within_calendar(round(float(seconds) * 1000) * MILLISECOND)


def _number(query: Query, text: str) -> float:
    number = float(text)
    if not isfinite(number) and not _is_of_values(query):
        raise ValueError(text)
    if query.stat in ("first", "last"):
        # A float does not hold nanoseconds since 1970, but microseconds, and no client sends more.
        return within_calendar(round(int(number), -3))
    return number


def _is_of_values(query: Query) -> bool:
    """Return whether the number is made of records' values, which may be anything: no count."""
    values = query.measure.fields or query.measure.signal == "counters"
    return bool(values) and (query.stat == "sum" or isinstance(query.stat, float))


def label_value(query: Query, name: str, labels: dict[str, str]) -> str:
    """Return the value of a label of the query, or the word where the record has none."""
    key = promql.label(name) if query.measure.signal == "counters" else name
    value = labels.get(key) or stand_in(name)
    return model_name(value) if name == "model" else value
