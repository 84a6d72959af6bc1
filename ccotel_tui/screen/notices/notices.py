"""Judges the rules of each moment, and says what a person is told of now."""

from collections.abc import Sequence

from ccotel_tui.panels.compare.notices import newly_reached
from ccotel_tui.query.rules.facts import RefusedRequests, RuleFacts
from ccotel_tui.query.rules.rules import Alert, alerts
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.query.usual.budget import BudgetState
from ccotel_tui.query.window import MILLISECOND, SECOND, local_day
from ccotel_tui.screen.data.files.choices import Choices
from ccotel_tui.screen.data.files.fired import Fired, FiredHistory
from ccotel_tui.screen.data.refusals import NotTaken
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.overview.compared_words import notice_words
from ccotel_tui.screen.format.rules.words import alert_words, session_words


class Notices:
    """What holds, told once until it has cleared; budgets once a period and threshold."""

    def __init__(self, thresholds: Thresholds, choices: Choices, history: FiredHistory) -> None:
        self.thresholds = thresholds
        self.history = history
        self.holding: Sequence[Alert] = ()
        """The rules that hold, the worst first."""
        self.snapshot: Snapshot | None = None
        """What was judged last."""
        self._choices = choices
        self._budget_notices = choices.budget_notices

    def judge(self, snapshot: Snapshot, not_taken: NotTaken, now_ns: int) -> list[Fired]:
        """Return what begins to hold; where nothing was read, what held goes on.

        Who waits at the start does not begin to: that is seen, and not told.
        """
        if snapshot.rules is None or snapshot.failure:
            return []
        is_start = self.snapshot is None
        self.snapshot = snapshot
        facts = rule_facts(snapshot, not_taken, now_ns)
        self.holding = alerts(facts, self.thresholds)
        words = {
            alert.key: alert_words(alert, snapshot)
            for alert in self.holding
            if alert.rule != "budget"
        }
        begins = self.history.update(words, now_ns)
        return [
            *(fired for fired in begins if not (is_start and fired.key[0] == "waits")),
            *self._budgets_reached(snapshot, facts.reading.budgets),
        ]

    def _budgets_reached(self, snapshot: Snapshot, budgets: Sequence[BudgetState]) -> list[Fired]:
        """Return the budgets that have come to a threshold."""
        if "budget" in self.thresholds.off:
            return []
        today = local_day(snapshot.now_ns - 1, snapshot.window.zone)
        reached, notices = newly_reached(self._budget_notices, budgets, today)
        if reached:
            self._budget_notices = self._choices.budget_notices = notices
        return [
            self.history.add(
                ("budget", state.session_id, state.period),
                notice_words(state, session_words(state.session_id, snapshot)),
                snapshot.now_ns,
            )
            for state in reached
        ]


def rule_facts(snapshot: Snapshot, not_taken: NotTaken, now_ns: int) -> RuleFacts:
    """Return what rules judge of a snapshot in which it was read."""
    assert snapshot.rules is not None
    running = {id: session for id, session in snapshot.running.items() if session.lives}
    newest = not_taken.newest
    return RuleFacts(
        now_ns,
        snapshot.rules,
        snapshot.status_lines.lines,
        frozenset(running),
        {
            id: session.status_ms * MILLISECOND
            for id, session in running.items()
            if session.status == "waiting"
        },
        {
            unheard.session_id: session.started_ms * MILLISECOND
            for unheard in snapshot.unheard
            if (session := running.get(unheard.session_id))
            # Who was started and not used yet has nothing to send.
            and (unheard.mending != "prompt" or session.status == "busy")
        },
        RefusedRequests(sum(not_taken.counts.values()), int(newest.time * SECOND))
        if newest
        else None,
    )
