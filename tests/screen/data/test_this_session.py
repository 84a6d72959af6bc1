"""Which session is meant, from one moment to the next: its name and its dollar together."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.claude.session_memory import SessionMemory
from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND
from ccotel_tui.screen.data.this_session import ALONE_NS, SessionPlace, ThisSession, placed
from ccotel_tui.send import replay
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import read_request
from ccotel_tui.telemetry.records import Event
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, Running, dashboard
from tests.tools.otlp import T0, event

DATA = Path(__file__).parents[2] / "data"
ONE, OTHER = "aaaa1111-0000", "bbbb2222-0000"
DOLLARS = {ONE: 1.25, OTHER: 7.5}

Moment = tuple[int, set[str], set[str], set[str]]
moments = st.lists(
    st.tuples(
        st.integers(1, 20),
        st.sets(st.sampled_from("abc")),
        st.sets(st.sampled_from("abc")),
        st.sets(st.sampled_from("abc")),
    ),
    min_size=1,
    max_size=40,
)
"""Seconds that pass, who has a prompt or a request then, who runs and who has ended."""


@given(moments)
def test_the_place_is_kept_by_the_rule(
    steps: list[tuple[int, set[str], set[str], set[str]]],
) -> None:
    now, place = 0, None
    active: dict[str, int] = {}
    for seconds, active_now, running, gone in steps:
        now += seconds * SECOND
        active |= dict.fromkeys(active_now, now)
        ended = gone - running
        former, place = place, placed(place, active, running, ended, now)
        if not active:
            assert place is None
            continue
        assert place is not None
        runs = running & active.keys()
        candidates = runs or active.keys()
        assert place.session_id in candidates
        newest = max(active[one] for one in candidates)
        if former and former.session_id != place.session_id:
            assert active[place.session_id] == newest
            if former.session_id in candidates and former.session_id not in ended:
                assert now - active[former.session_id] >= ALONE_NS
        if former and former.session_id == place.session_id:
            alone_ns = now - min(
                (active[one] for one in candidates if active[one] > active[place.session_id]),
                default=now,
            )
            assert alone_ns < ALONE_NS


@pytest.mark.parametrize(("after", "session"), [(29, "a"), (30, "b")])
def test_another_that_is_active_alone_has_the_place_after_half_a_minute(
    after: int, session: str
) -> None:
    begun = placed(None, {"a": 10 * SECOND}, {"a", "b"}, set(), 10 * SECOND)
    later = placed(begun, {"a": 10 * SECOND, "b": 20 * SECOND}, {"a", "b"}, set(), 20 * SECOND)
    now = (20 + after) * SECOND
    active = {"a": 10 * SECOND, "b": now}
    last = placed(later, active, {"a", "b"}, set(), now)
    assert last is not None
    assert last.session_id == session


def test_one_that_was_active_meanwhile_keeps_the_place() -> None:
    place: SessionPlace | None = None
    for second in range(0, 300, 10):
        now = second * SECOND
        active = {"a": now - 9 * SECOND, "b": now}
        place = placed(place or SessionPlace("a"), active, {"a", "b"}, set(), now)
    assert place is not None
    assert place.session_id == "a"


def request(session: str, at: int, cost: float, sequence: int) -> Event:
    return event(
        "api_request",
        at,
        session,
        **{"event.sequence": str(sequence), "cost_usd": str(cost), "model": "claude-opus-4-8"},
    )


def this_session(running: Running) -> tuple[str, str]:
    """The beginning of its id, and its dollars, as the screen has them."""
    name = re.search(r"^(\w{4}) (one|other)\b", running.screen, re.MULTILINE)
    dollars = re.match(r"\$[\d.]+", running.screen.splitlines()[2])
    return name[1] if name else "", dollars[0] if dollars else ""


async def test_name_and_dollar_change_together_and_only_when_the_other_was_alone(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "sessions"
    register(folder, 1, ONE, "busy", name="one")
    register(folder, 2, OTHER, "busy", name="other")
    database.append([request(OTHER, NOW - HOUR, 7.5, 0), request(ONE, NOW - SECOND, 1.25, 0)])
    registry = SessionRegistry(folder, lambda _: "7")
    async with dashboard(tmp_path, registry=registry) as running:
        await running.until("aaaa one")
        assert this_session(running) == ("aaaa", "$1.25")
        running.clock.now_ns = NOW + 5 * SECOND
        database.append([request(OTHER, NOW + 4 * SECOND, 1.0, 1)])
        await running.until("$9.75")
        assert this_session(running) == ("aaaa", "$1.25")
        running.clock.now_ns = NOW + 35 * SECOND
        database.append([request(OTHER, NOW + 34 * SECOND, 1.0, 2)])
        await running.until("bbbb other")
        assert this_session(running) == ("bbbb", "$9.50")


async def test_a_session_that_has_ended_gives_way_to_one_that_runs(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "sessions"
    register(folder, 1, ONE, "busy", name="one")
    register(folder, 2, OTHER, "idle", name="other")
    database.append([request(OTHER, NOW - HOUR, 7.5, 0), request(ONE, NOW - SECOND, 1.25, 0)])
    registry = SessionRegistry(folder, lambda _: "7")
    async with dashboard(tmp_path, registry=registry) as running:
        await running.until("aaaa one")
        (folder / "1.json").unlink()
        await running.press("r")
        await running.until("bbbb other")
        assert this_session(running) == ("bbbb", "$7.50")
        (folder / "2.json").unlink()
        await running.press("r")
        # None runs: the one of the newest activity, by the name that it had.
        await running.until("aaaa one")
        assert this_session(running) == ("aaaa", "$1.25")
        assert "0 running, 2 today" in running.screen


def test_one_that_runs_and_was_quiet_for_days_comes_before_one_that_has_ended(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "sessions"
    register(folder, 2, OTHER, "idle")
    database.append([request(OTHER, NOW - 3 * DAY, 7.5, 0), request(ONE, NOW - SECOND, 1.25, 0)])
    backend = open_embedded(tmp_path / "telemetry.db")
    running = SessionRegistry(folder, lambda _: "7").read()
    prompt = ThisSession().prompt(backend, Scope(), running, NOW)
    backend.close()
    assert prompt is not None
    assert prompt.session_id == OTHER


async def test_a_name_outlives_the_session_and_the_dashboard(
    database: Database, tmp_path: Path
) -> None:
    folder, file = tmp_path / "sessions", tmp_path / "kept.json"
    register(folder, 1, ONE, "busy", name="quarterly")
    SessionRegistry(folder, lambda _: "7", SessionMemory(file), writes=True).read()
    (folder / "1.json").unlink()
    database.append([request(ONE, NOW - SECOND, 1.25, 0)])
    registry = SessionRegistry(folder, lambda _: "7", SessionMemory(file))
    async with dashboard(tmp_path, registry=registry) as running:
        await running.until("aaaa quarterly")
        assert "0 running, 1 today" in running.screen
        await running.press("s")
        assert "acme-api" in await running.until("quarterly")


async def test_the_prompt_of_background_subagents_is_the_persons(
    database: Database, tmp_path: Path
) -> None:
    lines = list(replay.read_lines(DATA / "sessions-2.1.332.jsonl"))
    moved_ns = NOW - MINUTE - max(line.time_ns for line in lines)
    for line in lines:
        replay.move(line.request, moved_ns)
        database.append(read_request(line.request).records)
    async with dashboard(tmp_path) as running:
        shown = await running.until("> Map the code with two explorers")
        prompt = next(line for line in shown.splitlines() if line.startswith("> "))
        assert "$0.06" in prompt
        assert "/exit" in shown
        assert "task-notification" not in shown
        await running.press("e")
        assert "/cost" in await running.until("/exit")


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24)])
async def test_what_is_of_the_window_says_so(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    events = [request(ONE, T0 - 2 * DAY, 0.5, 0), request(ONE, T0, 1.25, 4)]
    database.append(events)
    async with dashboard(tmp_path, size) as running:
        await running.press("]", "]")
        shown = await running.until("in 7d")
        line = next(one for one in shown.splitlines() if "3 events lost" in one)
        assert "7d" in line.split()
        tokens = next(one for one in shown.splitlines() if " tokens" in one)
        assert "7d" in tokens.split()


async def test_the_one_in_the_same_window_goes_first(tmp_path: Path) -> None:
    database = Database(tmp_path / "telemetry.db")
    database.append([request(OTHER, NOW - SECOND, 7.5, 0), request(ONE, NOW - HOUR, 1.25, 0)])
    database.close()
    folder = tmp_path / "sessions"
    register(folder, 1, ONE, "idle")
    register(folder, 2, OTHER, "busy")
    running = SessionRegistry(folder, lambda _: "7").read()
    backend = open_embedded(tmp_path / "telemetry.db")
    for beside, session in (({ONE}, ONE), (set(), OTHER), ({ONE, OTHER}, OTHER), ({"x"}, OTHER)):
        chosen = ThisSession(lambda _, ids=beside: set(ids)).prompt(  # type: ignore[misc]
            backend, Scope(), running, NOW
        )
        assert chosen is not None
        assert chosen.session_id == session
    backend.close()
