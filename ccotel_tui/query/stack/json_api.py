"""JSON from Prometheus and Loki, and what is wrong with one as a sentence for the reader."""

import json
from collections.abc import Callable
from typing import Any

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.network.address import Address, unnamed
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.network.http import HttpClient, HttpFailure, Limit, Response
from ccotel_tui.query.stack.responses import HttpQuery
from ccotel_tui.sentences import Sentence

_READY_TIMEOUT = 0.5
"""Seconds."""

_ABOUT_THE_QUERY = "PromQL "
"""How a warning begins that says nothing of what the server holds."""


def get_json(
    client: HttpClient,
    query: HttpQuery,
    limit: Limit,
    field: str = "data",
    on_partial: Callable[[str], object] = lambda reason: None,
) -> Any:
    """Return that field of the answer: `data` in the form of Prometheus and of Loki.

    Without a field the whole is returned: Loki leaves `data` out where a label has no values.
    `on_partial` gets the reason of a server that says that a part is missing from its answer.
    Raises SourceUnavailable.
    """
    server = query.server
    try:
        response = client.get(server, query.path, query.parameters, limit)
    except HttpFailure as failure:
        raise SourceUnavailable(_failure_message(server, failure)) from failure
    if response.status != 200:
        raise SourceUnavailable(_refusal_message(server, response))
    content = _json(field, server, response)
    if (reason := _missing_part(content)) is not None:
        on_partial(_one_line(server, reason))
    return content[field] if field else content


def is_ready(client: HttpClient, address: Address, api: str, path: str) -> bool:
    """Return whether a server that may be asked is ready, by its answer within half a second.

    Where nothing is at the path, as at Mimir's, it is ready if it tells its version below `api`.
    """
    limit = client.limit(_READY_TIMEOUT)
    try:
        status = client.request("GET", address, path, limit).status
        if status == 404:
            status = client.request("GET", address, f"{api}/status/buildinfo", limit).status
    except HttpFailure:
        return False
    return status == 200


def timeout_message(server: str) -> Sentence:
    """The sentence on a server that does not answer in time."""
    form = "{server} did not answer in time. It is asked again at the next update."
    return Sentence("answer_late", form, server=server)


def _json(field: str, address: Address, response: Response) -> dict[str, Any]:
    """The answer, which has the field where one is named."""
    try:
        content = json.loads(response.body)
        if not isinstance(content, dict) or (field and field not in content):
            raise ValueError
        return content
    except (ValueError, RecursionError) as error:
        kind = _printable(response.headers.get("content-type", "").split(";")[0])
        form = (
            "{server} answered with no JSON of a query{kind}: is it another program's port, or a "
            "page to log in?"
        )
        but = Sentence("but_kind", ", but {kind}", kind=kind) if kind else ""
        raise SourceUnavailable(
            Sentence("answer_no_json", form, server=address.server, kind=but)
        ) from error


def _missing_part(content: dict[str, Any]) -> str | None:
    """Why the answer lacks a part of what there is, as the server says it; None where it is whole.

    Thanos warns of a store that does not answer, Prometheus of a remote one, and a cluster of
    VictoriaMetrics marks the answer.
    """
    warnings = content.get("warnings")
    for warning in warnings if isinstance(warnings, list) else ():
        if isinstance(warning, str) and not warning.startswith(_ABOUT_THE_QUERY):
            return warning
    return "isPartial" if content.get("isPartial") is True else None


def _refusal_message(address: Address, response: Response) -> Sentence:
    status = response.status
    reason = _reason(address, response)
    values = {"server": address.server, "status": status, "reason": reason and f": {reason}"}
    answered = Sentence("answered", "{server} answered {status}{reason}", **values)
    if status in (401, 403):
        form = (
            "{answered}: it does not let you in. Name yourself with --header @FILE, or with "
            "user:password@ in its URL (CCOTEL_LOKI_URL, CCOTEL_PROMETHEUS_URL)."
        )
        return Sentence("refused_login", form, answered=answered)
    if status == 429:
        seconds = response.retry_after
        when = (
            Sentence("in_seconds", "in {seconds:.0f} s", seconds=seconds)
            if seconds
            else Sentence("later", "later")
        )
        form = "{answered}: too many questions. It is asked again {when}."
        return Sentence("refused_busy", form, answered=answered, when=when)
    if 300 <= status < 400:
        form = "{answered}: it sends elsewhere. Give the address of the server itself."
        return Sentence("refused_redirect", form, answered=answered)
    if status == 404:
        form = "{answered}: is this the server's address, with its path?"
        return Sentence("refused_path", form, answered=answered)
    if status >= 500:
        form = "{answered}: it fails. It is asked again at the next update."
        return Sentence("refused_failing", form, answered=answered)
    return Sentence("refused", "{answered}.", answered=answered)


def _reason(address: Address, response: Response) -> str:
    """The reason that the server gives, if it is text for a person."""
    text = response.body[:4000].decode(errors="replace")
    try:
        text = str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        if "<" in text[:100]:
            return ""
    return _one_line(address, text)


def _one_line(address: Address, text: str) -> str:
    """The beginning of the server's text, without what is secret or not to be printed."""
    return " ".join(_printable(address.without_secrets(text)).split())[:200].rstrip(".")


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _failure_message(address: Address, failure: HttpFailure) -> str:
    server = address.server
    match failure.kind:
        case "cancelled":
            return failure.details
        case "foreign":
            host, port = address.host
            return unnamed(host_and_port(host, port), failure.details)
        case "unreachable":
            form = "Nobody answers at {server}: start the stack, or use --source embedded."
            return Sentence("unreachable", form, server=server)
        case "late":
            return timeout_message(server)
        case "untrusted":
            form = (
                "{server} is not trusted: {details} SSL_CERT_FILE may name your own authority's "
                "certificate."
            )
            details = _printable(failure.details)
            return Sentence("untrusted", form, server=server, details=details)
        case "broken off":
            form = (
                "{server} broke off in the middle of its answer. It is asked again at the next "
                "update."
            )
            return Sentence("broken_off", form, server=server)
        case "invalid":
            form = "{server} does not answer as it should: {details}."
            return Sentence("answer_invalid", form, server=server, details=failure.details)
