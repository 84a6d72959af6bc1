"""The engine's streams: the progress of a pull, lines of logs, changes of containers.

A stream ends without a word when the daemon dies, so whoever follows one begins it again.
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, Full, Queue
from threading import Event
from typing import Any

from docker.errors import DockerException
from docker.types import CancellableStream

from ccotel_tui.errors import DockerUnavailable, StackError, sentence
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control.docker.engine import ConcurrentChange, Engine
from ccotel_tui.stack_control.models import LogLine, ServiceState, StackSnapshot

SERVICES_POLL_INTERVAL = 5.0
"""Seconds between two looks where no event comes."""

_UNREADY_POLL_INTERVAL = 1.0
_RECONNECT_DELAY = 1.0
_BATCH_INTERVAL = 0.05
_MAX_QUEUED = 2_000
_MAX_LINE = 64 * 1024
_PAUSE = 0.2

_NOISE = b"deletion is not available for this tenant"
"""Loki writes this four times for each query because deletion is off: it would hide the rest."""


class LateStream:
    """A stream that begins in the thread that reads it first."""

    def __init__(self, begin: "Callable[[], CancellableStream[Any]]") -> None:
        self._begin = begin
        self._stream: CancellableStream[Any] | None = None
        self._closed = Event()

    def __iter__(self) -> Iterator[Any]:
        self._stream = self._begin()
        if self._closed.is_set():
            self._stream.close()
        yield from self._stream

    def close(self) -> None:
        self._closed.set()
        if self._stream is not None:
            self._stream.close()


class Reading:
    """A stream read by a thread into a bounded queue, so that waiting for it can end."""

    def __init__(self, stream: "CancellableStream[Any] | LateStream") -> None:
        self._stream = stream
        self._queue: Queue[Any] = Queue(_MAX_QUEUED)
        self._closed = Event()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self, within_s: float) -> Any:
        """The next piece; raises Empty when the time is over, and EOFError at the stream's end.

        Raises StackError where the stream could not begin.
        """
        piece = self._queue.get(timeout=within_s)
        if piece is None:
            raise EOFError
        if isinstance(piece, StackError):
            raise piece
        return piece

    def close(self) -> None:
        self._closed.set()
        # It may have ended by itself, or at this moment.
        with suppress(OSError, AttributeError, DockerException):
            self._stream.close()

    def _read(self) -> None:
        # Whatever breaks it off, including close() in another thread, is its end.
        with suppress(Exception):
            try:
                for piece in self._stream:
                    self._put(piece)
            except StackError as error:
                self._put(error)
        self._put(None)

    def _put(self, piece: Any) -> None:
        while not self._closed.is_set():
            with suppress(Full):
                self._queue.put(piece, timeout=_PAUSE)
                return


def log_lines(service: str, pieces: Iterator[bytes]) -> Iterator[LogLine]:
    """Lines from pieces that break anywhere, without the noise."""
    left = b""
    for piece in pieces:
        *whole, left = (left + piece).split(b"\n")
        for line in whole:
            if _NOISE not in line:
                yield _line(service, line)
        if len(left) > _MAX_LINE:
            yield _line(service, left)
            # What is still to come of it has no time of its own.
            left = left.partition(b" ")[0] + b" "
    if left:
        yield _line(service, left)


def _line(service: str, line: bytes) -> LogLine:
    at, _, text = line.decode(errors="replace").partition(" ")
    return LogLine(service, at, text.rstrip("\r"))


def past(
    engine: Engine, containers: Mapping[str, str], tail: int | None
) -> Iterator[list[LogLine]]:
    """Yield the lines of the logs by time; `containers` are ids by service."""
    streams = [
        log_lines(service, iter(engine.logs(container, tail, follow=False)))
        for service, container in containers.items()
    ]
    batch: list[LogLine] = []
    for line in heapq.merge(*streams, key=lambda line: line.time):
        batch.append(line)
        if len(batch) >= _MAX_QUEUED:
            yield batch
            batch = []
    if batch:
        yield batch


def follow(
    engine: Engine,
    find: Callable[[str], str],
    services: Sequence[str],
    tail: int | None,
    cancelled: Event,
) -> Iterator[list[LogLine]]:
    """Yield the lines of the logs, then new ones; `find` returns a service's container or ""."""
    queue: Queue[LogLine] = Queue(_MAX_QUEUED)
    ended = Event()

    def over() -> bool:
        return ended.is_set() or cancelled.is_set()

    for service in services:
        threading.Thread(
            target=_follow_one, args=(engine, find, service, tail, queue, over), daemon=True
        ).start()
    try:
        while not cancelled.is_set():
            with suppress(Empty):
                batch = [queue.get(timeout=_PAUSE)]
                cancelled.wait(_BATCH_INTERVAL)
                while not queue.empty():
                    batch.append(queue.get())
                yield sorted(batch, key=lambda line: line.time)
    finally:
        ended.set()


