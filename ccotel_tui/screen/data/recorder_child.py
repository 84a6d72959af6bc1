"""The recorder that the dashboard keeps going: its own, in wait where somebody else records."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ccotel_tui.recorder.child_process import Subprocess
from ccotel_tui.recorder.health import Health, health_of
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.screen.data.messages import RecorderSaid
from ccotel_tui.screen.data.refusals import NotTaken

SayRecorder = Callable[[str, bool], None]
"""Posts what the recorder says, and whether it records."""

START_EVERY = 2.0
"""Seconds from one start to the next: one that crashes at once is not started in a loop."""

STATE_POLL_INTERVAL = 2.0
"""Seconds between two looks at what the recorder does, be it ours or one that ours waits for."""


class RecorderChild:
    """Keeps one recorder alive as a child; that child knows whether it is its turn."""

    def __init__(self, database: Path, grpc_address: str, http_address: str) -> None:
        self._database = database
        self._addresses = grpc_address, http_address
        self._child: Subprocess | None = None
        self._waits = False
        self._stopped = False
        self._newest: RecorderSaid | None = None

    async def keep_going(self, post: Callable[[RecorderSaid], object]) -> None:
        """Start a recorder whenever there is none, and post what it says."""

        def say(said: str, recording: bool) -> None:
            former = self._newest or RecorderSaid("", True)
            self._newest = RecorderSaid(said, recording, former.not_taken, former.health)
            post(self._newest)

        following = asyncio.create_task(self._follow(say, post))
        try:
            await self._keep_going(say)
        finally:
            following.cancel()

    async def stop(self) -> None:
        """End our recorder; one that waits takes over."""
        self._stopped = True
        if self._child is not None:
            await self._child.stop()

    async def _keep_going(self, say: SayRecorder) -> None:
        clock = asyncio.get_running_loop().time
        while not self._stopped:
            started = clock()
            self._child = await Subprocess.start(self._database, *self._addresses)
            line = ""
            async for line in self._child.lines():
                self._waits = line.startswith("waiting")
                if (said := _said(line)) is not None:
                    say(*said)
            if not self._stopped:
                say(line or "the recorder ended", False)
                await asyncio.sleep(START_EVERY - (clock() - started))

    async def _follow(self, say: SayRecorder, post: Callable[[RecorderSaid], object]) -> None:
        """Post what is refused and how the recorder does, whoever records.

        While ours waits, say whether the other recorder has a port, and why not.
        """
        before = waits = ("", True)
        while not self._stopped:
            state = read_state(self._database)
            if state is None or not self._waits:
                before = waits
            elif state.listening or state.problem:
                said = waits if state.listening else (f"not recording: {state.problem}", False)
                if said != before:
                    say(*said)
                before = said
            if self._newest is not None:
                newest = replace(self._newest, health=health_of(state) if state else Health())
                if state is not None:
                    newest.not_taken = NotTaken(state.refused, state.last_refusal)
                if newest != self._newest:
                    self._newest = newest
                    post(newest)
            await asyncio.sleep(STATE_POLL_INTERVAL)


def _said(line: str) -> tuple[str, bool] | None:
    if line.startswith("recording"):
        return line, True
    if line.startswith("waiting"):
        return "", True
    if line.startswith("not recording"):
        return line, False
    return None
