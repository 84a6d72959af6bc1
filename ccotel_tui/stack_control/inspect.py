"""The project's containers, and the services' states, uptime, CPU and memory."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ccotel_tui.stack_control.compose_file import ComposeFile, Service
from ccotel_tui.stack_control.container_spec import NUMBER, ONE_OFF
from ccotel_tui.stack_control.docker.engine import PROJECT, SERVICE, ConcurrentChange, Engine
from ccotel_tui.stack_control.docker.streams import log_lines
from ccotel_tui.stack_control.models import ServiceHealth, ServiceState
from ccotel_tui.stack_control.readiness import probe_health

_LAST_LINES = 3
_AT_ONCE = 8
LISTEN_TIMEOUT = 30.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A container of the project, as the engine lists it."""

    id: str
    name: str
    service: str
    state: str
    image_id: str
    network_ids: Mapping[str, str]
    labels: Mapping[str, str] = field(repr=False)

    @property
    def one_off(self) -> bool:
        """Made by `docker compose run`, not by an up."""
        return self.labels.get(ONE_OFF) == "True"


def containers(engine: Engine, project: str) -> list[Inspected]:
    """Return the containers with the project's label, in the order of their numbers."""
    inspected = [_inspected(container) for container in engine.containers(project)]
    return sorted(inspected, key=lambda container: int(container.labels.get(NUMBER) or 0))


def by_service(inspected: list[Inspected]) -> dict[str, Inspected]:
    """The first container of each service."""
    return {
        container.service: container for container in reversed(inspected) if not container.one_off
    }


def _inspected(listed: dict[str, Any]) -> Inspected:
    networks = (listed.get("NetworkSettings") or {}).get("Networks") or {}
    labels = listed["Labels"] or {}
    return Inspected(
        id=listed["Id"],
        name=listed["Names"][0].lstrip("/") if listed["Names"] else listed["Id"][:12],
        service=labels.get(SERVICE, ""),
        state=listed["State"],
        image_id=listed["ImageID"],
        network_ids={name: network["NetworkID"] for name, network in networks.items()},
        labels=labels,
    )


class StateReader:
    """Polls service state; CPU use is the difference of two samples."""

    def __init__(self, engine: Engine, file: ComposeFile) -> None:
        self._engine = engine
        self._file = file
        self._worked: dict[str, tuple[float, int]] = {}

    def states(self) -> tuple[ServiceState, ...]:
        by_name = by_service(containers(self._engine, self._file.project))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return tuple(
                pool.map(
                    lambda service: self._state(service, by_name.get(service.name)),
                    self._file.services,
                )
            )

    def _state(self, service: Service, container: Inspected | None) -> ServiceState:
        if container is None:
            return ServiceState(service.name, image=service.image)
        try:
            details = self._engine.inspect(container.id)
            state = details["State"]
            runs = state["Status"] == "running"
            uptime = _since(state["StartedAt"]) if runs else None
            memory, limit, cpu = self._use(container.id, uptime) if uptime else (None, None, None)
            restarts = details["RestartCount"]
            ended = state["Status"] in ("exited", "dead", "restarting")
            wrong = state["Status"] != "running" or restarts
            return ServiceState(
                service=service.name,
                state=state["Status"],
                health=_health(service, uptime) if uptime is not None else "",
                uptime_s=uptime,
                restarts=restarts,
                exit_code=state["ExitCode"] if ended else None,
                oom=state["OOMKilled"],
                ports=tuple(
                    f"{binding['HostIp']}:{binding['HostPort']}"
                    for _, bindings in sorted(
                        (details["NetworkSettings"]["Ports"] or {}).items(),
                        key=lambda port: int(port[0].split("/")[0]),
                    )
                    for binding in bindings or ()
                ),
                memory=memory,
                memory_limit=limit,
                cpu=cpu,
                image=details["Config"]["Image"],
                last_words=last_log_lines(self._engine, container.id) if wrong else (),
            )
        except ConcurrentChange:
            return ServiceState(service.name, image=service.image)

    def _use(self, container: str, uptime_s: float) -> tuple[int | None, int | None, float | None]:
        """Memory in use, its limit, and processors in use."""
        sample = self._engine.stats(container)
        memory, cpu = sample.get("memory_stats") or {}, sample.get("cpu_stats") or {}
        total = (cpu.get("cpu_usage") or {}).get("total_usage")
        rate = None
        if total is not None:
            now = time.monotonic()
            at, before = self._worked.get(container, (now - uptime_s, 0))
            # A container that was started anew counts from zero, too.
            since, used = (now - at, total - before) if total >= before else (uptime_s, total)
            rate = used / 1e9 / since
            self._worked[container] = (now, total)
        if "usage" not in memory:
            return None, None, rate
        details = memory.get("stats") or {}
        # What docker stats leaves out: pages of files, which the kernel may take at any time.
        files = details.get("total_inactive_file", details.get("inactive_file", 0))
        return max(0, memory["usage"] - files), memory.get("limit"), rate


def last_log_lines(engine: Engine, container: str) -> tuple[str, ...]:
    """The last lines of a container's log, empty where it has none."""
    with suppress(ConcurrentChange):
        lines = log_lines("", iter(engine.logs(container, _LAST_LINES, follow=False)))
        return tuple(line.text for line in lines if line.text.strip())
    return ()


def _health(service: Service, uptime_s: float) -> ServiceHealth:
    """Return the service's health; one that does not listen yet is starting."""
    answer = probe_health(service)
    return "starting" if answer == "unreachable" and uptime_s < LISTEN_TIMEOUT else answer


def _since(at: str) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds())


def is_of_project(labels: Mapping[str, str] | None, project: str) -> bool:
    return (labels or {}).get(PROJECT) == project
