"""The stack's procedures, made to run in a thread: up, down, restart, status, logs, clean."""

from collections.abc import Callable, Iterator, Sequence
from threading import Event

from ccotel_tui.control.compose_file import ComposeFile
from ccotel_tui.control.docker_host import DockerHost
from ccotel_tui.control.shapes import Handover, Leftover, LogLine, Progress, Seen, ServiceState

Say = Callable[[Progress], None]


class Stack:
    """One Compose project on one Docker host.

    Every method blocks, may be called from any thread, and raises StackError with a sentence to
    show. `say` is called from several threads, one call at a time. Setting `cancelled` ends the
    procedure at its next step with Cancelled; `up` then goes on from there.
    """

    def __init__(self, compose: ComposeFile, host: DockerHost) -> None:
        """Connects when it is used first."""
        self.compose = compose
        self.host = host

    def up(
        self,
        say: Say,
        handover: Handover,
        cancelled: Event,
        services: Sequence[str] = (),
    ) -> None:
        """Bring all services (or these) to run as the file says and wait until they answer.

        What runs already and matches is left alone; where nothing is to be done `handover` is not
        called.
        """
        raise NotImplementedError

    def down(self, say: Say, cancelled: Event) -> None:
        """Stop and remove the containers and the network; what is in the volumes stays."""
        raise NotImplementedError

    def stop(self, say: Say, cancelled: Event, services: Sequence[str] = ()) -> None:
        """Stop all services (or these); their containers stay."""
        raise NotImplementedError

    def restart(
        self,
        say: Say,
        handover: Handover,
        cancelled: Event,
        services: Sequence[str] = (),
    ) -> None:
        """Stop all services (or these), then `up`: changed settings are taken too."""
        raise NotImplementedError

    def states(self) -> tuple[ServiceState, ...]:
        """Every service of the file, in its order."""
        raise NotImplementedError

    def watch(self, cancelled: Event) -> Iterator[Seen]:
        """What is seen now, and again whenever it changed and each 5 s; reconnects for ever."""
        raise NotImplementedError

    def logs(
        self,
        cancelled: Event,
        services: Sequence[str] = (),
        tail: int | None = 200,
        follow: bool = False,
    ) -> Iterator[list[LogLine]]:
        """Lines in the order of their times, a batch at once, at most 20 batches a second.

        `tail` lines of each service, all with None. With `follow` it goes on, reconnecting.
        """
        raise NotImplementedError

    def clean_list(self) -> list[Leftover]:
        """What `clean` would remove."""
        raise NotImplementedError

    def clean(self, say: Say, cancelled: Event) -> None:
        """Remove the project's containers, network and volumes: what was kept is gone."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the connections go."""
