"""What is written about events against counters."""

from zoneinfo import ZoneInfo

from ccotel_tui.panels.output.reconciliation import (
    note,
    reconciliation_document,
    reconciliation_lines,
)
from ccotel_tui.query.reconcile import Balance, Reconciliation, Sums
from ccotel_tui.query.window import HOUR, Window
from tests.tools.otlp import T0

UTC = ZoneInfo("UTC")
AGREES = Balance("aa-1", T0, {"cost": Sums({"main": 1.0}, {"main": 1.0})})
DIFFERS = Balance(
    "bb\x1b[31m-2",
    T0,
    {"cost": Sums({"main": 1.0}, {"main": 1.5}), "tokens": Sums({"main": 9}, {"main": 9})},
    "Why.",
)
ALONE = Balance("cc-3", T0, {"cost": Sums({"main": 1.0}, {})}, "No counters.")
FOUND = Reconciliation((AGREES, DIFFERS, ALONE), 2)


def test_only_what_does_not_agree_is_listed_with_why() -> None:
    said = list(reconciliation_lines(FOUND, UTC))
    assert said == [
        "Events and counters agree in 1 of 3 whole sessions, by total and by source; 2 going on.",
        "",
        "cc-3  11-24 04:10  events only",
        "  cost    events $1.000000  counters none",
        "  No counters.",
        "",
        "bb -  11-24 04:10  differs",
        "  cost    events $1.000000  counters $1.500000  difference +$0.500000",
        "    main           +$0.500000",
        "  tokens  events 9  counters 9  difference +0",
        "    main                   +0",
        "  Why.",
    ]


def test_nothing_to_compare_is_said() -> None:
    assert list(reconciliation_lines(Reconciliation((), 1), UTC)) == [
        "No whole session to compare; 1 going on."
    ]


def test_a_note_only_where_sessions_differ() -> None:
    assert note(Reconciliation((AGREES, ALONE), 0)) is None
    assert str(note(FOUND)).startswith(
        "Events and counters differ in 1 of 3 whole sessions, by $0.500000:"
    )


def test_json_has_every_whole_session() -> None:
    said = reconciliation_document(FOUND, "embedded", Window.between(T0 - HOUR, T0, UTC))
    assert [one["state"] for one in said["sessions"]] == ["agrees", "differs", "events only"]
    assert said["sessions"][1]["cost"] == {
        "events": 1,
        "counters": 1.5,
        "difference": 0.5,
        "by_source": {"main": {"events": 1, "counters": 1.5}},
    }
    assert said["sessions"][2]["cost"]["counters"] is None
    assert (said["schema"], said["going_on"], said["sessions"][0]["cause"]) == (0, 2, None)
