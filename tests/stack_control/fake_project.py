"""Containers, networks and volumes of a fake engine, by the calls of the Engine API."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from tests.stack_control.fake_container import EngineError, FakeContainer, framed

Answer = tuple[int, object] | Iterator[bytes]
"""Status and JSON (or bytes), or the chunks of a stream."""

MEBIBYTE = 2**20
STATISTICS = {
    "cpu_stats": {"cpu_usage": {"total_usage": 10**9}},
    "memory_stats": {"usage": 100 * MEBIBYTE, "limit": 512 * MEBIBYTE},
}


class Filters:
    """The filters of a call that lists."""

    def __init__(self, options: dict[str, str]) -> None:
        filters = json.loads(options.get("filters", "{}"))
        self._labels = dict(label.split("=", 1) for label in filters.get("label", ()))
        self.names: list[str] = filters.get("name", [])
        self.port: str = next(iter(filters.get("publish", ())), "")

    def labelled(self, labels: dict[str, str]) -> bool:
        return self._labels.items() <= labels.items()


class FakeProject:
    """Used from the threads of the engine's server; `close` frees all ports and ends all streams.

    `changed` is held while anything is read or changed, and notified then; `watched` is set when
    somebody is told of events. `making` are names that are taken, once, by what no list has yet.
    """

    def __init__(self) -> None:
        self.containers: dict[str, FakeContainer] = {}
        self.networks: dict[str, dict[str, Any]] = {}
        self.volumes: dict[str, dict[str, Any]] = {}
        self.making: set[str] = set()
        self.changed = threading.Condition(threading.RLock())
        self.watched = threading.Event()
        self._numbers = count(1)
        self._events = 0
        self._closed = False

    def answer(self, call: str, query: str, body: bytes) -> Answer | None:
        """The answer to a call such as "GET /containers/json"; None where it is not one of these.

        Raises EngineError.
        """
        options = {name: values[0] for name, values in parse_qs(query).items()}
        for pattern, respond in _CALLS.items():
            if match := pattern.fullmatch(call):
                with self.changed:
                    answer = respond(self, options, json.loads(body or b"null"), *match.groups())
                    if not call.startswith("GET"):
                        self._events += 1
                        self.changed.notify_all()
                return (200, {}) if answer is None else answer
        return None

    def container(self, name: str) -> FakeContainer:
        """By id or name. Raises EngineError."""
        for container in self.containers.values():
            if name in (container.id, container.name):
                return container
        raise EngineError(404, f"No such container: {name}")

    def write(self, name: str, line: str) -> None:
        """Have a container write a line into its log."""
        with self.changed:
            self.container(name).write(line)
            self.changed.notify_all()

    def close(self) -> None:
        with self.changed:
            self._closed = True
            for container in self.containers.values():
                container.free_ports()
            self.changed.notify_all()

    def _list(self, options: dict[str, str], _: Any) -> Answer:
        filters = Filters(options)
        return 200, [
            container.listed()
            for container in self.containers.values()
            if filters.labelled(container.labels)
            and (not filters.port or int(filters.port) in [p.server_port for p in container.ports])
        ]

    def _create(self, options: dict[str, str], body: Any) -> Answer:
        name = options["name"]
        ids = {container.name: container.id for container in self.containers.values()}
        if name in self.making | ids.keys():
            self.making.discard(name)
            raise EngineError(
                409,
                f'Conflict. The container name "/{name}" is already in use by container '
                f'"{ids.get(name, 12 * "0")}". You have to remove (or rename) that container.',
            )
        endpoints = (body.get("NetworkingConfig") or {"EndpointsConfig": {}})["EndpointsConfig"]
        networks = {name: {**endpoint, "NetworkID": ""} for name, endpoint in endpoints.items()}
        id_ = f"{next(self._numbers):012x}"
        self.containers[id_] = FakeContainer(id_, name, body, networks)
        return 201, {"Id": id_}

    def _inspect(self, _: Any, __: Any, id_: str) -> Answer:
        return 200, self.container(id_).inspected()

    def _start(self, _: Any, __: Any, id_: str) -> None:
        container = self.container(id_)
        for name, endpoint in container.networks.items():
            endpoint["NetworkID"] = self._network(name)["Id"]
        container.start()

    def _stop(self, _: Any, __: Any, id_: str) -> None:
        self.container(id_).end()

    def _kill(self, _: Any, __: Any, id_: str) -> None:
        self.container(id_).end(137)

    def _pause(self, _: Any, __: Any, id_: str) -> None:
        self.container(id_).state = "paused"

    def _unpause(self, _: Any, __: Any, id_: str) -> None:
        self.container(id_).state = "running"

    def _remove(self, _: Any, __: Any, id_: str) -> None:
        container = self.container(id_)
        container.end()
        del self.containers[container.id]

    def _statistics(self, _: Any, __: Any, id_: str) -> Answer:
        self.container(id_)
        return 200, STATISTICS

    def _logs(self, options: dict[str, str], _: Any, id_: str) -> Answer:
        container = self.container(id_)
        lines = container.framed_lines(options["tail"], float(options.get("since", 0)))
        if options["follow"] == "1":
            return self._follow(container, len(container.lines), lines)
        return 200, lines

    def _follow(self, container: FakeContainer, at: int, before: bytes) -> Iterator[bytes]:
        if before:
            yield before
        for number in count(at):
            with self.changed:
                while len(container.lines) <= number:
                    if self._closed or container.state == "exited":
                        return
                    self.changed.wait()
            yield framed(*container.lines[number])

    def _watch(self, _: Any, __: Any) -> Answer:
        self.watched.set()
        return self._follow_events(self._events)

    def _follow_events(self, at: int) -> Iterator[bytes]:
        while True:
            with self.changed:
                while not self._closed and self._events == at:
                    self.changed.wait()
                if self._closed:
                    return
                at = self._events
            yield b'{"Type": "container"}'

    def _network(self, name: str) -> dict[str, Any]:
        for network in self.networks.values():
            if name in (network["Id"], network["Name"]):
                return network
        raise EngineError(404, f"network {name} not found")

    def _list_networks(self, options: dict[str, str], _: Any) -> Answer:
        filters = Filters(options)
        return 200, [
            network
            for network in self.networks.values()
            if filters.labelled(network["Labels"])
            and (not filters.names or network["Name"] in filters.names)
        ]

    def _create_network(self, _: Any, body: Any) -> Answer:
        if body["Name"] in self.making:
            self.making.discard(body["Name"])
            raise EngineError(409, f"network with name {body['Name']} already exists")
        id_ = f"network{next(self._numbers)}"
        self.networks[id_] = {"Id": id_, "Name": body["Name"], "Labels": body.get("Labels") or {}}
        return 201, {"Id": id_}

    def _inspect_network(self, _: Any, __: Any, id_: str) -> Answer:
        return 200, self._network(id_)

    def _remove_network(self, _: Any, __: Any, id_: str) -> None:
        del self.networks[self._network(id_)["Id"]]

    def _connect(self, _: Any, body: Any, id_: str) -> None:
        network = self._network(id_)
        endpoint = {**body["EndpointConfig"], "NetworkID": network["Id"]}
        self.container(body["Container"]).networks[network["Name"]] = endpoint

    def _disconnect(self, _: Any, body: Any, id_: str) -> None:
        container = self.container(body["Container"])
        del container.networks[self._network(id_)["Name"]]
        container.free_ports()

    def _list_volumes(self, options: dict[str, str], _: Any) -> Answer:
        filters = Filters(options)
        volumes = [volume for volume in self.volumes.values() if filters.labelled(volume["Labels"])]
        return 200, {"Volumes": volumes}

    def _volume(self, _: Any, __: Any, name: str) -> Answer:
        if name not in self.volumes:
            raise EngineError(404, f"get {name}: no such volume")
        return 200, self.volumes[name]

    def _create_volume(self, _: Any, body: Any) -> Answer:
        volume = {"Name": body["Name"], "Labels": body.get("Labels") or {}}
        self.volumes[volume["Name"]] = volume
        return 201, volume

    def _remove_volume(self, _: Any, __: Any, name: str) -> None:
        self._volume(_, __, name)
        del self.volumes[name]


_RESPONSES: dict[str, Callable[..., Answer | None]] = {
    "GET /containers/json": FakeProject._list,
    "POST /containers/create": FakeProject._create,
    "GET /containers/{}/json": FakeProject._inspect,
    "POST /containers/{}/start": FakeProject._start,
    "POST /containers/{}/stop": FakeProject._stop,
    "POST /containers/{}/kill": FakeProject._kill,
    "POST /containers/{}/pause": FakeProject._pause,
    "POST /containers/{}/unpause": FakeProject._unpause,
    "DELETE /containers/{}": FakeProject._remove,
    "GET /containers/{}/stats": FakeProject._statistics,
    "GET /containers/{}/logs": FakeProject._logs,
    "GET /events": FakeProject._watch,
    "GET /networks": FakeProject._list_networks,
    "POST /networks/create": FakeProject._create_network,
    "GET /networks/{}": FakeProject._inspect_network,
    "DELETE /networks/{}": FakeProject._remove_network,
    "POST /networks/{}/connect": FakeProject._connect,
    "POST /networks/{}/disconnect": FakeProject._disconnect,
    "GET /volumes": FakeProject._list_volumes,
    "POST /volumes/create": FakeProject._create_volume,
    "GET /volumes/{}": FakeProject._volume,
    "DELETE /volumes/{}": FakeProject._remove_volume,
}
_CALLS = {
    re.compile(call.replace("{}", "([^/]+)")): respond for call, respond in _RESPONSES.items()
}
