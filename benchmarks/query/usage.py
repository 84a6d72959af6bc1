"""Usage by each key over 30 days, beside the plain GROUP BY of the same columns in one run."""

import gc
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from zoneinfo import ZoneInfo

from benchmarks.figure import Counterpart, Effort, Figure, percentile
from benchmarks.stores import Store, heavy_month
from ccotel_tui.cli.options import GC_THRESHOLD
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.usage.keys import KEYS, usage_key
from ccotel_tui.query.usage.usage import usage_of
from ccotel_tui.query.window import DAY, SECOND, Window

_DAY = f"(time_ns - 1) / {DAY}"
_HOUR = f"(time_ns - 1) / {DAY // 24}"

_COLUMNS = {
    "model": "model",
    "source": "source",
    "session": "session_id",
    "prompt": "prompt_id",
    "branch": "prompt_id",
    "project": "session_id, origin",
    "hour": _HOUR,
    **dict.fromkeys(("day", "week", "month"), _DAY),
}
"""What the plain query groups by; attributes without a column stand in the origin."""

_PLAIN = """\
SELECT {by}, count(*), sum(cost_usd), sum(input_tokens), sum(output_tokens),
    sum(cache_read_tokens), sum(cache_creation_tokens), count(DISTINCT session_id),
    count(DISTINCT prompt_id), min(time_ns), max(time_ns)
FROM events INDEXED BY api_requests
WHERE name = 'api_request' AND time_ns > ? AND time_ns <= ? GROUP BY {by}"""


def usage(effort: Effort) -> Iterator[Figure]:
    """Each key; milliseconds of processor time, the 95th percentile. Garbage as in the command."""
    store = heavy_month()
    usual = gc.get_threshold()
    gc.set_threshold(GC_THRESHOLD)
    for key in KEYS:
        taken, plain = _timings(store, key, effort.rounds)
        counterpart = Counterpart("a plain GROUP BY of its columns over the index", plain)
        name = f"usage --by {key}, 30 days, {store.events:,} events, p95"
        yield Figure(name, taken, "ms", counterpart, "usage")
    gc.set_threshold(*usual)


def _timings(store: Store, key: str, rounds: int) -> tuple[float, float]:
    """Return what usage takes and what the plain query does, in turn; nothing is cached."""
    text = _PLAIN.format(by=_COLUMNS.get(key, "origin"))
    taken: list[float] = []
    plain: list[float] = []
    keys = [usage_key(key)]
    with (
        closing(open_embedded(store.path, polling=False)) as backend,
        closing(sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)) as connection,
    ):
        for at in range(rounds + 1):
            to_ns = store.to_ns + at * SECOND
            window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("Asia/Seoul"))
            began = time.process_time()
            connection.execute(text, (window.from_ns, window.to_ns)).fetchall()
            plain.append((time.process_time() - began) * 1000)
            began = time.process_time()
            usage_of(backend, keys, window, Scope())
            taken.append((time.process_time() - began) * 1000)
    return percentile(taken[1:], 0.95), percentile(plain[1:], 0.95)
