"""The Docker engine through docker-py: the only module that calls it, where its errors cross."""

import threading
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from docker import APIClient
from docker.errors import APIError, ImageNotFound, NotFound
from docker.types import CancellableStream
from requests.exceptions import JSONDecodeError

from ccotel_tui.errors import EngineRefused, PortInUse
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control.docker.client import PullClient, client, connect_engine
from ccotel_tui.stack_control.docker.errors import FOREIGN, flat, port_in_use, translate
from ccotel_tui.stack_control.docker.host import DockerHost

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"

_SAFE_SINCE = 28
"""The first major version that keeps ports on 127.0.0.1 from the local network."""

Call = TypeVar("Call", bound=Callable[..., Any])


class ConcurrentChange(EngineRefused):
    """Somebody else changed what was seen a moment ago: to look again helps."""


def _translate_errors(call: Call) -> Call:
    """Raise errors of docker-py and below as StackError, with cause and next step."""

    @wraps(call)
    def wrapper(self: "Engine", *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except ImageNotFound as error:
            raise translate(error, self.host) from error
        except NotFound as error:
            reason = flat(error.explanation)
            form = "It was changed meanwhile: {reason}. Try again."
            words = Sentence("changed_meanwhile", form, reason=reason)
            raise ConcurrentChange(words) from error
        except FOREIGN as error:
            raise translate(error, self.host) from error

    return cast(Call, wrapper)


class Engine:
    """Connects at the first call; may be used from any thread. Raises StackError."""

    def __init__(self, host: DockerHost) -> None:
        self.host = host
        self._lock = threading.Lock()
        self._connected: APIClient | None = None

    @property
    def _api(self) -> APIClient:
        with self._lock:
            if self._connected is None:
                self._connected = connect_engine(self.host)
            return self._connected

    def close(self) -> None:
        with self._lock:
            if self._connected is not None:
                self._connected.close()
                self._connected = None

    @_translate_errors
    def opens_ports_to_the_network(self) -> str:
        """The version of an engine on Linux whose ports on 127.0.0.1 neighbours can reach."""
        version_details = self._api.version()
        engine = next(
            (
                part
                for part in version_details.get("Components") or ()
                if part.get("Name") == "Engine"
            ),
            None,
        )
        desktop = "Desktop" in (version_details.get("Platform") or {}).get("Name", "")
        if engine is None or desktop or version_details.get("Os") != "linux":
            return ""
        version = str(engine["Version"])
        major = version.split(".")[0]
        return version if major.isdigit() and int(major) < _SAFE_SINCE else ""

    @_translate_errors
    def containers(self, project: str) -> list[dict[str, Any]]:
        """Every container of the project, running or not, as the engine lists them."""
        listed: list[dict[str, Any]] = self._api.containers(
            all=True, filters={"label": f"{PROJECT}={project}"}
        )
        return listed

    @_translate_errors
    def inspect(self, container: str) -> dict[str, Any]:
        """Raises ConcurrentChange."""
        details: dict[str, Any] = self._api.inspect_container(container)
        return details

    @_translate_errors
    def stats(self, container: str) -> dict[str, Any]:
        """One sample, at once; empty of a container that ends. Raises ConcurrentChange."""
        try:
            sample: dict[str, Any] = self._api.stats(container, stream=False, one_shot=True)
        except JSONDecodeError:
            return {}
        return sample

    @_translate_errors
    def image(self, name: str) -> str:
        """The id of an image on this machine, empty where there is none."""
        try:
            return str(self._api.inspect_image(name)["Id"])  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return ""

    @_translate_errors
    def create(self, name: str, body: dict[str, Any]) -> str:
        """The id of the new container."""
        made = self._api.create_container_from_config(body, name)  # type: ignore[no-untyped-call]
        return str(made["Id"])

    @_translate_errors
    def start(self, container: str) -> None:
        """Raises PortInUse with the port alone, and ConcurrentChange."""
        try:
            self._api.start(container)
        except APIError as error:
            reason = flat(error.explanation)
            if port := port_in_use(reason):
                raise PortInUse(str(port)) from error
            if "is ambiguous" in reason:
                form = "Networks are created meanwhile: {reason}. Try again."
                words = Sentence("networks_meanwhile", form, reason=reason)
                raise ConcurrentChange(words) from error
            raise

    @_translate_errors
    def stop(self, container: str, within_s: int) -> None:
        self._api.stop(container, timeout=within_s)

    @_translate_errors
    def unpause(self, container: str) -> None:
        self._api.unpause(container)

    @_translate_errors
    def remove(self, container: str, volumes: bool = False) -> None:
        """Also where it runs; `volumes` are its anonymous ones."""
        try:
            self._api.remove_container(container, v=volumes, force=True)
        except APIError as error:
            if error.status_code != 409:  # "removal is already in progress"
                raise
            self._api.wait(container, condition="removed")

    @_translate_errors
    def publisher(self, port: int) -> str:
        """The name of the container that publishes this port, empty where none does."""
        for container in self._api.containers(filters={"publish": str(port)}):
            if any(
                port_details.get("PublicPort") == port
                for port_details in container.get("Ports") or ()
            ):
                return str(container["Names"][0]).lstrip("/")
        return ""

    @_translate_errors
    def networks_named(self, name: str) -> list[dict[str, Any]]:
        """The networks of exactly that name: the engine lets there be several."""
        return [network for network in self._api.networks(names=[name]) if network["Name"] == name]

    @_translate_errors
    def networks(self, project: str) -> list[dict[str, Any]]:
        return list(self._api.networks(filters={"label": f"{PROJECT}={project}"}))

    @_translate_errors
    def connect(self, container: str, network: str, aliases: Sequence[str]) -> None:
        self._api.connect_container_to_network(container, network, aliases=aliases)

    @_translate_errors
    def disconnect(self, container: str, network: str) -> None:
        """The container's ports are free after it. Raises ConcurrentChange."""
        self._api.disconnect_container_from_network(container, network)

    @_translate_errors
    def create_network(self, name: str, labels: dict[str, str]) -> str:
        """The id of the new network. Raises ConcurrentChange where there is one of that name."""
        try:
            made = self._api.create_network(
                name, driver="bridge", labels=labels, check_duplicate=True
            )
        except APIError as error:
            if error.status_code != 409:
                raise
            reason = flat(error.explanation)
            form = "It was made meanwhile: {reason}. Try again."
            raise ConcurrentChange(Sentence("made_meanwhile", form, reason=reason)) from error
        return str(made["Id"])

    @_translate_errors
    def remove_network(self, network: str) -> None:
        self._api.remove_network(network)

    @_translate_errors
    def volume(self, name: str) -> dict[str, Any] | None:
        try:
            details: dict[str, Any] = self._api.inspect_volume(name)
        except NotFound:
            return None
        return details

    @_translate_errors
    def volumes(self, project: str) -> list[dict[str, Any]]:
        listed = self._api.volumes(filters={"label": f"{PROJECT}={project}"})
        return list(listed.get("Volumes") or ())

    @_translate_errors
    def create_volume(self, name: str, labels: dict[str, str]) -> None:
        self._api.create_volume(name, labels=labels)

    @_translate_errors
    def remove_volume(self, name: str) -> None:
        self._api.remove_volume(name)

    @_translate_errors
    def logs(
        self, container: str, tail: int | None, follow: bool, since_s: float | None = None
    ) -> "CancellableStream[bytes]":
        """Pieces of bytes, each line with its time before it. Ends silently with the engine."""
        return self._api.logs(
            container,
            stream=True,
            timestamps=True,
            tail="all" if tail is None else tail,
            follow=follow,
            since=since_s,
        )

    @_translate_errors
    def events(self, project: str) -> "CancellableStream[Any]":
        """Yield the events of the project's containers. Ends silently with the engine."""
        filters = {"label": f"{PROJECT}={project}", "type": "container"}
        return self._api.events(decode=True, filters=filters)

    @_translate_errors
    def pull(self, image: str, auth: dict[str, str]) -> "CancellableStream[Any]":
        """Messages of a pull, each with `status` or `error`. Waits for the first of them."""
        pulling = client(PullClient, self.host, self._api.api_version)
        try:
            messages = pulling.pull(image, stream=True, decode=True, auth_config=auth)
        except APIError as error:
            messages = iter([{"error": error.explanation}])
        return CancellableStream(messages, pulling.answer)
