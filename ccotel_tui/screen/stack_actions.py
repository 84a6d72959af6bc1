"""The ways from the screen to the stack and to doctor, without an import of Docker or gRPC."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from ccotel_tui.stack_control.models import Handover, StackProcedures


class BackfillProcess(Protocol):
    """The methods of `Subprocess` that the screen calls on a backfill."""

    @property
    def succeeded(self) -> bool: ...

    def lines(self) -> AsyncIterator[str]: ...

    async def stop(self) -> None: ...


class Controls(NamedTuple):
    """Opens the stack, hands the recorder's ports over and sends what the store kept."""

    open: "Callable[[], StackProcedures]"
    handover: "Callable[[], Handover]"
    start_backfill: Callable[[bool], Awaitable[BackfillProcess | None]]
    """Begins to send what the store kept while the stack was down; None where it kept nothing.

    Whether it was started from here: if not, what answers must be what the compose file publishes.
    Raises BadComposeFile.
    """
    grafana: Callable[[], str]
    """Its address; raises BadComposeFile."""
    doctor: Callable[[], Awaitable[str]] | None = None
    """What `doctor --json` prints; empty where it fails."""
