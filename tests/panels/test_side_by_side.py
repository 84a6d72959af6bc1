"""The same recordings in the embedded store and on the real servers: the same answers."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.answer import PanelAnswer, answer_panels
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.query.ask import Scope
from ccotel_tui.query.embedded_source import EmbeddedSource
from ccotel_tui.query.reconcile import reconcile
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import DAY, MINUTE, SECOND, Window
from tests.panels.equality import check
from tests.panels.recordings import Recorded, fill

pytestmark = pytest.mark.servers

ZONES = ("UTC", "Asia/Kolkata", "Europe/Berlin")
MILLISECOND = SECOND // 1000
WINDOWS = {
    "a day": (DAY, 30 * SECOND),
    "eight days": (8 * DAY, SECOND),
    # From the middle of the first recording to the middle of the last, at no round time.
    "a part": (59 * MINUTE + 123 * MILLISECOND, -41 * SECOND - 7 * MILLISECOND),
}
"""Length, and how long after the newest record it ends."""

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
def embedded(recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path: Path = tmp_path_factory.mktemp("store") / "telemetry.db"
    fill(path, recorded.lines)
    source = EmbeddedSource(path)
    yield source
    source.close()


def window(recorded: Recorded, name: str, zone: str) -> Window:
    length_ns, after_ns = WINDOWS[name]
    to_ns = recorded.newest_ns + after_ns
    return Window.between(to_ns - length_ns, to_ns, ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", WINDOWS)
def test_panels(recorded: Recorded, embedded: Source, name: str, zone: str) -> None:
    asked = window(recorded, name, zone)
    check_panels(embedded, recorded.source, asked, Scope())


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_panels_in_a_scope(recorded: Recorded, embedded: Source, scope: Scope) -> None:
    check_panels(embedded, recorded.source, window(recorded, "a day", "UTC"), scope)


@pytest.mark.parametrize("name", WINDOWS)
def test_sessions(recorded: Recorded, embedded: Source, name: str) -> None:
    asked = window(recorded, name, "UTC")
    ours, theirs = (sessions_of(source, asked, Scope()) for source in (embedded, recorded.source))
    assert ours
    check([asdict(row) for row in ours], [asdict(row) for row in theirs])


def test_events_agree_with_counters(recorded: Recorded, embedded: Source) -> None:
    asked = window(recorded, "a day", "UTC")
    now_ns = recorded.newest_ns + 3 * MINUTE
    ours, theirs = (
        reconcile(source, asked, Scope(), now_ns) for source in (embedded, recorded.source)
    )
    assert len(ours.of("agrees")) == len(ours.balances) > 20
    check(asdict(ours), asdict(theirs))


@pytest.mark.parametrize("name", WINDOWS)
def test_the_newest_events_of_every_kind(recorded: Recorded, embedded: Source, name: str) -> None:
    asked = window(recorded, name, "UTC")
    ours, theirs = (source.rows((), asked, Scope(), 50) for source in (embedded, recorded.source))
    assert len(ours) == 50
    check(ours, theirs)


def check_panels(ours: Source, theirs: Source, asked: Window, scope: Scope) -> None:
    now_ns = asked.to_ns + SECOND
    answers, others = (
        answer_panels(PANELS, source, asked, scope, now_ns) for source in (ours, theirs)
    )
    assert (
        {"value"} <= {answer.state for answer in answers.values()} <= {"value", "empty", "absent"}
    )
    for id, answer in answers.items():
        check(told(answer), told(others[id]), id)


def told(answer: PanelAnswer) -> Mapping[str, object]:
    """What a panel says; when something was heard last is left out: the stack asks Loki only."""
    return {
        "state": answer.state,
        "signal": answer.signal,
        "notes": answer.notes,
        "value": answer.value,
        "parts": answer.parts,
        "series": {str(one.labels): (one.points, total) for one, total in answer.series},
        "rows": answer.rows,
    }
