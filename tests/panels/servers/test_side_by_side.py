"""The same recordings in the embedded store and on the real servers: the same answers."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.output.document import panels_document
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import Condition
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.reconcile import reconcile
from ccotel_tui.query.rules.facts import RuleReading
from ccotel_tui.query.rules.reading import RuleReader
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.usual.past import PastKey, PastReader
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window
from ccotel_tui.telemetry.conventions import TOOL_RESULT
from tests.panels.equality import check
from tests.panels.recordings import (
    AGES,
    WITH_GAPS,
    WITHOUT_LOGS,
    WITHOUT_REQUESTS,
    Recorded,
    fill,
)
from tests.servers.servers import until
from tests.tools.sampling import mostly_slow

pytestmark = pytest.mark.servers

MILLISECOND = SECOND // 1000
WINDOWS = {
    "1h": (HOUR, 30 * SECOND),
    "6h": (6 * HOUR, 17 * SECOND),
    "24h": (DAY, 30 * SECOND + 7 * MILLISECOND),
    "7d": (7 * DAY, SECOND),
    "30d": (30 * DAY, 2 * MINUTE),
    # From the middle of the first recording to the middle of the last, at no round time.
    "a part": (59 * MINUTE + 123 * MILLISECOND, -41 * SECOND - 7 * MILLISECOND),
}
"""Every step of the ladder, and a window cut anywhere: length, and how long after the newest
record it ends."""

ZONES = ("UTC", "Asia/Kathmandu", "Europe/Berlin")
"""In Berlin the summer ends while the telemetry comes in."""

SCOPES = (
    # Most ids have an e somewhere, few begin with one.
    Scope(session_id="e"),
    Scope(model="HAIKU"),
    # Some events say claude-opus-4-8[1m].
    Scope(attributes=(("model", "claude-opus-4-8"),)),
    Scope(attributes=(("source", "subagent"),)),
    Scope(attributes=(("source", "auxiliary"),)),
    Scope(attributes=(("source", "main"),)),
    Scope(attributes=(("terminal.type", "xterm-256color"), ("team", ""))),
)


@pytest.fixture(scope="module")
def embedded(recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path: Path = tmp_path_factory.mktemp("store") / "telemetry.db"
    fill(path, recorded.lines)
    backend = open_embedded(path)
    yield backend
    backend.close()


def window(recorded: Recorded, name: str, zone: str) -> Window:
    length_ns, after_ns = WINDOWS[name]
    to_ns = recorded.newest_ns + after_ns
    summer_ends = (recorded.newest_ns - 12 * DAY) // DAY * DAY + HOUR
    return Window.between(
        to_ns - length_ns,
        to_ns,
        changing(zone, summer_ends) if zone == "Europe/Berlin" else ZoneInfo(zone),
    )


def changing(name: str, summer_ends: int) -> ZoneInfo:
    """A zone two hours ahead up to then and one afterwards, whatever the time of the year."""
    moments = struct.pack(">2l2b", 0, summer_ends // SECOND, 0, 1)
    offsets = struct.pack(">lbblbb", 2 * 3600, 1, 0, 3600, 0, 5)
    names = b"CEST\0CET\0"
    head = struct.pack(">4s16x6l", b"TZif", 0, 0, 0, 2, 2, len(names))
    return ZoneInfo.from_file(BytesIO(head + moments + offsets + names), key=name)


def test_the_clock_changes_in_the_longest_window(recorded: Recorded) -> None:
    asked = window(recorded, "30d", "Europe/Berlin")
    lengths = {bucket.to_ns - bucket.from_ns for bucket in asked.buckets()[1:-1]}
    assert lengths == {DAY, DAY + HOUR}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", WINDOWS)
def test_panels(recorded: Recorded, embedded: Backend, name: str, zone: str) -> None:
    asked = window(recorded, name, zone)
    check_panels(embedded, recorded.backend, asked, Scope())


@pytest.mark.parametrize("zone", ZONES)
def test_what_numbers_are_compared_with(recorded: Recorded, embedded: Backend, zone: str) -> None:
    month = window(recorded, "30d", zone)
    key = PastKey("", Scope(), month.zone, Period(since_ns=DAY))
    pasts = []
    for backend in (embedded, recorded.backend):
        reader = PastReader()
        while not reader.is_complete(key, month.to_ns):
            reader.read_more(backend.source, key, month.to_ns)
        pasts.append(reader.past(key, month.to_ns))
    ours, theirs = pasts
    assert sum(day.is_used for day in ours.days) > 2
    assert theirs.before == pytest.approx(ours.before)
    assert theirs.week_before == pytest.approx(ours.week_before)
    for our_day, their_day in zip(ours.days, theirs.days, strict=True):
        assert our_day.day == their_day.day
        for measure, curve in our_day.curves.items():
            hours = range(0, 86_401, 900)
            expected = [curve.at(second) for second in hours]
            assert [their_day.curves[measure].at(s) for s in hours] == pytest.approx(expected)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", mostly_slow(["7d", "30d"]))
def test_panels_that_a_screen_asks_for_again(
    recorded: Recorded, embedded: Backend, name: str, zone: str
) -> None:
    """The second time most of it is what is held of the first."""
    stack = recorded.stack
    assert stack.loki
    first = window(recorded, name, zone)
    to_ns = first.to_ns + 5 * SECOND
    second = Window.between(first.from_ns + 5 * SECOND, to_ns, first.zone)
    with closing(open_stack(stack.prometheus.url, stack.loki.url, polling=True)) as patient:
        check_panels(embedded, patient, first, Scope(), but=("notes", "parts"))
        wait_for_missing(patient, first)
        for asked in (first, second):
            check_panels(embedded, patient, asked, Scope())


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_panels_in_a_scope(recorded: Recorded, embedded: Backend, scope: Scope) -> None:
    check_panels(embedded, recorded.backend, window(recorded, "24h", "UTC"), scope)


@pytest.mark.parametrize("name", WINDOWS)
def test_sessions(recorded: Recorded, embedded: Backend, name: str) -> None:
    asked = window(recorded, name, "UTC")
    ours, theirs = (
        sessions_of(backend.source, asked, Scope()) for backend in (embedded, recorded.backend)
    )
    assert ours
    check([asdict(row) for row in ours], [asdict(row) for row in theirs])


def test_events_agree_with_counters(recorded: Recorded, embedded: Backend) -> None:
    asked = window(recorded, "24h", "UTC")
    now_ns = recorded.newest_ns + 3 * MINUTE
    ours, theirs = (
        reconcile(backend, asked, Scope(), now_ns) for backend in (embedded, recorded.backend)
    )
    lacking = (*WITHOUT_LOGS, WITHOUT_REQUESTS, WITH_GAPS)
    copied = [one for one in ours.balances if one.session_id.count("-") > 4]
    thinned = [one for one in copied if one.session_id.startswith(lacking)]
    agreeing = ours.of("agrees")
    assert len(agreeing) > 20
    assert {one.state for one in thinned} == {"differs", "counters only"}
    assert agreeing == [one for one in ours.balances if one not in thinned]
    check(asdict(ours), asdict(theirs))


@pytest.mark.parametrize("name", WINDOWS)
def test_the_newest_events_of_every_kind(recorded: Recorded, embedded: Backend, name: str) -> None:
    asked = window(recorded, name, "UTC")
    ours, theirs = (
        backend.source.rows((), asked, Scope(), 50) for backend in (embedded, recorded.backend)
    )
    assert len(ours) == 50
    check(ours, theirs)


def test_the_current_session_at_any_time(recorded: Recorded, embedded: Backend) -> None:
    heard_ns = embedded.source.last_record_ns(recorded.newest_ns)
    assert heard_ns is not None
    ours, theirs = (one.source.current(heard_ns, Scope()) for one in (recorded.backend, embedded))
    assert ours == theirs
    found = set()
    for age_ns in (0, *AGES):
        for before_ns in (0, MILLISECOND, MINUTE, 3 * MINUTE):
            to_ns = recorded.newest_ns - age_ns - before_ns
            current = embedded.source.current(to_ns, Scope())
            assert recorded.backend.source.current(to_ns, Scope()) == current
            found.add(current)
    assert len(found) > len(AGES)


def test_what_the_recordings_lack_is_noticed(recorded: Recorded, embedded: Backend) -> None:
    """Else the comparisons would prove less than they seem to."""
    asked = window(recorded, "24h", "UTC")
    cost = answer_panels(PANELS, embedded, asked, Scope(), asked.to_ns)["total_cost"]
    assert len(cost.notes) == 2
    rows = sessions_of(embedded.source, window(recorded, "24h", "UTC"), Scope())
    for session in (*WITHOUT_LOGS, WITHOUT_REQUESTS):
        found = [row for row in rows if row.session_id.startswith(session) and not row.requests]
        assert found
        assert all((row.cost or 0) > 0 for row in found)


def wait_for_missing(patient: Backend, asked: Window) -> None:
    """What was missed and what is unseen is looked up beside what is asked for."""

    def known() -> bool:
        answers = answer_panels(PANELS[:2], patient, asked, Scope(), asked.to_ns + SECOND)
        total = answers["total_cost"]
        missed = any("not received" in note for note in total.notes)
        return missed and total.parts["unseen"] is not None

    assert until(known, 600.0)


def check_panels(
    ours: Backend, theirs: Backend, asked: Window, scope: Scope, but: tuple[str, ...] = ()
) -> None:
    now_ns = asked.to_ns + SECOND
    answers, others = (
        answer_panels(PANELS, backend, asked, scope, now_ns) for backend in (ours, theirs)
    )
    assert (
        {"value"} <= {answer.state for answer in answers.values()} <= {"value", "empty", "absent"}
    )
    failures = [answer.notes for answer in others.values() if answer.state == "error"]
    assert failures == []
    check(told(answers, asked, scope, but), told(others, asked, scope, but))


def told(
    answers: Mapping[str, PanelAnswer], asked: Window, scope: Scope, but: tuple[str, ...]
) -> Mapping[str, object]:
    """What `panels --json` says, but for what the stack asks of events only.

    That is when something was heard last, and how many records are dated after now.
    """
    panels: dict[str, dict[str, object]] = panels_document(answers, "", asked, scope)["panels"]
    for id, answer in answers.items():
        panels[id]["notes"] = [note for note in answer.notes if "dated" not in note]
    return {
        id: {name: said for name, said in panel.items() if name not in ("last_heard", *but)}
        for id, panel in panels.items()
    }


def test_what_rules_judge(recorded: Recorded, embedded: Backend) -> None:
    now_ns, zone = recorded.newest_ns + SECOND, ZoneInfo("UTC")
    running = [str(row["session_id"]) for row in _newest_rows(embedded, now_ns)] + ["never heard"]

    def facts(backend: Backend) -> RuleReading:
        return RuleReader(Thresholds(), Scope()).read(backend, running, now_ns, zone)

    ours, theirs = facts(embedded), facts(recorded.backend)
    assert ours.unheard == theirs.unheard == {"never heard"}
    assert ours.burn == pytest.approx(theirs.burn)
    assert ours.usual == pytest.approx(theirs.usual)
    assert _identities(ours.errors) == _identities(theirs.errors)
    assert ours.burn


def test_the_calls_of_a_session_whose_tools_fail(recorded: Recorded, embedded: Backend) -> None:
    zone = ZoneInfo("UTC")
    month = Window.between(recorded.newest_ns - 30 * DAY, recorded.newest_ns + SECOND, zone)
    failed = EventKind(TOOL_RESULT, Condition("success", "true", negated=True))
    [newest] = embedded.source.rows([failed], month, Scope(), 1)
    now_ns = int(newest["time"] or 0) + SECOND
    # One failure is read as three are: the recorded sessions have no loop.
    ours, theirs = (
        RuleReader(Thresholds(loop=1), Scope()).read(backend, [], now_ns, zone).calls
        for backend in (embedded, recorded.backend)
    )
    assert _identities(ours) == _identities(theirs)
    assert newest["session_id"] in {row["session_id"] for row in ours}


def _identities(rows: Sequence[EventRow]) -> list[tuple[object, ...]]:
    return [(row["time"], row["event_name"], row["session_id"]) for row in rows]


def _newest_rows(backend: Backend, now_ns: int) -> list[EventRow]:
    window = Window.between(now_ns - HOUR, now_ns, ZoneInfo("UTC"))
    return backend.source.rows((), window, Scope(), 20)
