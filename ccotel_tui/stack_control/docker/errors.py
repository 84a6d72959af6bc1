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
from ccotel_tui.sentences import Sentence
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
    other = (
        Sentence("image_other", " {variable}=IMAGE names another.", variable=variable)
        if variable
        else ""
    )
    values = {"image": image, "reason": reason, "other": other}
    if "no space left" in reason:
        form = "{image} does not fit on Docker's disk: docker system df."
        return ImageMissing(Sentence("image_no_room", form, image=image))
    if login_problem and re.search(rf"{_DENIED}|toomanyrequests", reason):
        form = (
            "The registry does not give {image} ({reason}), and {problem}. Fix or remove the "
            "helper in Docker's config.json, then docker login.{other}"
        )
        return ImageMissing(Sentence("image_no_login", form, problem=login_problem, **values))
    if re.search(_DENIED, reason):
        form = (
            "The registry does not give {image} ({reason}): it does not exist there, or docker "
            "login is needed.{other}"
        )
        return ImageMissing(Sentence("image_denied", form, **values))
    if _ALONE.search(reason):
        form = (
            "{image} is not on this machine and its registry cannot be reached ({reason}): check "
            "the network.{other}"
        )
        return ImageMissing(Sentence("image_unreached", form, **values))
    if _TAG.search(reason):
        form = "There is no image {image} ({reason}).{other}"
        return ImageMissing(Sentence("image_none", form, **values))
    form = "{image} could not be pulled: {reason}.{other}"
    return ImageMissing(Sentence("image_not_pulled", form, **values))


def flat(text: object) -> str:
    """Foreign words in one line of bounded length."""
    return " ".join(str(text).split())[:_MAX_LENGTH]


def _answered(error: docker.errors.APIError) -> StackError:
    reason = flat(error.explanation or error)
    if match := _MOUNT.search(reason):
        form = (
            "{path} is to be mounted and is not there, on the machine where Docker runs: "
            "restore it, or install ccotel-tui again."
        )
        return MountMissing(Sentence("mount_missing", form, path=match[1]))
    if match := _NAME.search(reason):
        form = (
            "The name {name} is taken by a container that is not of this stack "
            "({id}): rename or remove it, or set COMPOSE_PROJECT_NAME."
        )
        return NameTaken(Sentence("name_taken", form, name=match[1], id=match[2]))
    form = "Docker refused ({status}): {reason}"
    return EngineRefused(Sentence("docker_refused", form, status=error.status_code, reason=reason))


def _unreached(error: BaseException, host: DockerHost) -> StackError:
    chain = list(_chain(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in chain)

    at = str(host)
    if has(PermissionError):
        form = (
            "No permission for {host}: add yourself to the group of the socket (sudo usermod -aG "
            "docker $USER, then log in again), or use rootless Docker."
        )
        return DockerUnavailable(Sentence("docker_permission", form, host=at))
    if has(FileNotFoundError, ConnectionRefusedError):
        form = (
            "Docker is not running, or not installed: nobody answers at {host}. Start it, and "
            "try again.{others}"
        )
        return DockerUnavailable(
            Sentence("docker_not_running", form, host=at, others=host.named_others)
        )
    if has(TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        form = "Docker does not answer at {host}: restart it."
        return DockerUnavailable(Sentence("docker_late", form, host=at))
    if has(ssl.SSLError, requests.exceptions.SSLError, docker.errors.TLSParameterError):
        form = (
            "No trusted connection to {host}: check DOCKER_CERT_PATH, DOCKER_TLS_VERIFY or the "
            "context's certificates ({error})."
        )
        return DockerUnavailable(Sentence("docker_untrusted", form, host=at, error=flat(error)))
    form = "Docker does not answer as it should at {host}: {error}"
    return DockerUnavailable(Sentence("docker_odd", form, host=at, error=flat(error)))


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
