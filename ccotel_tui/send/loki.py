"""Reads rows from Loki, to find out which events it lacks."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ccotel_tui.errors import EndpointUnavailable, NotOurs
from ccotel_tui.network.address import address
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.network.http import HttpClient, HttpFailure
from ccotel_tui.telemetry.conventions import CLIENT_SCOPES, EVENT_PREFIX
from ccotel_tui.telemetry.records import Event, Value
from ccotel_tui.telemetry.values import as_number, as_text

_LINES = 5000
"""Lines of an answer at most: Loki gives no more."""

_TIMEOUT = 30.0
"""Seconds for a page of them."""

_AS_IT_IS = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
"""A name that is kept but for its dots."""

RowLabels = dict[str, object]


class LokiRow(NamedTuple):
    time_ns: int
    line: str
    labels: RowLabels


class Loki:
    """Raises EndpointUnavailable where it does not answer, or is not ours and has to be.

    A name and a password in its URL are sent, and are in no message.
    """

    def __init__(self, url: str, ours_only: bool = False) -> None:
        self._address = address(url)
        self._http = HttpClient([self._address.host] if ours_only else ())

    def has(self, service: str, time_ns: int) -> bool:
        """Return whether there is a row of that service at that time."""
        # Loki reads no escapes of surrogates.
        query = "{service_name=" + json.dumps(service, ensure_ascii=False) + "}"
        return bool(self._page(query, time_ns, time_ns + 1))

    def missing(self, events: Iterable[Event]) -> list[Event]:
        """Those of the events that are not there."""
        events = list(events)
        times = [event.time_ns for event in events]
        held: defaultdict[tuple[int, str], list[RowLabels]] = defaultdict(list)
        wanted = set(times)
        for row in self._rows(min(times), max(times) + 1):
            if row.time_ns in wanted:
                held[row.time_ns, row.line].append(row.labels)
        return [event for event in events if not _taken(event, held)]

    def close(self) -> None:
        self._http.close()

    def _rows(self, from_ns: int, to_ns: int) -> Iterator[LokiRow]:
        """All rows in [from_ns, to_ns), page by page."""
        while from_ns < to_ns:
            page = self._page('{service_name=~".+"}', from_ns, to_ns)
            if len(page) < _LINES:
                yield from page
                return
            # Of the last moment there may be more than the page has room for.
            newest = max(page[-1].time_ns, from_ns + 1)
            yield from (row for row in page if row.time_ns < newest)
            from_ns = newest

    def _page(self, query: str, from_ns: int, to_ns: int) -> list[LokiRow]:
        server = self._address.url
        parameters = (
            ("query", query),
            ("start", str(from_ns)),
            ("end", str(to_ns)),
            ("limit", str(_LINES)),
            ("direction", "forward"),
        )
        path = "/loki/api/v1/query_range"
        try:
            answer = self._http.get(self._address, path, parameters, self._http.limit(_TIMEOUT))
        except HttpFailure as failure:
            raise self._unavailable(failure) from failure
        if answer.status != 200:
            reason = self._address.without_secrets(answer.body.decode(errors="replace"))
            raise EndpointUnavailable(f"{server} answered {answer.status}: {reason.strip()[:200]}")
        try:
            return sorted(_read(answer.body), key=lambda row: row.time_ns)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise EndpointUnavailable(
                f"{server} does not answer as Loki does: is this its address?"
            ) from error

    def _unavailable(self, failure: HttpFailure) -> EndpointUnavailable:
        host, port = self._address.host
        if failure.kind == "foreign":
            return NotOurs(f"{host_and_port(host, port)} {failure}.")
        if failure.kind == "unreachable":
            return EndpointUnavailable(
                f"Nobody listens at {host_and_port(host, port)}: start the stack, then try again."
            )
        return EndpointUnavailable(f"Loki does not answer at {self._address.url}: {failure}.")


def _read(body: bytes) -> Iterator[LokiRow]:
    data: dict[str, Any] = json.loads(body)["data"]
    for stream in data["result"]:
        labels = {name: _plain(text) for name, text in stream["stream"].items()}
        for time_ns, line, *_ in stream["values"]:
            yield LokiRow(int(time_ns), line, labels)


def _taken(event: Event, held: dict[tuple[int, str], list[RowLabels]]) -> bool:
    """Take the event's row from those that are there, where there is one.

    A row says more than its event: what Loki and the collector add.
    """
    line = EVENT_PREFIX + event.name if event.scope in CLIENT_SCOPES else event.name
    expected = _row_labels(event).items()
    rows = held.get((event.time_ns, line), [])
    for at, labels in enumerate(rows):
        if expected <= labels.items():
            del rows[at]
            return True
    return False


def _row_labels(event: Event) -> RowLabels:
    """The labels of a row of the event, its own before those of its resource."""
    service = {"service.name": event.service, "service.version": event.version}
    labels = {
        name.replace(".", "_"): _plain(value)
        for name, value in {**service, **event.context, **event.attributes}.items()
        if _AS_IT_IS.fullmatch(name)
    }
    if "event_name" in labels:
        labels["event_name"] = event.name
    # An empty text is not kept, and what is not plain in another form.
    return {name: value for name, value in labels.items() if value != ""}


def _plain(value: Value) -> object:
    """The value, whichever type it has been through: text where it is no number."""
    if value is None or isinstance(value, list | dict):
        return ""
    parsed = as_number(value)
    return as_text(value) if parsed is None else parsed
