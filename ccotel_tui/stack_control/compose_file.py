"""The subset of the Compose file format that our stack uses; any other key is an error.

A port without a host address is refused: Docker would open it to the network.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from ccotel_tui.errors import BadComposeFile
from ccotel_tui.local.stack_ports import PORTS, variables_of
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.sentences import Sentence, system_words

_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?::-([^}]*))?\}|)")
_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):(\d+):(\d+)")
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*")
_BYTES = re.compile(r"(\d+)([kmg]?)b?")
_LENGTH = re.compile(r"(?:(\d+)m)?(?:(\d+)s)?")
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


@dataclass(frozen=True, slots=True)
class Port:
    """A published TCP port; `variable` names what changes it, if something does."""

    host: str
    published: int
    container: int
    variable: str = ""

    def __str__(self) -> str:
        return host_and_port(self.host, self.published)


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or directory of this machine (absolute), or a volume by its key in the file."""

    kind: Literal["bind", "volume"]
    source: str
    target: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service with all its variables set. Sizes in bytes, times in seconds."""

    name: str
    image: str
    image_variable: str = ""
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    volumes: tuple[Mount, ...] = ()
    depends_on: tuple[str, ...] = ()
    restart: str = "no"
    user: str = ""
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    mem_limit: int = 0
    memswap_limit: int = 0
    logging: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    stop_grace_period: int = 10

    def publishes(self, container_port: int) -> Port | None:
        """The port as published, or None."""
        return next((port for port in self.ports if port.container == container_port), None)


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """The file as read; services in its order."""

    project: str
    path: Path
    services: tuple[Service, ...]
    volumes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(service.name for service in self.services)

    @property
    def levels(self) -> list[list[Service]]:
        """Services in the order of their start; those of a list depend on none of each other."""
        left, levels, done = list(self.services), [], set[str]()
        while left:
            level = [service for service in left if done.issuperset(service.depends_on)]
            if not level:
                raise BadComposeFile(f"{self.path}: depends_on goes in a circle.")
            levels.append(level)
            done.update(service.name for service in level)
            left = [service for service in left if service.name not in done]
        return levels

    def needed_to_publish(self, container_port: int) -> set[str]:
        """The services that publish the port, and all that they depend on."""
        publishing = (each.name for each in self.services if each.publishes(container_port))
        return set[str]().union(*map(self.needed_by, publishing))

    def needed_by(self, name: str) -> set[str]:
        """The service and all that it depends on, directly or not."""
        [service] = [each for each in self.services if each.name == name]
        return {name}.union(*(self.needed_by(other) for other in service.depends_on))


def read_compose_file(path: Path, environment: Mapping[str, str]) -> ComposeFile:
    """The file with its variables set from the environment, else from `.env` beside it.

    The project is COMPOSE_PROJECT_NAME, else the file's name. Raises BadComposeFile.
    """
    return _Reading(path, {**_dotenv(path.with_name(".env")), **environment}).file()


class _Wrong(Exception):
    """A value of the wrong kind; the text says what to write."""


class _Reading:
    def __init__(self, path: Path, variables: Mapping[str, str]) -> None:
        self.path = path.absolute()
        self.variables = variables

    def file(self) -> ComposeFile:
        top = self._load()
        allowed = {"name", "services", "volumes"}
        if unknown := next((key for key in top if key not in allowed), None):
            raise BadComposeFile(f"{self.path}: {unknown} is not understood here.")
        project = self.variables.get("COMPOSE_PROJECT_NAME") or str(top.get("name", ""))
        if not _PROJECT.fullmatch(project):
            raise BadComposeFile(
                f"{self.path}: the project is called {project!r}; "
                "a name has small letters, digits, - and _."
            )
        given = top.get("services")
        if not isinstance(given, dict) or not given:
            raise BadComposeFile(f"{self.path} has no services.")
        services = tuple(self._service(name, keys) for name, keys in given.items())
        read_file = ComposeFile(project, self.path, services, tuple(top.get("volumes") or ()))
        self._check(read_file, top.get("volumes") or {})
        return read_file

    def _load(self) -> dict[str, Any]:
        try:
            top = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise BadComposeFile(_unreadable(self.path, error)) from error
        if not isinstance(top, dict):
            raise BadComposeFile(f"{self.path} is not a Compose file.")
        return top

    def _service(self, name: str, keys: object) -> Service:
        if not isinstance(keys, dict) or "image" not in keys:
            raise BadComposeFile(f"{self.path}: {name} has no image.")
        values: dict[str, Any] = {}
        for key, value in keys.items():
            if key not in _KEYS:
                raise BadComposeFile(f"{self.path}: {name}: {key} is not understood here.")
            try:
                values[key] = _KEYS[key](self, value)
            except _Wrong as wrong:
                raise BadComposeFile(f"{self.path}: {name}: {key} {value!r}: {wrong}") from None
        return Service(name=name, image_variable=_variable(keys["image"]), **values)

    def _check(self, file: ComposeFile, volumes: Mapping[str, object]) -> None:
        for volume, settings in volumes.items():
            if settings:
                raise BadComposeFile(f"{self.path}: {volume}: settings are not understood here.")
        for service in file.services:
            if missing := set(service.depends_on) - set(file.names):
                raise BadComposeFile(
                    f"{self.path}: {service.name}: depends_on: there is no {missing.pop()}."
                )
            used = {mount.source for mount in service.volumes if mount.kind == "volume"}
            if missing := used - set(volumes):
                raise BadComposeFile(
                    f"{self.path}: {service.name}: volumes: there is no volume {missing.pop()}."
                )
        _ = file.levels

    def text(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _Wrong("write a text.")
        return _VARIABLE.sub(self._set, str(value))

    def _set(self, reference: re.Match[str]) -> str:
        dollar, name, default = reference.groups()
        if dollar:
            return "$"
        if name is None:
            raise _Wrong("write ${NAME} or ${NAME:-default}, and $$ for a dollar.")
        given = self.variables.get(name, "")
        return given or default or ""

    def texts(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise _Wrong("write a list.")
        return tuple(self.text(item) for item in value)

    def mapping(self, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            raise _Wrong("write NAME: value.")
        return {str(name): self.text(item) for name, item in value.items()}

    def boolean(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise _Wrong("write true or false.")
        return value

    def size(self, value: object) -> int:
        match = _BYTES.fullmatch(self.text(value).lower())
        if not match:
            raise _Wrong("write a size such as 512m.")
        return int(match[1]) * _UNITS[match[2]]

    def seconds(self, value: object) -> int:
        text = self.text(value)
        match = _LENGTH.fullmatch(text)
        if not text or not match:
            raise _Wrong("write a time such as 30s or 1m30s.")
        return int(match[1] or 0) * 60 + int(match[2] or 0)

    def ports(self, value: object) -> tuple[Port, ...]:
        if not isinstance(value, list):
            raise _Wrong("write a list.")
        return tuple(self._port(item) for item in value)

    def _port(self, value: object) -> Port:
        match = _PORT.fullmatch(self.text(value))
        if not match:
            raise _Wrong("write ADDRESS:PORT:PORT, such as 127.0.0.1:13000:3000.")
        published = int(match[2])
        if published not in PORTS:
            raise _Wrong(f"{published} is no port; there are {PORTS[0]} to {PORTS[-1]}.")
        return Port(match[1].strip("[]"), published, int(match[3]), _variable(value))

    def mounts(self, value: object) -> tuple[Mount, ...]:
        if not isinstance(value, list):
            raise _Wrong("write a list.")
        return tuple(self._mount(item) for item in value)

    def _mount(self, value: object) -> Mount:
        keys = {"type", "source", "target", "read_only"}
        if not isinstance(value, dict) or not {"type", "source", "target"} <= set(value) <= keys:
            raise _Wrong("write type, source, target and perhaps read_only.")
        kind, source = value["type"], self.text(value["source"])
        if kind not in ("bind", "volume"):
            raise _Wrong("the type is bind or volume.")
        if kind == "bind":
            source = str((self.path.parent / source).resolve())
        read_only = self.boolean(value.get("read_only", False))
        return Mount(kind, source, self.text(value["target"]), read_only)

    def log_driver(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict) or not set(value) <= {"driver", "options"}:
            raise _Wrong("write driver and options.")
        return {
            "driver": self.text(value.get("driver", "json-file")),
            "options": self.mapping(value.get("options", {})),
        }


_KEYS: dict[str, Callable[[_Reading, object], object]] = {
    "image": _Reading.text,
    "command": _Reading.texts,
    "environment": _Reading.mapping,
    "ports": _Reading.ports,
    "volumes": _Reading.mounts,
    "depends_on": _Reading.texts,
    "restart": _Reading.text,
    "user": _Reading.text,
    "read_only": _Reading.boolean,
    "tmpfs": _Reading.texts,
    "cap_drop": _Reading.texts,
    "security_opt": _Reading.texts,
    "mem_limit": _Reading.size,
    "memswap_limit": _Reading.size,
    "logging": _Reading.log_driver,
    "labels": _Reading.mapping,
    "stop_grace_period": _Reading.seconds,
}


def _variable(value: object) -> str:
    """The first variable that a value is made from."""
    return next((reference[2] for reference in _VARIABLE.finditer(str(value)) if reference[2]), "")


def _dotenv(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadComposeFile(_unreadable(path, error)) from error
    variables, wrong = variables_of(text)
    if wrong is not None:
        raise BadComposeFile(f"{path}, line {wrong}: write NAME=value.")
    return variables


def _unreadable(path: Path, error: Exception) -> Sentence:
    why = system_words(error) if isinstance(error, OSError) else " ".join(str(error).split())
    return Sentence("file_unreadable", "{path} cannot be read: {error}.", path=path, error=why)
