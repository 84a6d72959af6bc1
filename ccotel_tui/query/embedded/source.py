"""The embedded store as a source."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from ccotel_tui.query.embedded import sql, sql_rows
from ccotel_tui.query.embedded.bucket_cache import BucketRow
from ccotel_tui.query.embedded.quantile import finest, quantiles
from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.query.embedded.results import BucketNumbers, answer, label_values, numbers_by_query
from ccotel_tui.query.embedded.sessions import CounterOnly
from ccotel_tui.query.embedded.sql_where import Sql
from ccotel_tui.query.events import event_row
from ccotel_tui.query.query import Answer, Current, EventKind, EventRow, LabelValues, Query, Scope
from ccotel_tui.query.window import DAY, Bucket, Window
from ccotel_tui.store import coverage
from ccotel_tui.store.newest import NEWEST
from ccotel_tui.store.shared_attributes import merge_attributes

_SHORT = 2 * DAY

_MAX_WINDOWS = 8
"""Windows whose answers are cached: those of one refresh."""

NumbersByLabels = dict[LabelValues, BucketNumbers]


class EmbeddedSource:
    """Answers queries from the SQLite file that the recorder fills.

    A question travels like this: what was answered already about this state of the file is taken
    from there; the other queries are put into groups that one scan of a covering index answers
    each (`sql.groups`), compiled to SQL (`sql.compile_sql`), and read bucket by bucket through a
    `BucketCache`, so that a new record costs the newest bucket only. Rows become `Series` in
    `results`. Sessions that have counters and no request are added from their counters.

    It promises that the answers of one call, and of all calls of a backend's `run_together`,
    are of one commit; that buckets in which no recorder ran are None and not 0; and that a file
    put in the place of the former one is read at the next call. One thread at a time.
    """

    def __init__(self, reader: StoreReader, polling: bool = True) -> None:
        """Without `polling`, so where it is not asked again, windows are read whole."""
        self._reader = reader
        self._polling = polling
        self._counter_only = CounterOnly(reader)
        # The latest time that a question was about: not after now, as a record may be.
        self._latest_ns = 0
        self._answers: dict[tuple[Window, Scope], dict[Query, Answer]] = {}
        self._answers_state = reader.state

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        queries = list(queries)
        self._latest_ns = max(self._latest_ns, window.to_ns)
        with self._reader.snapshot():
            answers = self._answered(window, scope)
            new = [query for query in dict.fromkeys(queries) if query not in answers]
            uncovered = self._uncovered(window) if any(query.stepped for query in new) else []
            for group in sql.groups(new):
                for query, numbers in self._read_group(group, window, scope).items():
                    answers[query] = answer(query, numbers, window, uncovered)
        return {query: answers[query] for query in queries}

    def rows(
        self,
        kinds: Iterable[EventKind],
        window: Window,
        scope: Scope,
        limit: int,
        *,
        oldest: bool = False,
    ) -> list[EventRow]:
        query = sql_rows.rows_query(tuple(kinds), scope, window.whole, limit, oldest=oldest)
        rows = self._reader.run(*query)
        return _event_rows(rows if oldest else reversed(rows))

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        text, parameters = sql_rows.rows_within(kind, scope)
        return _event_rows(self._reader.run(text, (json.dumps(stretches), *parameters)))

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        self._latest_ns = max(self._latest_ns, to_ns)
        with self._reader.snapshot():
            queries = [sql_rows.newest_activity(scope)]
            if self._counter_only.exist(self._latest_ns):
                queries.append(sql_rows.newest_counter_activity(scope))
            newest = [
                row
                for text, parameters in queries
                for row in self._reader.run(text, (to_ns, *parameters))
            ]
            if not newest:
                return None
            _, session_id = max(newest)
            prompts = self._reader.run(sql_rows.NEWEST_PROMPT, (session_id, to_ns))
        return Current(session_id, prompts[0][0] if prompts else None)

    def last_record_ns(self, now_ns: int) -> int | None:
        [(newest_ns,)] = self._reader.run(NEWEST, (now_ns,))
        return newest_ns  # type: ignore[no-any-return]

    def _answered(self, window: Window, scope: Scope) -> dict[Query, Answer]:
        """The answers about this window from the present state of the store; may be added to."""
        if self._answers_state != self._reader.state or len(self._answers) > _MAX_WINDOWS:
            self._answers_state, self._answers = self._reader.state, {}
        return self._answers.setdefault((window, scope), {})

    def _read_group(
        self, queries: Sequence[Query], window: Window, scope: Scope
    ) -> dict[Query, NumbersByLabels]:
        """The numbers of queries that one scan answers, by labels and index of the bucket."""
        if isinstance(queries[0].stat, float):
            return self._quantiles(queries, window, scope)
        short = window.to_ns - window.from_ns <= _SHORT
        if self._polling and sql.is_read_by_bucket(queries, short):
            rows = self._reader.cache.rows(
                sql.compile_sql(queries, scope),
                window.buckets(),
                partial(self._read, queries, scope),
            )
        else:
            rows = self._read(queries, scope, _buckets(queries, window))
        numbers = numbers_by_query(queries, sql.labels(queries[0]), rows)
        if self._counter_only.exist(self._latest_ns):
            self._add_counters(queries, rows, numbers, window, scope)
        return numbers

    def _add_counters(
        self,
        queries: Sequence[Query],
        rows: Sequence[BucketRow],
        numbers: Mapping[Query, NumbersByLabels],
        window: Window,
        scope: Scope,
    ) -> None:
        """Add what sessions without requests have in their counters; `rows` are from events."""
        for by, fallbacks, statement in sql.fallbacks(queries, scope):
            counted = self._rows_of(by, statement, _buckets(fallbacks, window))
            if fallbacks[0].stat == "sessions":
                # One that an event makes active is not counted again by its counters.
                stepped = fallbacks[0].stepped
                active = {(index if stepped else 0, labels) for index, labels, _ in rows}
                counted = [row for row in counted if row[:2] not in active]
            for query, by_labels in numbers_by_query(fallbacks, by, counted).items():
                for labels, by_bucket in by_labels.items():
                    total = numbers[query].setdefault(labels, BucketNumbers("counters"))
                    total.mixed = total.signal != "counters"
                    for index, number in by_bucket.items():
                        total.put(index, number, query.stat)

    def _read(
        self, queries: Sequence[Query], scope: Scope, buckets: Sequence[Bucket]
    ) -> list[BucketRow]:
        short = sum(to_ns - from_ns for from_ns, to_ns in buckets) <= _SHORT
        compiled = sql.compile_sql(queries, scope, short, one_range=len(buckets) == 1)
        return self._rows_of(sql.labels(queries[0]), compiled, buckets)

    def _rows_of(
        self, by: LabelValues, statement: Sql, buckets: Sequence[Bucket]
    ) -> list[BucketRow]:
        """Rows of (index of the bucket, labels, numbers of the queries), where records are."""
        text, parameters = statement
        end = 1 + len(by)
        read = self._reader.run(text, (json.dumps(buckets), *parameters))
        numbers = [row[end:] for row in read]
        if numbers and len(numbers[0]) == 1:
            # Parsed as one: a call a row takes longer than the rows.
            numbers = json.loads(f"[{','.join(text for (text,) in numbers)}]")
        return [
            (row[0], label_values(by, row[1:end]), more)
            for row, (any_record, *more) in zip(read, numbers, strict=True)
            if any_record
        ]

    def _quantiles(
        self, queries: Sequence[Query], window: Window, scope: Scope
    ) -> dict[Query, NumbersByLabels]:
        query = finest(queries)
        rows = self._reader.cache.rows(
            (sql.compile_sql([query], scope), "raw"),
            window.buckets(),
            partial(self._raw, query, scope),
        )
        signal = query.measure.signal
        by_query = quantiles(queries, sql.labels(query), rows)
        return {
            query: {labels: BucketNumbers(signal, numbers) for labels, numbers in series.items()}
            for query, series in by_query.items()
        }

    def _raw(self, query: Query, scope: Scope, buckets: Sequence[Bucket]) -> Iterator[BucketRow]:
        """Rows of (index of the bucket, labels, values in ascending order)."""
        for index, labels, [text] in self._read([query], scope, buckets):
            if text:
                yield index, labels, array("d", _sorted(text.split()))

    def _uncovered(self, window: Window) -> list[bool]:
        """For each bucket of the window whether no recorder ran in any part of it."""
        with self._reader.snapshot() as connection:
            recorded = coverage.intervals(connection, window.from_ns, window.to_ns)
        recorded = coverage.extend_open_interval(recorded, window.to_ns)
        buckets = [coverage.Interval(*bucket) for bucket in window.buckets()]
        return coverage.uncovered(buckets, recorded)


def _sorted(numbers: Sequence[str]) -> list[float]:
    try:
        # Half the time, and true of all that the client sends.
        return sorted(map(int, numbers))
    except ValueError:
        return sorted(map(float, numbers))


def _event_rows(rows: Iterable[BucketRow]) -> list[EventRow]:
    return [
        event_row(
            time_ns, name, merge_attributes(common, of_event, context) | {"session.id": session}
        )
        for time_ns, name, session, _, of_event, common, context in rows
    ]


def _buckets(queries: Iterable[Query], window: Window) -> Sequence[Bucket]:
    """The buckets that have to be read for queries that one scan answers."""
    return window.buckets() if any(query.stepped for query in queries) else (window.whole,)
