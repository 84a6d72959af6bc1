"""A stack as the screen meets it, without Docker: it does what a test tells it to."""

import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from queue import Empty, Queue
from threading import Event

from ccotel_tui.errors import Cancelled
from ccotel_tui.screen.stack_actions import BackfillProcess
from ccotel_tui.stack_control.models import (
    Handover,
    Leftover,
    LogLine,
    Progress,
    Say,
    ServiceState,
    StackSnapshot,
)

_NAMES = ("otel-collector", "prometheus", "loki", "grafana")
_PORTS = ("14317", "19090", "13100", "13000")


class FakeStack:
    """`done` holds what was asked of it; an `up` goes on when `go` is set."""

    def __init__(self) -> None:
        self.done: list[tuple[str, tuple[str, ...]]] = []
        self.go = threading.Event()
        self.changes: Queue[StackSnapshot] = Queue()
        self.kept: list[str] = []
        self.sent: list[bool] = []
        self.failure: Exception | None = None
        self.see(StackSnapshot(tuple(map(ServiceState, _NAMES))))

    def see(self, seen: StackSnapshot) -> None:
        self.seen = seen
        self.changes.put(seen)

    def see_running(self) -> None:
        self.see(
            StackSnapshot(
                tuple(
                    ServiceState(name, "running", "ready", 60.0, ports=(f"127.0.0.1:{port}",))
                    for name, port in zip(_NAMES, _PORTS, strict=True)
                )
            )
        )

    def see_dead(self, service: str, words: str) -> None:
        """It was killed, and said these words before."""
        dead = ServiceState(service, "exited", exit_code=137, last_words=(words,))
        services = (dead if one.service == service else one for one in self.seen.services)
        self.see(StackSnapshot(tuple(services)))

    def watch(self, cancelled: Event) -> Iterator[StackSnapshot]:
        yield self.seen
        while not cancelled.is_set():
            # A thread that waited for a change for ever would outlive its test.
            with suppress(Empty):
                yield self.changes.get(timeout=0.1)

    def up(
        self, say: Say, handover: Handover, cancelled: Event, services: Sequence[str] = ()
    ) -> None:
        self.done.append(("up", tuple(services)))
        say(Progress("pulling", "loki", layers_done=3, layers=7, received=12_600_000))
        self.go.wait(20)
        if cancelled.is_set():
            raise Cancelled("Stopped half-way: up goes on from here.")
        if self.failure:
            raise self.failure
        handover.release()
        handover.done()
        self.see_running()

    def down(self, say: Say, cancelled: Event) -> None:
        self.done.append(("down", ()))
        self.see(StackSnapshot(tuple(map(ServiceState, _NAMES))))

    def stop(self, say: Say, cancelled: Event, services: Sequence[str] = ()) -> None:
        self.done.append(("stop", tuple(services)))

    def restart(
        self, say: Say, handover: Handover, cancelled: Event, services: Sequence[str] = ()
    ) -> None:
        self.done.append(("restart", tuple(services)))

    def logs(
        self,
        cancelled: Event,
        services: Sequence[str] = (),
        tail: int | None = 200,
        follow: bool = False,
    ) -> Iterator[list[LogLine]]:
        self.done.append(("logs", tuple(services)))
        yield [LogLine("loki", "2026-11-24T01:02:03.5Z", "hello \x1b]52;c;aGk=\x07 from loki")]

    def clean_list(self) -> list[Leftover]:
        return [Leftover("volume", "ccotel_loki-data", "1")]

    def clean(self, say: Say, cancelled: Event) -> None:
        self.done.append(("clean", ()))

    async def start_backfill(self, started: bool) -> BackfillProcess | None:
        self.sent.append(started)
        return _Kept(self.kept) if self.kept else None


class _Kept:
    """A child that says these lines."""

    succeeded = True

    def __init__(self, said: Sequence[str]) -> None:
        self._said = said

    async def lines(self) -> AsyncIterator[str]:
        for line in self._said:
            yield line

    async def stop(self) -> None:
        pass
