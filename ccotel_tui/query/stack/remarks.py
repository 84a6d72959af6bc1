"""What a stack was sent, or holds, that no number of it tells: as sentences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.stack.client import StackClient, span
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.responses import translate_parse_errors
from ccotel_tui.query.window import Bucket, Window

Remarks = Mapping[MeasureSignal, list[str]]

_MOST_SERVICES = 20
_MOST_NAMES = 5

_SIGNALS: Mapping[str, MeasureSignal] = {"logs": "events", "metrics": "counters"}

_REASONS = {
    "400": "unreadable",
    "INTERNAL": "unreadable",
    "INVALID_ARGUMENT": "unreadable",
    "404": "to a wrong path",
    "UNIMPLEMENTED": "to a wrong path",
    "413": "too large",
    "RESOURCE_EXHAUSTED": "too large",
    "415": "of an unknown content type",
}
"""What a request was, by the status that it was answered with, of HTTP or of gRPC."""


def remarks(servers: StackClient, window: Window) -> Remarks:
    """What was refused, and what is there and counts nowhere. Raises SourceUnavailable."""
    found: defaultdict[MeasureSignal, list[str]] = defaultdict(list)
    for signal, reasons in _refused(servers, window).items():
        whys = ", ".join(f"{count:,} {why}" for why, count in _ranked(reasons))
        found[signal].append(
            f"The collector refused {reasons.total():,} requests in this time, and what they "
            f"held is lost: {whys}."
        )
    if names := promql.unasked(servers.names("/label/__name__/values", window)):
        found["counters"].append(
            f"Prometheus holds counters of the client that no panel reads: {_listed(names)}."
        )
    if services := list(_unread(servers, window.whole)):
        found["events"].append(
            "Loki holds events of the client without their attributes, which no panel reads, "
            f"under the service {_listed(services)}."
        )
    if services := sorted(servers.unsearched()):
        found["events"].append(
            "Loki could not be searched in time for events of the client under the service "
            f"{_listed(services)}: such would be missing here."
        )
    return found


def _refused(servers: StackClient, window: Window) -> Mapping[MeasureSignal, Counter[str]]:
    """How many requests were refused for which reason; a wrong path tells no signal."""
    query = servers.counters(promql.refused(span(window.whole)), window)
    [data] = servers.together([query]).values()
    refused: defaultdict[MeasureSignal, Counter[str]] = defaultdict(Counter)
    with translate_parse_errors(query):
        for one in data["result"]:
            route, status, method, code = (one["metric"].get(name, "") for name in promql.REFUSAL)
            why = _REASONS.get(status or code, f"answered {status or code}")
            for signal in _signals(route or method):
                refused[signal][why] += round(float(one["value"][1]))
    return refused


def _ranked(reasons: Counter[str]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda one: (-one[1], one[0]))


def _signals(where: str) -> Iterable[MeasureSignal]:
    if not where:
        return tuple(_SIGNALS.values())
    return [signal for name, signal in _SIGNALS.items() if name in where]


def _unread(servers: StackClient, within: Bucket) -> Iterator[str]:
    """The services whose newest event tells no name."""
    for service, streams in servers.services(within)[:_MOST_SERVICES]:
        for _, labels in servers.page(logql.client(streams), within, 1):
            if "event_name" not in labels:
                yield service


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
