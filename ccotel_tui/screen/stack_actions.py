"""What the screen needs of the stack, without importing Docker to say so."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ccotel_tui.stack_control.models import Handover, StackProcedures


class BackfillProcess(Protocol):
    """The methods of `Subprocess` that the screen calls on a backfill."""

    @property
    def succeeded(self) -> bool: ...

    def lines(self) -> AsyncIterator[str]: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Controls:
    """How the stack is reached, and how ports and what was kept come to its collector."""

    open: Callable[[], StackProcedures]
    handover: Callable[[], Handover]
    send_kept: Callable[[bool], Awaitable[BackfillProcess | None]]
    """Begins to send what was kept while the stack was down; None where nothing is kept.

    Whether it was started from here: if not, what answers must be what the compose file publishes.
    Raises BadComposeFile.
    """
    grafana: Callable[[], str]
    """Its address; raises BadComposeFile."""
