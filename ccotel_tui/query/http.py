"""JSON over HTTP: one connection pool, timeouts, and foreign errors in our words."""

import json
from collections.abc import Mapping
from typing import Any

import urllib3

from ccotel_tui.errors import SourceUnavailable

CONNECTIONS = 8
"""To one server at once."""

_TIMEOUT = urllib3.Timeout(connect=2.0, read=15.0)


class Http:
    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, block=True, timeout=_TIMEOUT)

    def get(self, url: str, parameters: Mapping[str, str], retries: int = 1) -> dict[str, Any]:
        """The `data` of an answer in Prometheus' form, which Loki's have too.

        Raises SourceUnavailable.
        """
        try:
            response = self._pool.request(
                "GET", url, fields=dict(parameters), retries=urllib3.Retry(retries, status=0)
            )
        except urllib3.exceptions.HTTPError as error:
            raise SourceUnavailable(_unreached(url, error)) from error
        if response.status != 200:
            said = " ".join(response.data.decode(errors="replace").split())[:200]
            raise SourceUnavailable(f"{_server(url)} answered {response.status}: {said}")
        try:
            data = json.loads(response.data)["data"]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceUnavailable(
                f"{_server(url)} did not answer with JSON: is it another program's port?"
            ) from error
        if not isinstance(data, dict):
            raise SourceUnavailable(f"{_server(url)} answered in another form than expected.")
        return data

    def answers(self, url: str) -> bool:
        """Whether a server says at this address that it is ready, within half a second."""
        try:
            response = self._pool.request("GET", url, retries=False, timeout=0.5)
        except urllib3.exceptions.HTTPError:
            return False
        return response.status == 200

    def close(self) -> None:
        self._pool.clear()


def _server(url: str) -> str:
    parsed = urllib3.util.parse_url(url)
    return f"{parsed.scheme}://{parsed.netloc}"


def _unreached(url: str, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return f"Nobody answers at {_server(url)}: start the stack, or use --source embedded."
    return f"{_server(url)} does not answer as it should: {reason}"
