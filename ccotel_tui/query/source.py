"""Who answers: one narrow protocol, and how a source is chosen."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Any, Literal, Protocol

from ccotel_tui.ahead import Ahead
from ccotel_tui.network.address import Headers, address, unnamed
from ccotel_tui.network.ownership import foreign_owner
from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.query import Answer, Current, EventKind, EventRow, Query, Scope
from ccotel_tui.query.window import Bucket, Window

SourceName = Literal["auto", "embedded", "stack"]


class Source(Protocol):
    """Answers questions. Every method may block, and raises SourceUnavailable."""

    name: str
    moved_on: Event
    """Set while nobody waits for the answer: the asking may end with SourceUnavailable."""

    def numbers(self, asks: Iterable[Query], window: Window, scope: Scope) -> dict[Query, Answer]:
        """The answer to each question, all from the same moment where the source can."""
        ...

    def at_once(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        """What these askings of it return: at the same time, where that is quicker."""
        ...

    def unseen(self, sessions: Iterable[str], to_ns: int) -> float | None:
        """Dollars that these sessions spent up to then while nobody listened.

        What their counters hold above their events over their life; None where not knowable, not
        finite where a record is beyond all sums.
        """
        ...

    def missed(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        """Events of each of these sessions that were sent and not received.

        They were active in the window; each is looked up in its whole life. A session of which
        that is not known is left out.
        """
        ...

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        """The session of the newest activity up to then."""
        ...

    def rows(
        self, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        """The newest events of these kinds (of all, where none is named), newest last."""
        ...

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        """The events of this kind in these stretches of time, and maybe some between them.

        The stretches are apart from one another and in order, and so are the rows.
        """
        ...

    def nowhere(self, scope: Scope) -> list[str]:
        """The attributes that the scope looks for and no record has; none where not knowable."""
        ...

    def keeps_context(self) -> bool:
        """Whether a record has the attributes of its resource too."""
        ...

    def dropped(self, window: Window) -> Mapping[MeasureSignal, int]:
        """Records that the collector of a stack dropped meanwhile, by what they were."""
        ...

    def remarks(self, window: Window) -> Mapping[MeasureSignal, Sequence[str]]:
        """Sentences on what a stack was sent or holds meanwhile and no number tells, by signal."""
        ...

    def last_heard(self, now_ns: int) -> int | None:
        """The time of the newest record of any kind that is not dated after now."""
        ...

    def ahead(self, now_ns: int) -> Ahead | None:
        """The records that are dated after now by more than SKEW_NS; None where there are none."""
        ...

    def version(self) -> int | None:
        """A number that changes when there is news; None where only asking again can tell."""
        ...

    def close(self) -> None: ...


def open_source(
    name: SourceName,
    database: Path,
    prometheus_url: str,
    loki_url: str,
    headers: Headers = (),
    again_and_again: bool = False,
    named: Collection[str] = (),
    say: Callable[[str], object] = lambda _: None,
) -> Source:
    """The source of that name; `auto` is the stack where it may be asked, else the embedded store.

    It may where it answers and each server is ours, or has an address that somebody `named`; `say`
    gets the sentence on one that is not ours. A source that is asked again and again may hold what
    is long ago for a minute. Raises BadDatabase, and ValueError for what is no address.
    """
    from ccotel_tui.query.embedded.source import EmbeddedSource

    urls = prometheus_url, loki_url
    ours_only = [url for url in urls if url not in named] if name == "auto" else []
    # A port that nobody listens on is told at once, and without importing an HTTP client.
    if name == "stack" or (name == "auto" and _may_be_asked(urls, ours_only, say)):
        from ccotel_tui.query.stack.cached_source import CachedSource
        from ccotel_tui.query.stack.source import StackSource

        kind = CachedSource if again_and_again else StackSource
        stack = kind(prometheus_url, loki_url, headers, ours_only)
        if name == "stack" or stack.answers():
            return stack
        stack.close()
    return EmbeddedSource(database, again_and_again)


def _may_be_asked(
    urls: Iterable[str], ours_only: Collection[str], say: Callable[[str], object]
) -> bool:
    """Whether somebody listens at each address, and it is a server of ours where it has to be."""
    import socket
    from contextlib import ExitStack

    with ExitStack() as stack:
        try:
            servers = {
                url: stack.enter_context(socket.create_connection(address(url).host, timeout=0.5))
                for url in urls
            }
        except OSError:
            return False
        foreign = {url: foreign_owner(servers[url]) for url in ours_only}
    for url, owner in foreign.items():
        if owner:
            host, port = address(url).host
            say(unnamed(f"{host}:{port}", owner))
    return not any(foreign.values())
