"""What the one line shows, as the embedded source answers it, in a tenth of its time.

A few statements of their own, and nothing imported but SQLite: the line is a process every few
seconds. `tests/line/test_quick.py` holds them equal to what the source says.
"""

import sqlite3
from math import fsum, nan
from typing import TYPE_CHECKING, NamedTuple

from ccotel_tui.query.finite import bounded
from ccotel_tui.store.newest import AHEAD, NEWEST
from ccotel_tui.telemetry.conventions import ACTIVITY, API_REQUEST, COST, TOKENS

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACTIVE_NAMES = "', '".join(ACTIVITY)

_WITHOUT_REQUESTS = (
    f"NOT EXISTS (SELECT 1 FROM events e WHERE e.name = '{API_REQUEST}'"
    " AND e.session_id = r.session_id)"
)

_CURRENT = f"""\
WITH active (time_ns, session_id) AS MATERIALIZED (
    SELECT time_ns, session_id FROM events INDEXED BY activity
    WHERE name IN ('{_ACTIVE_NAMES}') AND time_ns <= ?1 ORDER BY time_ns DESC LIMIT 1)
SELECT time_ns, session_id FROM active
UNION ALL
SELECT i.time_ns, r.session_id FROM increments i CROSS JOIN series r
WHERE i.time_ns >= ifnull((SELECT time_ns FROM active), 0) AND i.time_ns <= ?1
AND r.id = i.series AND r.metric IN ('{COST}', '{TOKENS}') AND {_WITHOUT_REQUESTS}
ORDER BY 1 DESC, 2 DESC LIMIT 1"""
"""The session of the newest activity; of one that has no request, by its counters."""

_SUMS = f"""\
WITH RECURSIVE l (value) AS (
    SELECT min(model) FROM events INDEXED BY api_requests WHERE name = '{API_REQUEST}'
    UNION ALL
    SELECT (SELECT min(model) FROM events INDEXED BY api_requests
        WHERE name = '{API_REQUEST}' AND model > l.value)
    FROM l WHERE l.value IS NOT NULL)
SELECT (SELECT sum(r.cost_usd) FROM events r INDEXED BY api_requests
    WHERE r.model IS l.value AND r.time_ns > ?2 AND r.time_ns <= ?1 AND r.name = '{API_REQUEST}'),
    (SELECT sum(r.cost_usd) FROM events r INDEXED BY api_requests
    WHERE r.model IS l.value AND r.time_ns > ?3 AND r.time_ns <= ?1 AND r.name = '{API_REQUEST}')
FROM l
UNION ALL
SELECT sum(i.value) FILTER (WHERE i.time_ns > ?2), sum(i.value) FILTER (WHERE i.time_ns > ?3)
FROM increments i CROSS JOIN series r
WHERE i.time_ns > min(?2, ?3) AND i.time_ns <= ?1
AND r.id = i.series AND r.metric = '{COST}' AND {_WITHOUT_REQUESTS}"""
"""The dollars after two times, model by model, as the covering index has them."""

_OF_SESSION = f"""\
SELECT sum(cost_usd) FROM events INDEXED BY requests_of_session
WHERE name = '{API_REQUEST}' AND session_id = ?3 AND time_ns > ?2 AND time_ns <= ?1
UNION ALL
SELECT sum(i.value) FROM series r CROSS JOIN increments i
WHERE r.metric = '{COST}' AND r.session_id = ?3 AND {_WITHOUT_REQUESTS}
AND i.series = r.id AND i.time_ns > ?2 AND i.time_ns <= ?1"""


_ANY_REQUEST = f"""\
SELECT EXISTS (SELECT 1 FROM events INDEXED BY activity WHERE name IN ('{_ACTIVE_NAMES}')
    AND name = '{API_REQUEST}' AND time_ns > ?2 AND time_ns <= ?1)"""

_ANY_OF_SESSION = f"""\
SELECT EXISTS (SELECT 1 FROM events INDEXED BY requests_of_session
    WHERE name = '{API_REQUEST}' AND session_id = ?3 AND time_ns > ?2 AND time_ns <= ?1)"""


class GlanceNumbers(NamedTuple):
    """Dollars after two times, None without a record that could tell any.

    NaN where they are beyond all sums, or no request told its cost.

    `session` is a session's, `current` the session that is worked in. `heard_ns` is the time of
    the newest record, `ahead` whether records are dated ahead.
    """

    first: float | None
    second: float | None
    heard_ns: int | None
    ahead: bool
    current: str | None
    session: float | None


def read_glance(
    store: sqlite3.Connection,
    now_ns: int,
    after_ns: tuple[int, int],
    ahead_ns: int,
    session_id: str | None,
    session_after_ns: int | None,
) -> GlanceNumbers:
    """Return the dollars after these two times up to now, and the session's after the third.

    The current session's where none is named, no session's without a third time.
    """
    sums = store.execute(_SUMS, (now_ns, *after_ns)).fetchall()
    [(heard_ns,)] = store.execute(NEWEST, (now_ns,))
    [(ahead, _)] = store.execute(AHEAD, (ahead_ns,))

    def dollars(costs: "Sequence[float | None]", any_request: str, *where: object) -> float | None:
        total = _sum(costs)
        if total is None and store.execute(any_request, (now_ns, *where)).fetchone()[0]:
            return nan
        return total

    cost = None
    if session_after_ns is not None:
        if session_id is None:
            row = store.execute(_CURRENT, (now_ns,)).fetchone()
            session_id = row and row[1]
        of_session = session_after_ns, session_id
        costs = store.execute(_OF_SESSION, (now_ns, *of_session))
        cost = dollars([number for (number,) in costs], _ANY_OF_SESSION, *of_session)
    first, second = (
        dollars(numbers, _ANY_REQUEST, after)
        for numbers, after in zip(zip(*sums, strict=True), after_ns, strict=True)
    )
    return GlanceNumbers(first, second, heard_ns, bool(ahead), session_id, cost)


def _sum(numbers: "Sequence[float | None]") -> float | None:
    there = [bounded(number) for number in numbers if number is not None]
    return fsum(there) if there else None
