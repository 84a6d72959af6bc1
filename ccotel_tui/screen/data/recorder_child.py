"""The recorder that the dashboard keeps going: its own, in wait where another one records."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ccotel_tui.errors import BadDatabase
from ccotel_tui.recorder.child.child_process import Subprocess
from ccotel_tui.recorder.child.events import (
    Failed,
    PortsChanged,
    WaitingForPorts,
    WaitingForRecorder,
    parse_event,
)
from ccotel_tui.recorder.health import Health, health_of
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.state import PortState, bound
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.messages import RecorderReported
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.refusals import NotTaken
from ccotel_tui.sentences import system_words

RESTART_INTERVAL = 2.0
"""Seconds from one start to the next: one that crashes at once is not started in a loop."""

STATE_POLL_INTERVAL = 2.0
"""Seconds between two reads of the recorder's state, be it ours or one that ours waits for."""


class RecorderChild:
    """Keeps one recorder alive as a child; that child knows whether it is its turn."""

    def __init__(self, database: Path, grpc_address: str, http_address: str) -> None:
        self._database = database
        self._addresses = grpc_address, http_address
        self._child: Subprocess | None = None
        self._waits = False
        self._stopped = False
        self._newest: RecorderReport | None = None

    async def keep_going(self, post: Callable[[RecorderReported], object]) -> None:
        """Start a recorder whenever there is none, and post what becomes known of it."""

        def show(report: RecorderReport) -> None:
            if report != self._newest:
                self._newest = report
                post(RecorderReported(report))

        polling = asyncio.create_task(self._poll_state(show))
        try:
            await self._supervise(show)
        finally:
            polling.cancel()

    async def stop(self) -> None:
        """End our recorder; one that waits takes over."""
        self._stopped = True
        if self._child is not None:
            await self._child.stop()

    async def _supervise(self, show: Callable[[RecorderReport], None]) -> None:
        clock = asyncio.get_running_loop().time
        while not self._stopped:
            started = clock()
            failure = await self._run_child(show)
            if not self._stopped:
                show(self._report(recording=False, failure=failure))
                await asyncio.sleep(RESTART_INTERVAL - (clock() - started))

    async def _run_child(self, show: Callable[[RecorderReport], None]) -> str:
        """Start a recorder, show what it tells until it ends, and return why it ended."""
        try:
            self._child = await Subprocess.start(self._database, *self._addresses)
        except OSError as error:
            why = strings.translated(system_words(error))
            return strings.RECORDER_NOT_STARTED.format(error=why)
        failure = strings.RECORDER_ENDED
        async for line in self._child.lines():
            event = parse_event(line)
            self._waits = isinstance(event, WaitingForRecorder)
            match event:
                case PortsChanged(ports, handed_over):
                    show(self._report(bool(bound(ports)), ports, handed_over))
                case WaitingForPorts():
                    show(self._report(recording=False, handed_over=True))
                case WaitingForRecorder():
                    show(self._with_state(self._report(recording=True)))
                case Failed(sentence):
                    failure = sentence
                case None:  # the interpreter or a library has written the line
                    failure = f"{strings.RECORDER_ENDED}: {line}"
        return failure

    async def _poll_state(self, show: Callable[[RecorderReport], None]) -> None:
        while not self._stopped:
            if self._newest is not None:
                show(self._with_state(self._newest))
            await asyncio.sleep(STATE_POLL_INTERVAL)

    def _report(
        self,
        recording: bool,
        ports: Sequence[PortState] = (),
        handed_over: bool = False,
        failure: str = "",
    ) -> RecorderReport:
        """Return a report with the refusals and the health of the newest one."""
        former = self._newest or RecorderReport(recording)
        rest = str(self._database), former.not_taken, former.health
        return RecorderReport(recording, ports, handed_over, failure, *rest)

    def _with_state(self, report: RecorderReport) -> RecorderReport:
        """Return the report with what the recorder's state has, whichever process that is.

        Where that cannot be read, the report goes on.
        """
        try:
            state = read_state(self._database)
        except BadDatabase:
            # Our recorder, which cannot open that file either, says why.
            return report
        if state is None:
            return replace(report, health=Health())
        not_taken = NotTaken(state.refused, state.last_refusal)
        report = replace(report, health=health_of(state), not_taken=not_taken)
        if not (self._waits and state.ports):
            return report
        recording = bool(state.listening)
        return replace(
            report, recording=recording, ports=state.ports, handed_over=state.handed_over
        )
