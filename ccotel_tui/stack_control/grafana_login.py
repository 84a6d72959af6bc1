"""Grafana's administrator: a generated password, kept in a file that its owner alone can read.

The first line of the file is the password that Grafana is to have. Until Grafana has taken it, the
other lines are those that it may still have, so that the next `up` completes a change that was cut
off.
"""

import base64
import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ccotel_tui.errors import NotReady
from ccotel_tui.local.private_file import replace_private
from ccotel_tui.network.address import address
from ccotel_tui.network.http import HttpFailure, probe
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control.compose_file import Port
from ccotel_tui.stack_control.lock import naming

USER = "admin"

_FIRST = "admin"
"""The password of a new volume, where no variable sets another."""

_TIMEOUT = 10.0
"""Seconds."""


def kept_passwords(file: Path) -> list[str]:
    """The wanted password and the former ones; none where Grafana's is the one shipped.

    Raises StackFileUnusable.
    """
    with naming(file), suppress(FileNotFoundError):
        return file.read_text(encoding="utf-8").splitlines()
    return []


def renew_password(file: Path, port: Port, shipped: str, container: str) -> None:
    """Generate a password and have Grafana take it. Raises NotReady.

    `shipped` is what a new volume starts with.
    """
    former = kept_passwords(file)
    _keep(file, [secrets.token_urlsafe(24), *(former or [shipped or _FIRST])])
    if not _change(file, port, shipped):
        _keep(file, former)
        raise _unknown_password(container)


def apply_password(file: Path, port: Port, shipped: str, container: str) -> None:
    """Have Grafana take the kept password, where one is kept and Grafana has another.

    Raises NotReady where Grafana has none of the passwords that are kept here.
    """
    wanted, *former = kept_passwords(file) or [""]
    if wanted and _ask(port, "GET", "/api/user", wanted):
        if former:
            _keep(file, [wanted])
    elif wanted and not _change(file, port, shipped):
        raise _unknown_password(container)


def _change(file: Path, port: Port, shipped: str) -> bool:
    """Whether Grafana has taken the wanted password in place of one that it may have."""
    wanted, *former = kept_passwords(file)
    for old in dict.fromkeys([*former, shipped, _FIRST]):
        body = {"oldPassword": old, "newPassword": wanted, "confirmNew": wanted}
        if _ask(port, "PUT", "/api/user/password", old, json.dumps(body).encode()):
            _keep(file, [wanted])
            return True
    return False


def _unknown_password(container: str) -> NotReady:
    form = (
        "Grafana's {user} has a password that is not known here. docker exec {container} grafana "
        "cli admin reset-admin-password {first} sets it back; then: ccotel-tui stack up "
        "--new-password."
    )
    values = {"user": USER, "container": container, "first": _FIRST}
    return NotReady(Sentence("grafana_password", form, **values), "grafana")


def _keep(file: Path, passwords: Sequence[str]) -> None:
    """Write the file, whole or not at all, with mode 0600; without passwords there is none."""
    with naming(file):
        if passwords:
            replace_private(file, "".join(f"{password}\n" for password in passwords))
        else:
            file.unlink()


def _ask(port: Port, method: str, path: str, password: str, body: bytes | None = None) -> bool:
    """Whether Grafana does it for its administrator; not where it wants another password.

    Raises NotReady where another user has the port, which is told no password, and where Grafana
    does not answer: it may have taken the password all the same.
    """
    login = base64.b64encode(f"{USER}:{password}".encode()).decode()
    headers = (("Authorization", f"Basic {login}"), ("Content-Type", "application/json"))
    try:
        status = probe(
            method, address(f"http://{port}"), path, _TIMEOUT, headers, body, ours_only=True
        ).status
    except HttpFailure as failure:
        if failure.kind == "foreign":
            form = "{port} {failure}: it is told no password of Grafana's."
            words = Sentence("grafana_foreign", form, port=str(port), failure=str(failure))
        else:
            form = (
                "Grafana at {port} does not answer about its password ({failure}): "
                "ccotel-tui stack up completes the change."
            )
            words = Sentence("grafana_late", form, port=str(port), failure=str(failure))
        raise NotReady(words, "grafana") from failure
    if status not in (200, 401):
        form = "Grafana at {port} answered {status} about its password."
        words = Sentence("grafana_answered", form, port=str(port), status=status)
        raise NotReady(words, "grafana")
    return status == 200
