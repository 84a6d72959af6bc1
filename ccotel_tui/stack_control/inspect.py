"""What is there: the project's containers, and the services' states in words and numbers."""

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
    """All that bears the project's label, in the order of their numbers."""
    found = [_found(one) for one in engine.containers(project)]
    return sorted(found, key=lambda one: int(one.labels.get(NUMBER) or 0))


def by_service(found: list[Inspected]) -> dict[str, Inspected]:
    """The first container of each service."""
    return {one.service: one for one in reversed(found) if not one.one_off}


def _found(told: dict[str, Any]) -> Inspected:
    networks = (told.get("NetworkSettings") or {}).get("Networks") or {}
    labels = told["Labels"] or {}
    return Inspected(
        id=told["Id"],
        name=told["Names"][0].lstrip("/") if told["Names"] else told["Id"][:12],
        service=labels.get(SERVICE, ""),
        state=told["State"],
        image_id=told["ImageID"],
        network_ids={name: one["NetworkID"] for name, one in networks.items()},
        labels=labels,
    )


class StateReader:
    """Polls service state; CPU use is the difference of two samples."""

    def __init__(self, engine: Engine, file: ComposeFile) -> None:
        self._engine = engine
        self._file = file
        self._worked: dict[str, tuple[float, int]] = {}

    def states(self) -> tuple[ServiceState, ...]:
        found = by_service(containers(self._engine, self._file.project))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return tuple(
                pool.map(lambda one: self._state(one, found.get(one.name)), self._file.services)
            )

    def _state(self, service: Service, found: Inspected | None) -> ServiceState:
        if found is None:
            return ServiceState(service.name, image=service.image)
        try:
            told = self._engine.inspect(found.id)
            state = told["State"]
            runs = state["Status"] == "running"
            uptime = _since(state["StartedAt"]) if runs else None
            memory, limit, cpu = self._use(found.id, uptime) if uptime else (None, None, None)
            restarts = told["RestartCount"]
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
                    f"{one['HostIp']}:{one['HostPort']}"
                    for _, many in sorted(
                        (told["NetworkSettings"]["Ports"] or {}).items(),
                        key=lambda port: int(port[0].split("/")[0]),
                    )
                    for one in many or ()
                ),
                memory=memory,
                memory_limit=limit,
                cpu=cpu,
                image=told["Config"]["Image"],
                last_words=last_log_lines(self._engine, found.id) if wrong else (),
            )
        except ConcurrentChange:
            return ServiceState(service.name, image=service.image)

    def _use(self, container: str, uptime_s: float) -> tuple[int | None, int | None, float | None]:
        """Memory in use, its limit, and processors in use."""
        told = self._engine.stats(container)
        memory, cpu = told.get("memory_stats") or {}, told.get("cpu_stats") or {}
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
        said = log_lines("", iter(engine.logs(container, _LAST_LINES, follow=False)))
        return tuple(line.text for line in said if line.text.strip())
    return ()


def _health(service: Service, uptime_s: float) -> ServiceHealth:
    """What it answers; one that does not listen yet is starting."""
    answer = probe_health(service)
    return "starting" if answer == "unreachable" and uptime_s < LISTEN_TIMEOUT else answer


def _since(at: str) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds())


def is_of_project(labels: Mapping[str, str] | None, project: str) -> bool:
    return (labels or {}).get(PROJECT) == project
