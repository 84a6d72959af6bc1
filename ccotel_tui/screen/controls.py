"""What the screen needs of the stack, without importing Docker to say so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccotel_tui.control.shapes import Handover

if TYPE_CHECKING:
    from ccotel_tui.control.stack import Stack


@dataclass(frozen=True)
class Controls:
    """How the stack is reached, how the OTLP ports come to its collector, and Grafana's address.

    The address raises BadComposeFile.
    """

    open: "Callable[[], Stack]"
    handover: Callable[[], Handover]
    grafana: Callable[[], str]
