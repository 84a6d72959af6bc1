"""Variables that keep Claude Code's telemetry from a proxy that the environment names."""

import re
from collections.abc import Mapping
from itertools import chain

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "grpc_proxy"})

_THIS_MACHINE = ("127.0.0.1", "localhost")

_EXCEPTIONS = {
    "no_grpc_proxy": ("no_grpc_proxy", "no_proxy", "NO_PROXY"),
    "no_proxy": ("no_proxy", "NO_PROXY"),
    "NO_PROXY": ("NO_PROXY", "no_proxy"),
}
"""Each variable, and whose entries hold where it is not set: gRPC in Node reads the first alone."""


def exceptions(environment: Mapping[str, str], host: str) -> dict[str, str]:
    """The variables that take this machine and the host from every proxy; none without a proxy.

    The entries that are there already come first, as they are.
    """
    if not any(name.lower() in _PROXIES and value for name, value in environment.items()):
        return {}
    hosts = list(dict.fromkeys((*_THIS_MACHINE, host)))
    return {
        name: _merged(next(filter(None, map(environment.get, sources)), ""), hosts)
        for name, sources in _EXCEPTIONS.items()
    }


def _merged(entries: str, hosts: list[str]) -> str:
    present = {entry.lower() for entry in re.split(r"[,\s]+", entries)}
    missing = (host for host in hosts if host not in present)
    return ",".join(filter(None, chain([entries.strip(", \t")], missing)))
