"""What is told once stays told, however long it holds and whatever fails meanwhile."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from ccotel_tui.query.rules.facts import RuleReading
from ccotel_tui.query.rules.rules import AlertKey
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.query.usual.budget import BudgetState
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.screen.data.files.choices import Choices
from ccotel_tui.screen.data.files.fired import MOST_FIRED, FiredHistory
from ccotel_tui.screen.data.refusals import NotTaken
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.notices.notices import Notices
from tests.screen.tools.running import NOW


def test_what_holds_is_told_once_whatever_else_fires_meanwhile(tmp_path: Path) -> None:
    history = FiredHistory(tmp_path / "alerts.json")
    lasting: dict[AlertKey, str] = {("silent", "s1", ""): "s1 is not heard"}
    assert len(history.update(lasting, NOW)) == 1
    for n in range(MOST_FIRED + 1):
        passing: AlertKey = ("waits", "s2", str(n))
        assert [f.key for f in history.update(lasting | {passing: "waits"}, NOW + n)] == [passing]
    assert history.update(lasting, NOW + MOST_FIRED + 1) == []
    assert len(history.entries) == MOST_FIRED
    assert FiredHistory(tmp_path / "alerts.json").entries == history.entries


def test_no_budget_is_told_by_an_answer_that_failed() -> None:
    """Another day may have begun: they would be told anew."""
    window = Window.between(NOW - DAY, NOW, ZoneInfo("UTC"))
    session = BudgetState("session", 10.0, 9.0, session_id="3f2a1111-0000")
    reading = RuleReading(budgets=[session, BudgetState("day", 10.0, 9.0, 0.5)])
    answered = Snapshot(NOW, window, rules=reading)
    notices = Notices(Thresholds(), Choices(None), FiredHistory(None))
    assert [fired.text for fired in notices.judge(answered, NotTaken(), NOW)] == [
        "session budget 90% of $10: nearly spent, 3f2a1111",
        "budget 90% of $10: nearly spent",
    ]
    failed = replace(answered, now_ns=NOW + DAY, failure="gone")
    assert notices.judge(failed, NotTaken(), NOW + DAY) == []
