"""Backfill: the records that the stack missed, sent to its collector once, also if interrupted."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from ccotel_tui.errors import AlreadyBackfilling, EndpointUnavailable
from ccotel_tui.local.locks import lock_file, try_lock
from ccotel_tui.recorder import BACKFILLED, SIGNATURE
from ccotel_tui.recorder.ports.listener import IDLE_CLIENT_TIMEOUT
from ccotel_tui.send.exporter import Export, exporter
from ccotel_tui.send.loki import Loki
from ccotel_tui.sentences import counted
from ccotel_tui.store.outbox import SENT_AT_ONCE, SIGNALS, Batch, Outbox
from ccotel_tui.telemetry.decode import ExportRequest
from ccotel_tui.telemetry.encode import batches, logs_request, metrics_request, requests
from ccotel_tui.telemetry.records import Event

OLDEST_S = 30 * 86_400 - 3600
"""Older points Prometheus refuses, and the whole request with them; the hour is for the way."""

_ON_THE_WAY = 8
"""Batches in the collector's queue: what is live waits behind them."""

_DRAIN_NS = int((IDLE_CLIENT_TIMEOUT + 3.0) * 1e9)
"""So long a recorder that gave its ports up may take something: its clients are served on."""

_ARRIVAL_TIMEOUT, _POLL_INTERVAL = 60.0, 0.02
"""Seconds."""

_REQUEST_BYTES = 8 * 1024 * 1024
"""Our own collector takes 32 MiB; raw API bodies have 60 kB each."""


def backfill(
    database: Path,
    endpoint: str,
    loki_url: str,
    say: Callable[[str], None],
    ours_only: bool = True,
) -> None:
    """Send what the stack never had, from where it was left off, and return when it is there.

    Raises NotOurs where another user has the collector's or Loki's port by then and `ours_only`,
    AlreadyBackfilling, BadDatabase and EndpointUnavailable; what was done by then is done.
    """
    after_ns = time.time_ns() - OLDEST_S * 1_000_000_000
    with ExitStack() as stack:
        stack.enter_context(_only_backfill(database))
        outbox = stack.enter_context(closing(Outbox(database, after_ns)))
        loki = stack.enter_context(closing(Loki(loki_url, ours_only)))
        export = stack.enter_context(exporter(endpoint, BACKFILLED, ours_only=ours_only, say=say))
        run = Backfill(outbox, loki, export, say)
        run.send()
        while (wait_ns := _drained_in_ns(outbox)) > 0:
            say("waiting for what sessions may still send to the recorder")
            time.sleep(wait_ns / 1e9)
            if outbox.waiting():
                run.send()


class Backfill:
    """Sends the outbox; marks, events of our own, come to Loki after all that was sent before."""

    def __init__(
        self,
        outbox: Outbox,
        loki: Loki,
        export: Export,
        say: Callable[[str], None],
    ) -> None:
        self._outbox = outbox
        self._loki = loki
        self._export = export
        self._say = say

    def send(self) -> None:
        """Send what waits in the outbox; to a stack that was never sent to, all that is kept."""
        if self._outbox.mark and not self._loki.has(SIGNATURE, self._outbox.mark):
            self._say("This stack was not sent to before: it gets all that is kept.")
            self._outbox.start_over()
        if waiting := self._outbox.waiting():
            self._send(waiting)
        else:
            self._say("Nothing to send: the stack has what is kept.")
        if old := self._outbox.too_old():
            records = counted(("1 record is", f"{old:,} records are"), old)
            self._say(f"{records} older than 30 days: the stack takes no such ones.")

    def _send(self, waiting: int) -> None:
        # What an earlier run sent last may still be in the collector's queue.
        self._wait_for_arrival()
        sent, records = 0, counted(("1 record", f"{waiting:,} records"), waiting)
        for number, batch in enumerate(self._batches(), start=1):
            self._outbox.begin(batch)
            for request in _requests(batch, self._unsent(batch)):
                self._export(request)
            self._outbox.done(batch)
            sent += len(batch.events) + len(batch.points)
            if number % _ON_THE_WAY == 0:
                self._wait_for_arrival()
                self._say(f"sending what was kept: {sent:,} of {records}")
        self._wait_for_arrival()
        self._say(f"sent: {records}")

    def _batches(self) -> Iterator[Batch]:
        for signal in SIGNALS:
            while batch := self._outbox.next(signal):
                yield batch

    def _unsent(self, batch: Batch) -> list[Event]:
        """Return the batch's events that Loki lacks; a point that is sent again counts once."""
        if batch.in_doubt and batch.events:
            return self._loki.missing(batch.events)
        return batch.events

    def _wait_for_arrival(self) -> None:
        """Return when all that was sent is in Loki, and keep the mark as that stack's."""
        mark = time.time_ns()
        self._export(logs_request([Event(mark, SIGNATURE, "mark", {}, scope=SIGNATURE)]))
        deadline = time.monotonic() + _ARRIVAL_TIMEOUT
        while not self._loki.has(SIGNATURE, mark):
            if time.monotonic() > deadline:
                raise EndpointUnavailable(
                    f"What was sent did not reach Loki within {_ARRIVAL_TIMEOUT:.0f} s: the "
                    "collector keeps it. Look at the stack's logs, then try again."
                )
            time.sleep(_POLL_INTERVAL)
        self._outbox.mark = mark


def _drained_in_ns(outbox: Outbox) -> int:
    """Return after how long a recorder that listened takes nothing any more; below 0 for ago."""
    now_ns = time.time_ns()
    return outbox.heard_ns(now_ns) + _DRAIN_NS - now_ns


def _requests(batch: Batch, events: Iterable[Event]) -> Iterator[ExportRequest]:
    if batch.points:
        yield metrics_request(batch.points)
    for records in batches(events, SENT_AT_ONCE, _REQUEST_BYTES):
        yield from requests(records)


@contextmanager
def _only_backfill(database: Path) -> Iterator[None]:
    """Be the only backfill of this database. Raises AlreadyBackfilling."""
    with lock_file(database.with_name(database.name + ".backfill")) as descriptor:
        if not try_lock(descriptor):
            raise AlreadyBackfilling(
                f"Another process sends what {database} keeps to the stack already."
            )
        yield
