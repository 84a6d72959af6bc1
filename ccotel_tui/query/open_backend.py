"""Opens the backend that answers: the stack where it may be asked, else the embedded store."""

from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from ccotel_tui.network.address import Headers, address, unnamed
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.query.source import Backend
from ccotel_tui.sentences import Sentence

SourceName = Literal["auto", "embedded", "stack"]

_CONNECT_TIMEOUT = 0.5
"""Seconds."""


def open_backend(
    name: SourceName,
    database: Path,
    prometheus_url: str,
    loki_url: str,
    headers: Headers = (),
    polling: bool = False,
    named: Collection[str] = (),
    say: Callable[[str], object] = lambda _: None,
) -> Backend:
    """Return the backend of that name; `auto` is the stack where it may be asked, else the store.

    It may where both servers are ready and each is ours, or has an address that somebody `named`;
    `say` gets the sentence on one that is not ours, or that was named and is not taken. With
    `polling` it is asked every few seconds: then it caches. Raises BadDatabase, and ValueError for
    what is no address.
    """
    urls = prometheus_url, loki_url
    ours_only = [url for url in urls if url not in named] if name == "auto" else []
    foreign: list[str] = []
    # A port that nobody listens on is found at once, and without importing an HTTP client.
    if name == "stack" or (name == "auto" and _may_query(urls, ours_only, foreign)):
        # A source imports what it asks with: the other one's is not paid for.
        from ccotel_tui.query.stack.backend import open_stack, stack_is_ready

        if name == "stack" or stack_is_ready(prometheus_url, loki_url, headers, ours_only):
            return open_stack(prometheus_url, loki_url, headers, ours_only, polling)
    if name == "auto":
        for sentence in foreign or ([_not_taken(*urls)] if named else ()):
            say(sentence)
    from ccotel_tui.query.embedded.backend import open_embedded

    return open_embedded(database, polling)


def _not_taken(prometheus_url: str, loki_url: str) -> Sentence:
    """Return why other numbers are shown than those of the servers that somebody named."""
    form = (
        "Prometheus at {prometheus} and Loki at {loki} were not both ready: the store of this "
        "machine was taken instead."
    )
    # What else stands in a URL may be a password.
    prometheus, loki = (host_and_port(*address(url).host) for url in (prometheus_url, loki_url))
    return Sentence("servers_not_taken", form, prometheus=prometheus, loki=loki)


def _may_query(urls: Iterable[str], ours_only: Collection[str], foreign: list[str]) -> bool:
    """Return whether each address has a listener, and one of ours where it has to be.

    `foreign` gets the sentences on those that are not.
    """
    # Imported late: the store is read without them.
    import socket

    from ccotel_tui.network.ownership import foreign_owner

    with ExitStack() as stack:
        try:
            servers = {
                url: stack.enter_context(
                    socket.create_connection(address(url).host, timeout=_CONNECT_TIMEOUT)
                )
                for url in urls
            }
        except OSError:
            return False
        owners = {url: foreign_owner(servers[url]) for url in ours_only}
    for url, owner in owners.items():
        if owner:
            host, port = address(url).host
            foreign.append(unnamed(host_and_port(host, port), owner))
    return not foreign
