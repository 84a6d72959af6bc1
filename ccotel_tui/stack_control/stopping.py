"""A container's end: of one that takes telemetry, the ports are free before it ends.

The engine frees ports some 0.2 s after a container's end. Until then nobody answers there, and
nobody else can: what is sent is lost. Taken off its network, a container lives on without them.
"""

from ccotel_tui.stack_control.compose_file import Service
from ccotel_tui.stack_control.docker.engine import Engine
from ccotel_tui.stack_control.readiness import OTLP_HTTP

_GRACE = 10
_CUT_OFF_GRACE = 5
"""Seconds. Its queue is on the disk, and waiting does not get it anywhere."""


def stop(engine: Engine, container: str, service: Service | None, network: str) -> None:
    """The container is back on the network when it has ended. Raises ConcurrentChange."""
    grace = service.stop_grace_period if service else _GRACE
    endpoint = None
    if service and service.publishes(OTLP_HTTP):
        endpoint = engine.inspect(container)["NetworkSettings"]["Networks"].get(network)
    if endpoint is None:
        engine.stop(container, grace)
        return
    engine.disconnect(container, network)
    engine.stop(container, min(grace, _CUT_OFF_GRACE))
    engine.connect(container, network, endpoint["Aliases"])
