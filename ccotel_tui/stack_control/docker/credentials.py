"""Logins for registries, from Docker's configuration and from its credential helpers.

A helper that is missing, fails or never answers gives no login: public images need none.
"""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from threading import Event

from docker import auth
from docker.errors import DockerException
from docker.utils import parse_repository_tag

from ccotel_tui.errors import Cancelled
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control.compose_file import Service
from ccotel_tui.stack_control.docker.errors import flat
from ccotel_tui.stack_control.models import Progress, Say

_POLL_INTERVAL = 0.1
_NOT_FOUND = "credentials not found"
"""What every helper says of a registry that nobody logged in to."""


@dataclass(frozen=True)
class Login:
    """A login as it is sent with a pull, in the engine's form; empty is without one."""

    auth: dict[str, str] = field(default_factory=dict, repr=False)
    problem: str = ""
    """Why a helper that should have given one did not."""


class HelperFailed(Exception):
    """The text completes "docker-credential-x ..."."""


class Logins:
    """The logins of one procedure: a helper is asked once for a registry, one helper at a time.

    May be used from any thread.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._logins: dict[str, Login] = {}

    def of(self, service: Service, limit_s: float, cancelled: Event) -> Login:
        """The login for the registry of a service's image; a helper has limit_s seconds.

        Raises Cancelled.
        """
        try:
            registry, _ = auth.resolve_repository_name(parse_repository_tag(service.image)[0])
        except DockerException:  # the pull will say what is wrong with the name
            return Login()
        with self._lock:
            if registry not in self._logins:
                self._logins[registry] = self._login(service, registry, limit_s, cancelled)
            return self._logins[registry]

    def _login(self, service: Service, registry: str, limit_s: float, cancelled: Event) -> Login:
        config = auth.load_config()
        problem = ""
        if store := config.get_credential_store(registry):
            program = f"docker-credential-{store}"
            self._say(Progress("asking", service.name, f"{program} for {registry}"))
            server = auth.INDEX_URL if registry == auth.INDEX_NAME else registry
            try:
                if given := ask(program, server, limit_s, cancelled):
                    return Login(given)
            except HelperFailed as error:
                problem = f"{program} {error}"
                text = f"{problem}: no login for {registry}, which public images do not need."
                self._say(Progress("warning", text=text))
        written = auth.AuthConfig({"auths": config.auths}).resolve_authconfig(registry)
        return Login(written or {}, problem)


def ask(program: str, server: str, limit_s: float, cancelled: Event) -> dict[str, str]:
    """Return the login that a helper has for the server; empty where nobody logged in.

    Raises HelperFailed and Cancelled.
    """
    status, output, complaint = _run(program, server, limit_s, cancelled)
    if status:
        if _NOT_FOUND in output:
            return {}
        raise HelperFailed(f"failed ({flat(output) or flat(complaint) or f'status {status}'})")
    try:
        given = json.loads(output)
        name, secret = str(given["Username"]), str(given["Secret"])
    except (ValueError, KeyError, TypeError) as error:
        # Not repeated: it may hold the secret.
        raise HelperFailed("gave what is no login") from error
    if not (name or secret):
        return {}
    if name == auth.TOKEN_USERNAME:
        return {"serveraddress": server, "identitytoken": secret}
    return {"serveraddress": server, "username": name, "password": secret}


def _run(program: str, server: str, limit_s: float, cancelled: Event) -> tuple[int, str, str]:
    """The helper's status, its answer and its complaint."""
    path = shutil.which(program)
    if path is None:
        raise HelperFailed("is not on the PATH")
    try:
        # In a session of its own it cannot wait for an answer on our terminal.
        process = subprocess.Popen(
            [path, "get"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise HelperFailed(f"cannot be run ({error.strerror})") from error
    with process:
        try:
            output, complaint = _answer(process, server, limit_s, cancelled)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output, complaint


def _answer(
    process: "subprocess.Popen[str]", server: str, limit_s: float, cancelled: Event
) -> tuple[str, str]:
    """All that the helper writes to its output and to its error output."""
    deadline = time.monotonic() + limit_s
    unsent: str | None = server
    while True:
        try:
            return process.communicate(unsent, _POLL_INTERVAL)
        except subprocess.TimeoutExpired:
            unsent = None
        if cancelled.is_set():
            form = "Stopped while asking for a login: up resumes from here."
            raise Cancelled(Sentence("cancelled_asking", form))
        if time.monotonic() > deadline:
            raise HelperFailed(f"did not answer within {limit_s:.0f} s")
