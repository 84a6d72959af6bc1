"""JSON from Prometheus and Loki, and what is wrong with one as a sentence for the reader."""

import json
from typing import Any

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.network.address import Address, unnamed
from ccotel_tui.network.http import HttpClient, HttpFailure, Limit, Response
from ccotel_tui.query.stack.responses import HttpQuery

_READY_TIMEOUT = 0.5
"""Seconds."""


def get_json(client: HttpClient, query: HttpQuery, limit: Limit, field: str = "data") -> Any:
    """Return that field of the answer: `data` in the form of Prometheus and of Loki.

    Without a field the whole is returned: Loki leaves `data` out where a label has no values.
    Raises SourceUnavailable.
    """
    server = query.server
    try:
        response = client.get(server, query.path, query.parameters, limit)
    except HttpFailure as failure:
        raise SourceUnavailable(_failure_message(server, failure)) from failure
    if response.status != 200:
        raise SourceUnavailable(_refusal_message(server, response))
    return _json_field(field, server, response)


def is_ready(client: HttpClient, address: Address, path: str) -> bool:
    """Return whether a server that may be asked is ready, by its answer within half a second."""
    try:
        limit = client.limit(_READY_TIMEOUT)
        return client.request("GET", address, path, limit).status == 200
    except HttpFailure:
        return False


def timeout_message(server: str) -> str:
    """The sentence on a server that does not answer in time."""
    return f"{server} did not answer in time. It is asked again at the next update."


def _json_field(field: str, address: Address, response: Response) -> Any:
    try:
        content = json.loads(response.body)
        return content[field] if field else content
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        kind = _printable(response.headers.get("content-type", "").split(";")[0])
        raise SourceUnavailable(
            f"{address.server} answered with no JSON of a query{kind and f', but {kind}'}: "
            "is it another program's port, or a page to log in?"
        ) from error


def _refusal_message(address: Address, response: Response) -> str:
    status = response.status
    reason = _reason(address, response)
    answered = f"{address.server} answered {status}{reason and f': {reason}'}"
    if status in (401, 403):
        return (
            f"{answered}: it does not let you in. Name yourself with --header @FILE, or with "
            "user:password@ in its URL (CCOTEL_LOKI_URL, CCOTEL_PROMETHEUS_URL)."
        )
    if status == 429:
        seconds = response.retry_after
        when = f"in {seconds:.0f} s" if seconds else "later"
        return f"{answered}: too many questions. It is asked again {when}."
    if 300 <= status < 400:
        return f"{answered}: it sends elsewhere. Give the address of the server itself."
    if status == 404:
        return f"{answered}: is this the server's address, with its path?"
    if status >= 500:
        return f"{answered}: it fails. It is asked again at the next update."
    return f"{answered}."


def _reason(address: Address, response: Response) -> str:
    """The reason that the server gives, if it is text for a person."""
    text = response.body[:4000].decode(errors="replace")
    try:
        text = str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        if "<" in text[:100]:
            return ""
    return " ".join(_printable(address.without_secrets(text)).split())[:200].rstrip(".")


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _failure_message(address: Address, failure: HttpFailure) -> str:
    server = address.server
    match failure.kind:
        case "cancelled":
            return str(failure)
        case "foreign":
            host, port = address.host
            return unnamed(f"{host}:{port}", str(failure))
        case "unreachable":
            return f"Nobody answers at {server}: start the stack, or use --source embedded."
        case "late":
            return timeout_message(server)
        case "untrusted":
            return (
                f"{server} is not trusted: {_printable(str(failure))} SSL_CERT_FILE may name your "
                "own authority's certificate."
            )
        case "broken off":
            return (
                f"{server} broke off in the middle of its answer. It is asked again at the next "
                "update."
            )
        case "invalid":
            return f"{server} does not answer as it should: {failure}."
