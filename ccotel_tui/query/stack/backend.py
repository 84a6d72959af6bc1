"""The stack as a backend: where its parts are put together, and where what is cached is seen."""

from collections.abc import Collection
from functools import partial
from threading import Event

from ccotel_tui.network.address import Headers, address
from ccotel_tui.network.http import HttpClient
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.cached_source import CachedRemarks, CachedSource, CachedValues
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.diagnostics.lost_events import (
    BackgroundLostEvents,
    LostEvents,
)
from ccotel_tui.query.stack.diagnostics.remarks import read_remarks
from ccotel_tui.query.stack.diagnostics.stack_diagnostics import StackDiagnostics
from ccotel_tui.query.stack.diagnostics.unrecorded import BackgroundCosts, CounterExcess
from ccotel_tui.query.stack.json_api import is_ready
from ccotel_tui.query.stack.source import StackSource, run_in_threads
from ccotel_tui.query.stack.usage.source import StackUsage


def open_stack(
    prometheus_url: str,
    loki_url: str,
    headers: Headers = (),
    ours_only: Collection[str] = (),
    polling: bool = False,
) -> Backend:
    """Return the backend of these servers; those `ours_only` are asked while they are ours.

    With `polling` caches are put before it, and lost events and unrecorded costs are found out
    beside the rest, by a client of their own. Raises ValueError for what is no address.
    """
    cancelled = Event()
    client = StackClient(prometheus_url, loki_url, headers, ours_only, cancelled)
    remarks = partial(read_remarks, client)
    if not polling:
        source = StackSource(client)
        diagnostics = StackDiagnostics(client, CounterExcess(source), LostEvents(client), remarks)
        return Backend(
            "stack",
            source,
            diagnostics,
            run_together=run_in_threads,
            cancelled=cancelled,
            close=client.close,
            usage=StackUsage(client),
        )
    other_client = StackClient(prometheus_url, loki_url, headers, ours_only)
    lost_events = BackgroundLostEvents(LostEvents(other_client))
    other_source = StackSource(other_client, CachedValues(other_client))
    unrecorded = BackgroundCosts(CounterExcess(other_source))
    cached = CachedSource(StackSource(client, CachedValues(client)))

    def close() -> None:
        client.close()
        other_client.close()
        lost_events.close()
        unrecorded.close()

    return Backend(
        "stack",
        cached,
        StackDiagnostics(client, unrecorded, lost_events, CachedRemarks(remarks)),
        run_together=run_in_threads,
        cancelled=cancelled,
        close=close,
        usage=StackUsage(client),
    )


def stack_is_ready(
    prometheus_url: str, loki_url: str, headers: Headers = (), ours_only: Collection[str] = ()
) -> bool:
    """Return whether both servers may be asked and say that they are ready, within a second."""
    http = HttpClient([address(url).host for url in ours_only])
    try:
        return is_ready(http, address(prometheus_url, headers), "/api/v1", "/-/ready") and is_ready(
            http, address(loki_url, headers), "/loki/api/v1", "/ready"
        )
    finally:
        http.close()
