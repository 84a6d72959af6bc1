"""Sentences on what a stack refused, or holds, that no number of it shows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.languages.metric_names import unread
from ccotel_tui.query.stack.requests import range_text
from ccotel_tui.query.stack.responses import translate_parse_errors
from ccotel_tui.query.window import Bucket, Window
from ccotel_tui.sentences import counted

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
"""The fault of a request by the status that it was answered with, of HTTP or of gRPC."""


def read_remarks(client: StackClient, window: Window) -> Remarks:
    """Return what was refused, and what is there and counts nowhere. Raises SourceUnavailable."""
    remarks: defaultdict[MeasureSignal, list[str]] = defaultdict(list)
    for signal, reasons in _refused(client, window).items():
        refused = counted(("1 request", f"{reasons.total():,} requests"), reasons.total())
        counts = ", ".join(f"{count:,} {reason}" for reason, count in _ranked(reasons))
        remarks[signal].append(
            f"The collector refused {refused} in this time, and what they held is lost: {counts}."
        )
    if names := unread(client.counter_names(window.whole)):
        remarks["counters"].append(
            f"Prometheus holds counters of the client that no panel reads: {_listed(names)}."
        )
    if services := list(_unread(client, window.whole)):
        remarks["events"].append(
            "Loki holds events of the client without their attributes, which no panel reads, "
            f"under the service {_listed(services)}."
        )
    if services := sorted(client.unsearched()):
        remarks["events"].append(
            "Loki could not be searched in time for events of the client under the service "
            f"{_listed(services)}: such would be missing here."
        )
    return remarks


def _refused(client: StackClient, window: Window) -> Mapping[MeasureSignal, Counter[str]]:
    """The number of requests refused for each reason; a wrong path tells no signal."""
    query = client.servers.promql(promql.refused(range_text(window.whole)), [window.whole])
    [data] = client.fetch_all([query]).values()
    refused: defaultdict[MeasureSignal, Counter[str]] = defaultdict(Counter)
    with translate_parse_errors(query):
        for series in data["result"]:
            labels = series["metric"]
            route, status, method, code = (labels.get(name, "") for name in promql.REFUSAL)
            reason = _REASONS.get(status or code, f"answered {status or code}")
            for signal in _signals(route or method):
                refused[signal][reason] += round(float(series["value"][1]))
    return refused


def _ranked(reasons: Counter[str]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))


def _signals(path: str) -> Iterable[MeasureSignal]:
    if not path:
        return tuple(_SIGNALS.values())
    return [signal for name, signal in _SIGNALS.items() if name in path]


def _unread(client: StackClient, within: Bucket) -> Iterator[str]:
    """The services whose newest event of that time tells no name."""
    for service, streams in client.services(within)[:_MOST_SERVICES]:
        for at, labels in client.newest(partial(_rows_of, streams), within.to_ns):
            if at > within.from_ns and "event_name" not in labels:
                yield service


def _rows_of(streams: str, _: str) -> list[str]:
    return [logql.client_rows(streams)]


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
