"""The stack's procedures, made to run in a thread: up, down, restart, status, logs, clean."""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from ccotel_tui.errors import AnothersStack, Cancelled, DockerUnavailable, NotReady
from ccotel_tui.local import locations
from ccotel_tui.network.ownership import user_named
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control import grafana_login, plan
from ccotel_tui.stack_control.compose_file import ComposeFile
from ccotel_tui.stack_control.container_spec import OWNER, container_name, network_name
from ccotel_tui.stack_control.docker import streams
from ccotel_tui.stack_control.docker.engine import ConcurrentChange, Engine
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.endpoints import GRAFANA
from ccotel_tui.stack_control.inspect import Inspected, StateReader, by_service, containers
from ccotel_tui.stack_control.lock import only_one
from ccotel_tui.stack_control.models import (
    Handover,
    Leftover,
    LogLine,
    Progress,
    Say,
    ServiceState,
    StackSnapshot,
)
from ccotel_tui.stack_control.stopping import stop
from ccotel_tui.stack_control.up import Up

_MAX_ATTEMPTS = 5
"""Of `up`, which begins again where somebody else changes the stack meanwhile."""
_ATTEMPT_INTERVAL = 0.5
"""Seconds before the next one: the engine may still make what a start before it asked for."""


class Stack:
    """One Compose project on one Docker host.

    Every method blocks, may be called from any thread, and raises StackError with a sentence to
    show. `say` is called from several threads, one call at a time. Setting `cancelled` ends the
    procedure at its next step with Cancelled; `up` then goes on from there.
    """

    def __init__(self, compose: ComposeFile, host: DockerHost, lock: Path | None = None) -> None:
        """Connect when it is used first."""
        self.compose = compose
        self.host = host
        self._lock = lock or locations.stack_lock(compose.project)
        self._password_file = self._lock.with_suffix(".password")
        self._engine = Engine(host)
        self._states = StateReader(self._engine, compose)

    @property
    def grafana_passwords(self) -> list[str]:
        """The one generated for Grafana's `admin`, then those that it may have until it took it."""
        return grafana_login.kept_passwords(self._password_file)

    def up(
        self,
        say: Say,
        handover: Handover,
        cancelled: Event,
        services: Sequence[str] = (),
        new_password: bool = False,
    ) -> None:
        """Bring all services (or these) to run as the file says and wait until they answer.

        What runs already and matches is left alone; where the collector does, `handover` is not
        called. Grafana, if it is among them, gets a generated password with `new_password`, and
        has the kept one otherwise. Raises DockerUnavailable where the engine is on another machine.
        """
        self._refuse_remote()
        with self._alone(say, cancelled) as say_one:
            self._up(say_one, handover, cancelled, services)
            self._set_password(say_one, services, new_password)

    def down(self, say: Say, cancelled: Event) -> None:
        """Stop and remove the containers and the network; what is in the volumes stays."""
        with self._alone(say, cancelled) as say_one:
            self._remove(say_one, cancelled)
            say_one(Progress("done"))

    def stop(self, say: Say, cancelled: Event, services: Sequence[str] = ()) -> None:
        """Stop all services (or these); their containers stay."""
        with self._alone(say, cancelled) as say_one:
            self._stop(say_one, cancelled, services)
            say_one(Progress("done"))

    def restart(
        self, say: Say, handover: Handover, cancelled: Event, services: Sequence[str] = ()
    ) -> None:
        """Stop all services (or these), then `up`: changed settings are taken too."""
        self._refuse_remote()
        with self._alone(say, cancelled) as say_one:
            self._stop(say_one, cancelled, services)
            self._up(say_one, handover, cancelled, services)

    def states(self) -> tuple[ServiceState, ...]:
        """Every service of the file, in its order."""
        return self._states.states()

    def watch(self, cancelled: Event) -> Iterator[StackSnapshot]:
        """Yield the services' states now, after each change and every 5 s; reconnect for ever."""
        return streams.watch(self._engine, self.compose.project, self.states, cancelled)

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
        names = list(services or self.compose.names)
        if follow:
            return streams.follow(self._engine, self._container, names, tail, cancelled)
        ids = {name: self._container(name) for name in names}
        existing = {name: id_ for name, id_ in ids.items() if id_}
        return streams.past(self._engine, existing, tail)

    def clean_list(self) -> list[Leftover]:
        """Return what `clean` would remove."""
        project = self.compose.project
        return [
            *(Leftover("container", each.name, each.id) for each in self._containers()),
            *(
                Leftover("network", network["Name"], network["Id"])
                for network in self._engine.networks(project)
            ),
            *(
                Leftover("volume", volume["Name"], volume["Name"])
                for volume in self._engine.volumes(project)
            ),
        ]

    def clean(self, say: Say, cancelled: Event) -> None:
        """Remove the project's containers, network and volumes, with all their data."""
        with self._alone(say, cancelled) as say_one:
            self._remove(say_one, cancelled)
            for volume in self._engine.volumes(self.compose.project):
                self._check(cancelled)
                with suppress(ConcurrentChange):
                    self._engine.remove_volume(volume["Name"])
                say_one(Progress("removed", text=f"volume {volume['Name']}"))
            self._password_file.unlink(missing_ok=True)
            say_one(Progress("done"))

    def close(self) -> None:
        """Let the connections go."""
        self._engine.close()

    def _refuse_remote(self) -> None:
        if problem := self.host.ssh_problem or self.host.remote_problem:
            raise DockerUnavailable(problem)

    @contextmanager
    def _alone(self, say: Say, cancelled: Event) -> Iterator[Say]:
        """Nobody else changes the stack meanwhile; gives a `say` that is called in turns."""
        turn = threading.Lock()

        def say_one(progress: Progress) -> None:
            with turn:
                say(progress)

        def waiting(process: str) -> None:
            say_one(Progress("waiting", text=process))

        self._refuse_anothers()
        with only_one(self._lock, waiting, cancelled):
            yield say_one

    def _refuse_anothers(self) -> None:
        """Leave alone what another user of the engine made; root may change all of it."""
        project, this_user = self.compose.project, str(os.getuid())
        labels = [container.labels for container in self._containers()]
        for each in (*self._engine.networks(project), *self._engine.volumes(project)):
            labels.append(each["Labels"] or {})
        users = {each.get(OWNER, "") for each in labels}
        others = {user for user in users if user.isdecimal() and user != this_user}
        if others and this_user != "0":
            form = (
                "The stack {project} on this Docker engine belongs to {user}, with all its data. "
                "Set COMPOSE_PROJECT_NAME to a name of your own, and CCOTEL_..._PORT to other "
                "ports (docs/stack.md)."
            )
            user = user_named(int(min(others)))
            raise AnothersStack(Sentence("anothers_stack", form, project=project, user=user))

    def _containers(self) -> list[Inspected]:
        return containers(self._engine, self.compose.project)

    def _container(self, service: str) -> str:
        container = by_service(self._containers()).get(service)
        return container.id if container else ""

    def _up(self, say: Say, handover: Handover, cancelled: Event, services: Sequence[str]) -> None:
        for left in reversed(range(_MAX_ATTEMPTS)):
            try:
                Up(self._engine, self.compose, say, handover, cancelled).run(services)
                return
            except ConcurrentChange:
                if not left:
                    raise
                cancelled.wait(_ATTEMPT_INTERVAL)

    def _set_password(self, say: Say, services: Sequence[str], new: bool) -> None:
        for service in self.compose.services:
            port = service.publishes(GRAFANA)
            if port is None or (services and service.name not in services):
                continue
            shipped = service.environment.get("GF_SECURITY_ADMIN_PASSWORD", "")
            change = grafana_login.renew_password if new else grafana_login.apply_password
            try:
                change(
                    self._password_file,
                    port,
                    shipped,
                    container_name(self.compose, service),
                )
            except NotReady as error:
                if new:
                    raise
                say(Progress("warning", text=str(error)))

    def _stop(self, say: Say, cancelled: Event, services: Sequence[str] = ()) -> None:
        """In the order against that of the start; what the file does not know goes first."""
        targets = [
            container
            for container in self._containers()
            if not services or container.service in services
        ]
        levels = [[service.name for service in level] for level in self.compose.levels]
        strangers = {container.service for container in targets} - set(self.compose.names)
        for level in [*levels, list(strangers)][::-1]:
            self._check(cancelled)
            running = [
                container
                for container in targets
                if container.service in level and container.state in plan.RUNS
            ]
            with ThreadPoolExecutor(len(running) or 1) as pool:
                list(pool.map(lambda container: self._stop_one(container, say), running))

    def _stop_one(self, container: Inspected, say: Say) -> None:
        service = next(
            (each for each in self.compose.services if each.name == container.service), None
        )
        say(Progress("stopping", container.service))
        with suppress(ConcurrentChange):
            if container.state == "paused":
                self._engine.unpause(container.id)
            stop(self._engine, container.id, service, network_name(self.compose))

    def _remove(self, say: Say, cancelled: Event) -> None:
        self._stop(say, cancelled)
        left = self._containers()
        self._check(cancelled)
        with ThreadPoolExecutor(len(left) or 1) as pool:
            list(pool.map(lambda container: self._remove_one(container, say), left))
        for network in self._engine.networks(self.compose.project):
            with suppress(ConcurrentChange):
                self._engine.remove_network(network["Id"])
            say(Progress("removed", text=f"network {network['Name']}"))

    def _remove_one(self, container: Inspected, say: Say) -> None:
        with suppress(ConcurrentChange):
            self._engine.remove(container.id, volumes=True)
        say(Progress("removed", container.service, f"container {container.name}"))

    def _check(self, cancelled: Event) -> None:
        if cancelled.is_set():
            form = "Stopped half-way: some of it is gone already; do it again."
            raise Cancelled(Sentence("cancelled_removing", form))
