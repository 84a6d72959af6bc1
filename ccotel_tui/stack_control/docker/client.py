"""Clients of docker-py that follow the Docker host, and no variable meant for other programs."""

import re
from typing import Any, TypeVar

import requests.utils
from docker import APIClient
from docker.constants import MINIMUM_DOCKER_API_VERSION
from docker.errors import DockerException
from docker.tls import TLSConfig

from ccotel_tui.errors import DockerUnavailable
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control.docker.host import DockerHost

_VERSION = re.compile(r"\d+\.\d+")
_CONNECT_TIMEOUT = 5
_ANSWER_TIMEOUT = 60

Client = TypeVar("Client", bound=APIClient)


class PullClient(APIClient):
    """A client whose answer can be closed while it is read."""

    def send(self, request: Any, **options: Any) -> Any:
        self.answer = super().send(request, **options)
        return self.answer


def connect_engine(host: DockerHost) -> APIClient:
    """A client of the version that the engine has. Raises DockerUnavailable and foreign errors."""
    unversioned = client(APIClient, host, MINIMUM_DOCKER_API_VERSION)
    try:
        version = unversioned.version(api_version=False)["ApiVersion"]
        if not _VERSION.fullmatch(version):
            raise ValueError(version)
    except Exception as error:  # another program's answer breaks docker-py anywhere
        raise DockerException(f"it does not tell its version: {error}") from error
    finally:
        unversioned.close()
    connected = client(APIClient, host, version)
    connected.timeout = _ANSWER_TIMEOUT
    return connected


def client(kind: type[Client], host: DockerHost, version: str) -> Client:
    """A client that has not connected yet. Raises DockerUnavailable and foreign errors.

    It takes no certificates of REQUESTS_CA_BUNDLE and no logins of ~/.netrc, as the docker command
    takes none, and a proxy only to an engine on another machine.
    """
    if problem := host.ssh_problem:
        raise DockerUnavailable(problem)
    tls: TLSConfig | bool = False
    if host.tls:
        pair = (host.certificate, host.key) if host.certificate and host.key else None
        tls = TLSConfig(client_cert=pair, ca_cert=host.ca or None, verify=host.verify)
    try:
        made = kind(base_url=host.url, version=version, timeout=_CONNECT_TIMEOUT, tls=tls)
    except (ValueError, TypeError, AttributeError) as error:
        form = (
            "Docker's config.json holds what cannot be read ({error}): docker logout, then "
            "docker login, writes its logins anew."
        )
        raise DockerUnavailable(Sentence("docker_config", form, error=str(error))) from error
    made.trust_env = False
    if host.remote:
        proxies = requests.utils.get_environ_proxies(made.base_url, no_proxy=None)
        made.proxies.update({name: proxies[name] for name in ("http", "https") if name in proxies})
    return made
