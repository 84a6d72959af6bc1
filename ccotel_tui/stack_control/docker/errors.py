"""Translation of the errors of docker-py, requests and the sockets below them.

docker-py says little by type: what happened is in the chain of causes, or in the engine's text.
"""

import re
import ssl
from collections.abc import Iterator

import docker.errors
import requests.exceptions
import urllib3.exceptions

from ccotel_tui.errors import (
    DockerUnavailable,
    EngineRefused,
    ImageMissing,
    MountMissing,
    NameTaken,
    StackError,
)
from ccotel_tui.stack_control.docker.host import DockerHost

FOREIGN = (
    docker.errors.DockerException,
    docker.errors.StreamParseError,
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
)
"""Everything that crosses here."""

_IN_USE = re.compile(r"address already in use|port is already allocated")
_PORT = re.compile(r"(?:[\d.]+|\[[\da-f:]+\]):(\d+)")
_MOUNT = re.compile(r"bind source path does not exist: (.+?)\s*$")
_NAME = re.compile(r'name "/?([^"]+)" is already in use by container "?(\w{12})')
_TAG = re.compile(r"manifest unknown|not found|does not exist|manifest for|invalid reference")
_DENIED = r"denied|unauthorized|authentication"
_ALONE = re.compile(r"no route|no such host|timeout|refused|unreachable|lookup|TLS|EOF|deadline")
_MAX_LENGTH = 400


def translate(error: BaseException, host: DockerHost) -> StackError:
    """The error with its cause and the next step."""
    if isinstance(error, docker.errors.APIError) and error.status_code is not None:
        return _answered(error)
    return _unreached(error, host)


def port_in_use(reason: str) -> int | None:
    """The host's port that the engine could not publish, if that is what it says."""
    match = _PORT.search(reason) if _IN_USE.search(reason) else None
    return int(match[1]) if match else None


def image_missing(image: str, variable: str, reason: str, login_problem: str = "") -> ImageMissing:
    """A pull that failed, for the cause that the engine's words tell.

    `login_problem` says why a login that the registry may want was not had.
    """
    other = f"{variable}=IMAGE names another." if variable else ""
    mend = f"Fix or remove the helper in Docker's config.json, then docker login. {other}".rstrip()
    if "no space left" in reason:
        return ImageMissing(f"{image} does not fit on Docker's disk: docker system df.")
    if login_problem and re.search(rf"{_DENIED}|toomanyrequests", reason):
        return ImageMissing(
            f"The registry does not give {image} ({reason}), and {login_problem}. {mend}"
        )
    if re.search(_DENIED, reason):
        return ImageMissing(
            f"The registry does not give {image} ({reason}): it does not exist there, or docker "
            f"login is needed. {other}".rstrip()
        )
    if _ALONE.search(reason):
        return ImageMissing(
            f"{image} is not on this machine and its registry cannot be reached ({reason}): check "
            f"the network. {other}".rstrip()
        )
    if _TAG.search(reason):
        return ImageMissing(f"There is no image {image} ({reason}). {other}".rstrip())
    return ImageMissing(f"{image} could not be pulled: {reason}. {other}".rstrip())


def flat(text: object) -> str:
    """Foreign words in one line of bounded length."""
    return " ".join(str(text).split())[:_MAX_LENGTH]


def _answered(error: docker.errors.APIError) -> StackError:
    reason = flat(error.explanation or error)
    if match := _MOUNT.search(reason):
        return MountMissing(
            f"{match[1]} is to be mounted and is not there, on the machine where Docker runs: "
            "restore it, or install ccotel-tui again."
        )
    if match := _NAME.search(reason):
        return NameTaken(
            f"The name {match[1]} is taken by a container that is not of this stack "
            f"({match[2]}): rename or remove it, or set COMPOSE_PROJECT_NAME."
        )
    return EngineRefused(f"Docker refused ({error.status_code}): {reason}")


def _unreached(error: BaseException, host: DockerHost) -> StackError:
    chain = list(_chain(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in chain)

    if has(PermissionError):
        return DockerUnavailable(
            f"No permission for {host}: add yourself to the group of the socket (sudo usermod -aG "
            "docker $USER, then log in again), or use rootless Docker."
        )
    if has(FileNotFoundError, ConnectionRefusedError):
        others = f" There is {'; '.join(host.others)}." if host.others else ""
        return DockerUnavailable(
            f"Docker is not running, or not installed: nobody answers at {host}. Start it, and "
            f"try again.{others}"
        )
    if has(TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        return DockerUnavailable(f"Docker does not answer at {host}: restart it.")
    if has(ssl.SSLError, requests.exceptions.SSLError, docker.errors.TLSParameterError):
        return DockerUnavailable(
            f"No trusted connection to {host}: check DOCKER_CERT_PATH, DOCKER_TLS_VERIFY or the "
            f"context's certificates ({flat(error)})."
        )
    return DockerUnavailable(f"Docker does not answer as it should at {host}: {flat(error)}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that is behind it: causes, contexts, and errors in arguments."""
    seen: set[int] = set()
    left: list[BaseException] = [error]
    while left:
        current = left.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        left += [other for other in (current.__cause__, current.__context__) if other]
        left += [other for other in current.args if isinstance(other, BaseException)]
        reason = getattr(current, "reason", None)
        left += [reason] if isinstance(reason, BaseException) else []
