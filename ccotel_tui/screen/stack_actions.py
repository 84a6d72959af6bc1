"""What the screen needs of the stack, without importing Docker to say so."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccotel_tui.recorder.child_process import Subprocess
    from ccotel_tui.stack_control.models import Handover
    from ccotel_tui.stack_control.stack import Stack


@dataclass(frozen=True)
class Controls:
    """How the stack is reached, and how ports and what was kept come to its collector."""

    open: "Callable[[], Stack]"
    handover: "Callable[[], Handover]"
    send_kept: "Callable[[bool], Awaitable[Subprocess | None]]"
    """Begins to send what was kept while the stack was down; None where nothing is kept.

    Whether it was started from here: if not, what answers must be what the compose file publishes.
    Raises BadComposeFile.
    """
    grafana: Callable[[], str]
    """Its address; raises BadComposeFile."""
