"""From any state to a stack that is ready, in the order that loses no telemetry.

Pull; start what takes no telemetry; when that answers, have the OTLP ports released and start the
collector; when it answers OTLP, say so, else stop it and have the ports taken back. What telemetry
does not need, such as Grafana, comes last: that it cannot start keeps nothing out.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from ccotel_tui.errors import (
    Cancelled,
    DockerUnavailable,
    LeftOut,
    NameTaken,
    NotReady,
    PortInUse,
    StackError,
    sentence,
)
from ccotel_tui.network.listener import process_of
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control import plan
from ccotel_tui.stack_control.compose_file import ComposeFile, Port, Service
from ccotel_tui.stack_control.container_spec import (
    container_name,
    creation_body,
    is_of_our_make,
    matches,
    network_labels,
    network_name,
    resembles,
    volume_labels,
    volume_name,
)
from ccotel_tui.stack_control.docker.credentials import Logins
from ccotel_tui.stack_control.docker.engine import ConcurrentChange, Engine
from ccotel_tui.stack_control.docker.images import pull
from ccotel_tui.stack_control.inspect import (
    Inspected,
    by_service,
    containers,
    is_of_project,
    last_log_lines,
)
from ccotel_tui.stack_control.models import Handover, Progress, Say
from ccotel_tui.stack_control.plan import Action
from ccotel_tui.stack_control.readiness import OTLP_HTTP, fetch_page, probe_health, takes_telemetry
from ccotel_tui.stack_control.stopping import stop

READY_TIMEOUT = 120.0
"""Seconds in which all services must be ready, once their images are here."""
OTLP_READY_TIMEOUT = 10.0
"""Seconds in which a started collector must acknowledge an export."""

_POLL_INTERVAL = 0.05
MAX_RESTARTS = 3
"""Restarts by the engine after which a service is given up."""

_OPEN_TO_ALL = (
    "Every user and program of this machine can reach the stack's ports: Prometheus, Loki and the "
    "collector have no login, and even a web page can have Loki shut down. See docs/security.md."
)
"""Said when a stack is made, not each time that it starts."""


class Up:
    """One run of the procedure."""

    def __init__(
        self, engine: Engine, file: ComposeFile, say: Say, handover: Handover, cancelled: Event
    ) -> None:
        self._engine = engine
        self._file = file
        self._say = say
        self._handover = handover
        self._cancelled = cancelled
        self._network_id = ""
        self._images: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._started: set[str] = set()
        self._deadline = 0.0

    def run(self, services: Sequence[str]) -> None:
        """Have these services run and answer, all of the file where none is named.

        Raises StackError; LeftOut where only services that telemetry does not need lack.
        """
        wanted = [each for each in self._file.services if not services or each.name in services]
        needed = self._file.needed_to_publish(OTLP_HTTP)
        first = [each for each in wanted if each.name in needed]
        others = [each for each in wanted if each.name not in needed]
        self._warn_of_open_ports()
        if first:
            self._run_until_ready(first)
        if others:
            self._run_others(others, first)
        self._say(Progress("done"))

    def _run_others(self, services: Sequence[Service], first: Sequence[Service]) -> None:
        """Run what telemetry does not need; `first` is what runs already."""
        try:
            self._run_until_ready(services)
        except (Cancelled, ConcurrentChange, DockerUnavailable):
            raise
        except StackError as error:
            if not first:
                raise
            names = " ".join(each.name for each in first)
            form = (
                "{error} Telemetry is taken all the same: the other services are up. When that is "
                "mended, `ccotel-tui stack up` goes on; `ccotel-tui stack up {names}` leaves "
                "{others} out."
            )
            others = " and ".join(each.name for each in services)
            words = Sentence("left_out", form, error=sentence(error), names=names, others=others)
            raise LeftOut(words) from error

    def _run_until_ready(self, wanted: Sequence[Service]) -> None:
        """Have these services run and answer, the one that takes telemetry last."""
        self._images |= self._pull(wanted)
        self._deadline = time.monotonic() + READY_TIMEOUT
        existing = by_service(containers(self._engine, self._file.project))
        self._network_id = self._network(existing)
        self._make_volumes(wanted)
        actions = {each.name: self._action(each, existing.get(each.name)) for each in wanted}
        first = [each for each in wanted if not each.publishes(OTLP_HTTP)]
        # A container that is only created holds no port.
        early = [each for each in wanted if each in first or actions[each.name] is Action.CREATE]
        self._each(
            early, lambda each: self._prepare(each, actions[each.name], existing.get(each.name))
        )
        for level in self._file.levels:
            now = [each for each in level if each in first]
            self._each(now, lambda each: self._start(each, actions[each.name]))
        self._wait(first)
        for service in wanted:
            if port := service.publishes(OTLP_HTTP):
                self._hand_over(service, port, actions[service.name], existing.get(service.name))

    def _warn_of_open_ports(self) -> None:
        if version := self._engine.opens_ports_to_the_network():
            self._say(
                Progress(
                    "warning",
                    text=f"Docker {version} lets machines of the local network reach ports on "
                    "127.0.0.1; Docker 28 and newer do not.",
                )
            )

    def _pull(self, services: Sequence[Service]) -> dict[str, str]:
        """Return the id of each service's image, by the service's name."""
        logins = Logins(self._say)
        images = self._each(
            services, lambda each: pull(self._engine, each, logins, self._say, self._cancelled)
        )
        return dict(zip((each.name for each in services), images, strict=True))

    def _each(self, services: Sequence[Service], call: Callable[[Service], object]) -> list:  # type: ignore[type-arg]
        """Call for all of them at once; raise the first error when all have ended."""
        if not services:
            return []
        self._check()
        with ThreadPoolExecutor(len(services)) as pool:
            return list(pool.map(call, services))

    def _check(self) -> None:
        if self._cancelled.is_set():
            words = Sentence("cancelled_up", "Stopped half-way: up resumes from here.")
            raise Cancelled(words)

    def _network(self, existing: dict[str, Inspected]) -> str:
        """The id of the project's network, made where there is none."""
        name = network_name(self._file)
        networks = self._engine.networks_named(name)
        if any(not is_of_project(network["Labels"], self._file.project) for network in networks):
            form = (
                "The network {name} is not of this stack: remove it (docker network rm {name}), "
                "or set COMPOSE_PROJECT_NAME."
            )
            raise NameTaken(Sentence("network_taken", form, name=name))
        if not networks:
            return self._engine.create_network(name, network_labels(self._file))
        used = {id_ for each in existing.values() for id_ in each.network_ids.values()}
        first, *twins = sorted(networks, key=lambda network: network["Id"] not in used)
        # A start that was killed may have left the engine to make another.
        for twin in twins:
            self._engine.remove_network(twin["Id"])
        return str(first["Id"])

    def _make_volumes(self, services: Sequence[Service]) -> None:
        mounts = [mount for service in services for mount in service.volumes]
        used = {mount.source for mount in mounts if mount.kind == "volume"}
        have = {volume["Name"] for volume in self._engine.volumes(self._file.project)}
        if used and not have:
            self._say(Progress("warning", text=_OPEN_TO_ALL))
        for key in sorted(used):
            name = volume_name(self._file, key)
            if name in have:
                continue
            if self._engine.volume(name):
                form = (
                    "The volume {name} is not of this stack: remove it (docker volume rm {name}), "
                    "or set COMPOSE_PROJECT_NAME."
                )
                raise NameTaken(Sentence("volume_taken", form, name=name))
            self._engine.create_volume(name, volume_labels(self._file, key))

    def _action(self, service: Service, container: Inspected | None) -> Action:
        if container is None:
            return plan.plan_up("absent", False)
        return plan.plan_up(container.state, self._is_as_wanted(service, container))

    def _is_as_wanted(self, service: Service, container: Inspected) -> bool:
        connected = container.network_ids.get(network_name(self._file))
        # A container that was never started has no id of its network yet.
        if connected not in ("", self._network_id):
            return False
        if container.image_id != self._images[service.name]:
            return False
        if is_of_our_make(container.labels):
            return matches(self._file, service, container.labels)
        return resembles(self._file, service, self._engine.inspect(container.id))

    def _prepare(self, service: Service, action: Action, container: Inspected | None) -> None:
        """Have a container that is as the file says."""
        self._check()
        if container is not None:
            self._ids[service.name] = container.id
        if action is Action.REPLACE and container is not None:
            self._say(Progress("replacing", service.name))
            if container.state in plan.RUNS:
                stop(self._engine, container.id, service, network_name(self._file))
            self._engine.remove(container.id)
        if action in (Action.CREATE, Action.REPLACE):
            self._say(Progress("creating", service.name))
            self._ids[service.name] = self._create(service)

    def _create(self, service: Service) -> str:
        name = container_name(self._file, service)
        try:
            return self._engine.create(name, creation_body(self._file, service))
        except NameTaken:
            # Somebody else's `docker compose up` may have made it at this moment.
            there = by_service(containers(self._engine, self._file.project)).get(service.name)
            if there is not None:
                return there.id
            # The engine lists none that it still makes, for a start that was killed.
            self._engine.inspect(name)
            raise

    def _start(self, service: Service, action: Action) -> None:
        self._check()
        container = self._ids[service.name]
        if action is Action.KEEP:
            return
        self._say(Progress("starting", service.name))
        self._started.add(service.name)
        if action is Action.UNPAUSE:
            self._engine.unpause(container)
            return
        try:
            self._engine.start(container)
        except PortInUse as error:
            raise self._port_in_use(service, int(str(error))) from error

    def _port_in_use(self, service: Service, published: int) -> PortInUse:
        port = next((each for each in service.ports if each.published == published), None)
        container = self._engine.publisher(published)
        process = None if container else process_of(published)
        holder = process.sentence if process else Sentence("another_program", "another program")
        if container:
            holder = Sentence("the_container", "the container {name}", name=container)
        change: str = Sentence("port_in_the_file", "another port in the compose file")
        if port and port.variable:
            change = f"{port.variable}={other_port(published)}"
        form = (
            "{service} needs port {port}, and {holder} has it. End that, or choose "
            "another port: {change}."
        )
        values = {"service": service.name, "port": published, "holder": holder, "change": change}
        return PortInUse(Sentence("port_in_use", form, **values))

    def _wait(self, services: Sequence[Service]) -> None:
        """Wait until all of them are ready. Raises NotReady where one of them has ended."""
        waiting = list(services)
        while waiting:
            self._check()
            answers = self._each(waiting, probe_health)
            for service, answer in zip(tuple(waiting), answers, strict=True):
                self._check_running(service)
                if answer in ("ready", ""):
                    waiting.remove(service)
                    self._say(Progress("ready", service.name, fetch_page(service)))
            if waiting and time.monotonic() > self._deadline:
                form = "is not ready after {seconds:.0f} s: {page} does not answer 200"
                page = fetch_page(waiting[0])
                words = Sentence("service_late", form, seconds=READY_TIMEOUT, page=page)
                raise self._not_ready(waiting[0], words)
            if waiting:
                self._cancelled.wait(_POLL_INTERVAL)

    def _hand_over(
        self, service: Service, port: Port, action: Action, container: Inspected | None
    ) -> None:
        """Start the service that takes telemetry, on ports that somebody else may hold."""
        if service.name not in self._ids:
            self._prepare(service, action, container)
        if action is Action.KEEP:
            return self._wait([service])
        self._check()
        self._say(Progress("releasing", service.name))
        self._handover.release()
        try:
            self._start(service, action)
            deadline = time.monotonic() + OTLP_READY_TIMEOUT
            while not takes_telemetry(port):
                self._check()
                self._check_running(service)
                if time.monotonic() > deadline:
                    raise self._not_ready(
                        service, f"does not accept telemetry within {OTLP_READY_TIMEOUT:.0f} s"
                    )
                self._cancelled.wait(_POLL_INTERVAL)
        except BaseException:
            self._take_back(service)
            raise
        self._handover.done()
        self._say(Progress("ready", service.name, fetch_page(service)))
        return None

    def _take_back(self, service: Service) -> None:
        try:
            self._engine.stop(self._ids[service.name], service.stop_grace_period)
        finally:
            self._handover.take_back()
            self._say(Progress("taken back", service.name))

    def _check_running(self, service: Service) -> None:
        details = self._engine.inspect(self._ids[service.name])
        state, restarts = details["State"], details["RestartCount"]
        if state["OOMKilled"]:
            limit = service.mem_limit // 1024**2
            form = "ran out of memory (limit {limit} MiB)"
            raise self._not_ready(service, Sentence("service_memory", form, limit=limit))
        if state["Status"] == "exited" and service.name not in self._started:
            # A down or stop that was killed itself: the engine completes what it was asked.
            form = "{service} was stopped meanwhile. Try again."
            raise ConcurrentChange(Sentence("stopped_meanwhile", form, service=service.name))
        if network_name(self._file) not in details["NetworkSettings"]["Networks"]:
            form = "{service} lost its network meanwhile. Try again."
            raise ConcurrentChange(Sentence("network_lost", form, service=service.name))
        if state["Status"] in ("exited", "dead"):
            code = state["ExitCode"]
            raise self._not_ready(service, Sentence("service_exited", "exited ({code})", code=code))
        if restarts >= MAX_RESTARTS:
            code = state["ExitCode"]
            words = Sentence("service_restarts", "keeps restarting")
            if code:
                form = "keeps restarting, exited ({code})"
                words = Sentence("service_restarts_exited", form, code=code)
            raise self._not_ready(service, words)

    def _not_ready(self, service: Service, what: str) -> NotReady:
        lines = last_log_lines(self._engine, self._ids[service.name])
        log = Sentence("log_empty", "Its log is empty.")
        if lines:
            log = Sentence("log_last", "Last log lines: {lines}", lines=" | ".join(lines))
        form = "{service} {what}: see ccotel-tui stack logs {service}. {log}"
        words = Sentence("service_not_ready", form, service=service.name, what=what, log=log)
        return NotReady(words, service.name)


def other_port(number: int) -> int:
    """A port to suggest in its place."""
    return number + 10_000 if number <= 55_535 else number - 10_000
