"""A source before another one, for tests that change one of its answers."""

from collections.abc import Iterable, Sequence

from ccotel_tui.query.query import Answer, Current, EventKind, EventRow, Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import Bucket, Window


class Passing:
    """Hands every question on."""

    def __init__(self, inner: Source) -> None:
        self.inner = inner

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        return self.inner.numbers(queries, window, scope)

    def rows(
        self,
        kinds: Iterable[EventKind],
        window: Window,
        scope: Scope,
        limit: int,
        *,
        oldest: bool = False,
    ) -> list[EventRow]:
        return self.inner.rows(kinds, window, scope, limit, oldest=oldest)

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        return self.inner.rows_within(kind, stretches, scope)

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        return self.inner.current(to_ns, scope)

    def last_record_ns(self, now_ns: int) -> int | None:
        return self.inner.last_record_ns(now_ns)
