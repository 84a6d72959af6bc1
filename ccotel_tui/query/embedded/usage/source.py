"""What was used, from the embedded store."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.query.embedded.sql_where import holds, spellings
from ccotel_tui.query.embedded.usage import statements
from ccotel_tui.query.measures import TOKENS_BY_TYPE
from ccotel_tui.query.query import OWN_LABELS, Branch, Scope, TokenKinds, UsageCell, UsageQuery
from ccotel_tui.query.usage.keys import USER_LABELS, user_of
from ccotel_tui.query.window import Bucket, Window
from ccotel_tui.store.shared_attributes import merge_attributes
from ccotel_tui.telemetry.conventions import BRANCH, CACHE_WRITES, COST
from ccotel_tui.telemetry.records import Value
from ccotel_tui.telemetry.values import as_text

_FIXED = 8
"""Numbers of a row: the count, the cost, four kinds of tokens, and two times."""

_PACKED = 2
"""Fields behind the index of a row whose numbers are one."""


class EmbeddedUsage:
    """Answers usage from the store: one scan of the requests' index, in a snapshot."""

    def __init__(self, reader: StoreReader) -> None:
        self._reader = reader

    def cells(self, query: UsageQuery, window: Window, scope: Scope) -> list[UsageCell]:
        buckets = window.buckets() if query.stepped else (window.whole,)
        with self._reader.snapshot():
            return [
                *self._of_requests(query.labels, buckets, scope),
                *self._of_counters(query.labels, buckets, scope),
            ]

    def users(self, sessions: Iterable[str], window: Window) -> dict[str, str]:
        ids = json.dumps([*sessions])
        rows = self._reader.run(statements.NEWEST_REQUESTS, (ids, window.from_ns, window.to_ns))
        users = {
            session: user_of([_value(label, merged) for label in USER_LABELS])
            for session, shared, varying, context in rows
            for merged in [merge_attributes(shared, varying, context)]
        }
        return {session: user for session, user in users.items() if user}

    def cache_writes(
        self, window: Window, scope: Scope
    ) -> dict[tuple[str, str], tuple[float, float]]:
        text, parameters = statements.of_writes(CACHE_WRITES, scope)
        with self._reader.snapshot():
            rows = self._reader.run(text, (json.dumps([window.whole]), *parameters))
            shared = self._shared(origin for _, origin, *_ in rows)
        sums: defaultdict[tuple[str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for model, origin, short, long in rows:
            key = model or "", _value("speed", shared[origin])
            before = sums[key]
            sums[key] = before[0] + short, before[1] + long
        return sums

    def branches(self, window: Window, scope: Scope) -> list[Branch]:
        name = BRANCH
        with self._reader.snapshot():
            varying, sharing = self._having("names", name), self._having("attributes", name)
            if not varying and not sharing:
                return []
            shared = self._shared(sharing)
            common = {id: _value(name, shared[id]) for id in sharing}
            named = [id for id, branch in common.items() if branch]
            [(first_ns,)] = self._reader.run(statements.FIRST_EVENT)
            is_long = window.to_ns - window.from_ns > (window.to_ns - (first_ns or 0)) / 2
            text, parameters = statements.of_branches(varying, named, scope, is_long)
            rows = self._reader.run(text, (json.dumps([window.whole]), *parameters))
        branches = (
            (prompt, common[origin] if of_event is None else _value(name, {}, of_event), last_ns)
            for prompt, origin, of_event, last_ns in rows
        )
        return [Branch(*branch) for branch in branches if all(branch)]

    def _of_requests(
        self, labels: Sequence[str], buckets: Sequence[Bucket], scope: Scope
    ) -> Iterator[UsageCell]:
        columns = statements.grouped_by(labels)
        attributes = [label for label in labels if label not in OWN_LABELS]
        varying = {name: ids for name in attributes if (ids := self._having("names", name))}
        text, parameters = statements.of_requests(labels, varying, scope)
        rows = self._reader.run(text, (json.dumps(buckets), *parameters))
        # Counted from a row's end: the numbers before may be one array. An attribute may be called
        # as a column is: origin.
        grouped = len(columns) + len(varying)
        places = {name: at - grouped for at, name in enumerate(columns)}
        varying_places = {name: at - len(varying) for at, name in enumerate(varying)}
        shared = self._shared(row[places["origin"]] for row in rows) if attributes else {}
        session_at, prompt_at = places.get("session_id"), places.get("prompt_id")
        for index, *row in rows:
            if len(row) == _PACKED:
                row = [*json.loads(row[0]), row[1]]
            count, cost, input_, output, read, creation, first_ns, last_ns = row[:_FIXED]
            if not count:
                continue
            sessions = _set(row[_FIXED]) if session_at is None else _only(row[session_at])
            prompts = _set(row[-1 - grouped]) if prompt_at is None else _only(row[prompt_at])
            of_origin = shared[row[places["origin"]]] if attributes else {}
            values = [
                row[places[label]] or ""
                if label in OWN_LABELS
                else _value(
                    label, of_origin, row[varying_places[label]] if label in varying else None
                )
                for label in labels
            ]
            yield UsageCell(
                tuple(values),
                buckets[index].to_ns,
                "events",
                count,
                cost,
                TokenKinds(input_, output, read, creation),
                sessions,
                prompts,
                first_ns,
                last_ns,
            )

    def _of_counters(
        self, labels: Sequence[str], buckets: Sequence[Bucket], scope: Scope
    ) -> Iterator[UsageCell]:
        text, parameters = statements.of_counters(scope)
        rows = self._reader.run(text, (json.dumps(buckets), *parameters))
        for index, session, model, source, attributes, context, metric, kind, *numbers in rows:
            grown, first_ns, last_ns = numbers
            merged = merge_attributes(attributes, "{}", context)
            columns = {"session_id": session, "model": model, "source": source, "prompt_id": ""}
            yield UsageCell(
                tuple(
                    [
                        columns[label] or "" if label in OWN_LABELS else _value(label, merged)
                        for label in labels
                    ]
                ),
                buckets[index].to_ns,
                "counters",
                0,
                grown if metric == COST else None,
                TokenKinds(
                    *(grown if metric != COST and kind == name else 0.0 for name in TOKENS_BY_TYPE)
                ),
                frozenset({session}),
                frozenset(),
                first_ns,
                last_ns,
            )

    def _having(self, column: str, name: str) -> list[int]:
        """The origins that have the attribute, or (`names`) whose events have it themselves."""
        form = "\n{}\n" if column == "names" else '"{}":'
        text, parameters = holds(
            f"o.{column}", [form.format(spelling) for spelling in spellings(name)]
        )
        return [id for (id,) in self._reader.run(statements.VARYING.format(text), parameters)]

    def _shared(self, origins: Iterable[int]) -> dict[object, dict[str, Value]]:
        ids = json.dumps(sorted(set(origins)))
        return {
            id: merge_attributes(attributes, "{}", context)
            for id, attributes, context in self._reader.run(statements.ORIGINS, (ids,))
        }


def _set(ids: str | list[str]) -> frozenset[str]:
    """The ids, which may come as JSON."""
    return frozenset(filter(None, json.loads(ids) if isinstance(ids, str) else ids))


def _only(id: str | None) -> frozenset[str]:  # noqa: A002
    return frozenset((id,)) if id else frozenset()


def _value(name: str, shared: dict[str, Value], own: str | None = None) -> str:
    """The attribute's value as text: the event's own, in JSON, before what it shares."""
    if own is not None:
        return as_text(json.loads(own)) or ""
    values: Iterable[Any] = (shared[spelling] for spelling in spellings(name) if spelling in shared)
    return as_text(next(iter(values), None)) or ""