def _follow_one(
    engine: Engine,
    find: Callable[[str], str],
    service: str,
    tail: int | None,
    queue: Queue[LogLine],
    over: Callable[[], bool],
) -> None:
    """Put a service's lines into the queue, through restarts of it and of the engine."""
    newest, remarked = "", False
    while not over():
        try:
            container = find(service)
            if container:
                last = newest or datetime.now(UTC).isoformat()
                since = _seconds(newest) if newest else None
                reading = Reading(engine.logs(container, None if newest else tail, True, since))
                remarked = False
                for line in log_lines(service, _pieces(reading, over)):
                    if line.time > newest:
                        last = max(last, line.time)
                        _offer(queue, line, over)
                newest = last
        except ConcurrentChange:
            pass
        except StackError as error:
            if not remarked:
                remarked = True
                _offer(queue, LogLine("", newest, _reconnecting(error)), over)
        _pause(_RECONNECT_DELAY, over)


def _pieces(reading: Reading, over: Callable[[], bool]) -> Iterator[bytes]:
    try:
        while not over():
            with suppress(Empty):
                yield reading.next(_PAUSE)
    except EOFError:
        pass
    finally:
        reading.close()


def _offer(queue: Queue[LogLine], line: LogLine, over: Callable[[], bool]) -> None:
    """Wait for room: the one who reads sets the pace."""
    while not over():
        with suppress(Full):
            queue.put(line, timeout=_PAUSE)
            return


def _pause(seconds: float, over: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not over() and time.monotonic() < until:
        time.sleep(_BATCH_INTERVAL)


def _seconds(at: str) -> float:
    """A little before that time: what comes again is known by its own."""
    return datetime.fromisoformat(at).timestamp() - 0.001


def watch(
    engine: Engine,
    project: str,
    look: Callable[[], tuple[ServiceState, ...]],
    cancelled: Event,
) -> Iterator[StackSnapshot]:
    """Yield what `look` returns: now, after each event of the project, and every 5 s."""
    changed, ended = Event(), Event()

    def listen() -> None:
        while not ended.is_set():
            with suppress(StackError):
                reading = Reading(engine.events(project))
                for _ in _pieces(reading, ended.is_set):
                    changed.set()
            changed.set()
            ended.wait(_RECONNECT_DELAY)

    threading.Thread(target=listen, daemon=True).start()
    seen = StackSnapshot(())
    try:
        while not cancelled.is_set():
            changed.clear()
            try:
                seen = StackSnapshot(look())
            except DockerUnavailable as error:
                seen = StackSnapshot(seen.services, _reconnecting(error))
            yield seen
            soon = seen.trouble or any(
                service.health in ("starting", "unreachable") for service in seen.services
            )
            until = time.monotonic() + (_UNREADY_POLL_INTERVAL if soon else SERVICES_POLL_INTERVAL)
            while not cancelled.is_set() and time.monotonic() < until:
                if changed.wait(_PAUSE):
                    # What happens together is looked at once.
                    cancelled.wait(_BATCH_INTERVAL)
                    break
    finally:
        ended.set()


def _reconnecting(error: StackError) -> Sentence:
    return Sentence("reconnecting", "{error} Reconnecting.", error=sentence(error))
