"""The Docker host, chosen as the docker command chooses it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ccotel_tui.errors import DockerUnavailable
from ccotel_tui.network.loopback import is_loopback
from ccotel_tui.sentences import Sentence, system_words

DEFAULT_HOST = "unix:///var/run/docker.sock"

_SOCKETS = {
    "Docker Desktop": ("{home}/.docker/run/docker.sock", "{home}/.docker/desktop/docker.sock"),
    "Colima": ("{home}/.colima/default/docker.sock", "{home}/.config/colima/default/docker.sock"),
    "OrbStack": ("{home}/.orbstack/run/docker.sock",),
    "Rancher Desktop": ("{home}/.rd/docker.sock",),
    "rootless Docker": ("{runtime}/docker.sock", "{home}/.docker/run/docker.sock"),
    "Podman": ("{runtime}/podman/podman.sock", "/run/podman/podman.sock"),
    "Docker": ("/var/run/docker.sock",),
}


@dataclass(frozen=True, slots=True)
class DockerHost:
    """The engine's address; `chosen_by` names the setting that chose it, certificates are paths."""

    url: str
    chosen_by: str
    ca: str = ""
    certificate: str = ""
    key: str = ""
    tls: bool = False
    verify: bool = True
    others: tuple[str, ...] = ()
    """Sockets of other engines on this machine, each with the words that would choose it."""

    @property
    def remote(self) -> bool:
        """Its published ports are on another machine, as far as the address tells."""
        scheme, host = self._parsed
        return scheme in ("ssh", "tcp", "http", "https") and not (not host or is_loopback(host))

    @property
    def ssh_problem(self) -> str:
        """Why an engine that is reached by ssh is not used; empty of any other."""
        if self._parsed[0] != "ssh":
            return ""
        form = "{host} is reached by ssh, and ccotel-tui does not do that. {instead}"
        return Sentence("docker_by_ssh", form, host=str(self), instead=self._local_instead)

    @property
    def remote_problem(self) -> str:
        """Why the stack cannot be started there; empty where it can."""
        if not self.remote:
            return ""
        form = (
            "Docker runs on another machine ({host}): it cannot mount the stack's files, which "
            "are on this one, and would open the ports there. {instead}"
        )
        return Sentence("docker_elsewhere", form, host=str(self), instead=self._local_instead)

    @property
    def named_others(self) -> str:
        """The other engines of this machine, behind a sentence; empty without any."""
        if not self.others:
            return ""
        return Sentence("docker_others", " There is {others}.", others="; ".join(self.others))

    @property
    def _local_instead(self) -> str:
        choose = "unset DOCKER_HOST" if self.chosen_by == "DOCKER_HOST" else "docker context ls"
        form = (
            "Choose an engine of this machine ({choose}), or start the servers there and name "
            "them with --prometheus-url and --loki-url.{others}"
        )
        return Sentence("docker_local", form, choose=choose, others=self.named_others)

    @property
    def _parsed(self) -> tuple[str, str]:
        """Scheme and host."""
        parsed = _split(self.url)
        return parsed.scheme, parsed.hostname or ""

    def __str__(self) -> str:
        form = "{url} ({chosen_by})"
        return Sentence("docker_host", form, url=self.url, chosen_by=self.chosen_by)


def find(environment: Mapping[str, str]) -> DockerHost:
    """DOCKER_HOST, else DOCKER_CONTEXT, else the current context. Raises DockerUnavailable."""
    folder = Path(environment.get("DOCKER_CONFIG") or _home(environment) / ".docker")
    if url := environment.get("DOCKER_HOST"):
        certificates = Path(environment.get("DOCKER_CERT_PATH") or folder)
        verify = bool(environment.get("DOCKER_TLS_VERIFY"))
        tls = verify or bool(environment.get("DOCKER_CERT_PATH"))
        return _host(url, "DOCKER_HOST", certificates, tls, verify, environment)
    chosen_by = "DOCKER_CONTEXT"
    name = environment.get("DOCKER_CONTEXT")
    if not name:
        chosen_by = Sentence("docker_current_context", "the current context")
        name = str(_read(folder / "config.json").get("currentContext") or "default")
    if name == "default":
        usual = Sentence("docker_default", "the default")
        return _host(DEFAULT_HOST, usual, folder, False, False, environment)
    return _context(name, chosen_by, folder, environment)


def _context(name: str, chosen_by: str, folder: Path, environment: Mapping[str, str]) -> DockerHost:
    ident = sha256(name.encode()).hexdigest()
    meta = _read(folder / "contexts" / "meta" / ident / "meta.json")
    match meta:
        case {"Endpoints": {"docker": {"Host": str(url), **endpoint}}} if url:
            pass
        case _:
            form = (
                "{chosen_by} names the Docker context {name}, and there is none: "
                "see docker context ls, then docker context use NAME."
            )
            words = Sentence("docker_context", form, chosen_by=chosen_by, name=name)
            raise DockerUnavailable(words)
    certificates = folder / "contexts" / "tls" / ident / "docker"
    return _host(
        url,
        Sentence("docker_named_context", "context {name}", name=name),
        certificates,
        certificates.is_dir(),
        not endpoint.get("SkipTLSVerify", False),
        environment,
    )


def _host(
    url: str,
    chosen_by: str,
    certificates: Path,
    tls: bool,
    verify: bool,
    environment: Mapping[str, str],
) -> DockerHost:
    try:
        _split(url)
    except ValueError as error:
        form = "{url} ({chosen_by}) is no engine's address: write one such as {default}."
        raise DockerUnavailable(
            Sentence("docker_address", form, url=url, chosen_by=chosen_by, default=DEFAULT_HOST)
        ) from error

    def file(name: str) -> str:
        return str(certificates / name) if tls and (certificates / name).exists() else ""

    return DockerHost(
        url, chosen_by, file("ca.pem"), file("cert.pem"), file("key.pem"), tls, verify,
        _others(url, environment),
    )  # fmt: skip


def _split(url: str) -> SplitResult:
    """The parts of an address; without a scheme it is one of tcp. Raises ValueError."""
    return urlsplit(url if "://" in url else f"tcp://{url}")


def _others(url: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    home = _home(environment)
    runtime = environment.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    sockets: dict[str, str] = {}
    for engine, patterns in _SOCKETS.items():
        for pattern in patterns:
            path = Path(pattern.format(home=home, runtime=runtime))
            if path.is_socket() and f"unix://{path}" != url:
                sockets.setdefault(str(path), f"{engine}: DOCKER_HOST=unix://{path}")
    return tuple(sockets.values())


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or Path.home())


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        why = system_words(error) if isinstance(error, OSError) else str(error)
        words = Sentence("file_unreadable", "{path} cannot be read: {error}.", path=path, error=why)
        raise DockerUnavailable(words) from error
    return read if isinstance(read, dict) else {}
