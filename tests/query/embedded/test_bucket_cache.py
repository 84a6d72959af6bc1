"""A source that has answered before says what a new one says, whatever came or went meanwhile."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.bucket_cache import BucketCache, BucketRow
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import SessionRow, sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Bucket, Window
from ccotel_tui.store.change_log import Change
from ccotel_tui.store.database import Database
from ccotel_tui.store.erase import forget_session
from ccotel_tui.telemetry.conventions import COST
from ccotel_tui.telemetry.records import Point, Record
from tests.tools.otlp import T0, event, lines, request

SEOUL = ZoneInfo("Asia/Seoul")
LENGTHS = (HOUR, DAY, 7 * DAY, 30 * DAY)

ages = st.sampled_from((0, MINUTE, 3 * MINUTE, HOUR, 20 * HOUR, 3 * DAY, 20 * DAY))
sessions = st.sampled_from(("s1", "s\x00\n2"))


def _counted(dollars: float, at: int, session: str) -> Point:
    attributes = {"session.id": session, "model": "m"}
    return Point(at, at - MINUTE, "claude-code", COST, "USD", False, dollars, attributes)


def _records(kind: int, number: int, at: int, session: str) -> list[Record]:
    """Numbers that add up exactly, in whatever order."""
    match kind:
        case 0:
            return [request(number / 4, at, session, number), _counted(number, at, session)]
        case 1:
            return [event("tool_result", at, session, tool_name="Bash", n=number)]
        case 2:
            return [lines(number, at, at - 1, session)]
        case _:
            return [event("api_request", at, session, duration_ms=number * 7, model=f"m{number}")]


steps = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 3), st.integers(1, 9), ages, sessions),
        st.sampled_from(("look", "forget s1", "retain")),
    ),
    min_size=1,
    max_size=12,
)


def _asked(backend: Backend, now_ns: int) -> list[dict[str, PanelAnswer] | list[SessionRow]]:
    windows = [Window.between(now_ns - length, now_ns, SEOUL) for length in LENGTHS]
    return [
        *(answer_panels(PANELS, backend, window, Scope(), now_ns) for window in windows),
        *(sessions_of(backend.source, window, Scope()) for window in windows),
    ]


@given(steps)
def test_what_is_held_is_what_is_kept(done: list[tuple[int, int, int, str] | str]) -> None:
    now_ns = T0
    with TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.db"
        with closing(Database(path)) as database, closing(open_embedded(path)) as backend:
            for step in done:
                now_ns += 17 * MINUTE
                match step:
                    case "look":
                        _asked(backend, now_ns)
                    case "forget s1":
                        forget_session(path, "s1")
                    case "retain":
                        database.retain(now_ns, days=2)
                    case (int(kind), int(number), int(age), str(session)):
                        database.append(_records(kind, number, now_ns - age, session), now_ns)
            with closing(open_embedded(path)) as new:
                assert _asked(backend, now_ns) == _asked(new, now_ns)


def test_what_a_change_does_not_touch_is_not_read_again() -> None:
    held = BucketCache()
    buckets = [Bucket(n * 10, n * 10 + 10) for n in range(5)]
    read: list[list[int]] = []

    def ask() -> list[BucketRow]:
        def rows(missing: Sequence[Bucket]) -> list[BucketRow]:
            read.append([bucket.from_ns for bucket in missing])
            return [(index, f"since {bucket.from_ns}") for index, bucket in enumerate(missing)]

        return held.rows("a question", buckets, rows)

    whole = [(n, f"since {n * 10}") for n in range(5)]
    for change, again in (
        (None, [0, 10, 20, 30, 40]),
        (None, [0, 40]),
        (Change(1, 20, 20), [0, 10, 40]),  # a record at a bucket's end belongs to it
        (Change(2, 21, 35), [0, 20, 30, 40]),
        (Change(3, 90, 99), [0, 40]),
        (Change(9, 90, 99), [0, 10, 20, 30, 40]),  # some were not told
    ):
        held.invalidate([change] if change else [])
        assert ask() == whole
        assert read[-1] == again
