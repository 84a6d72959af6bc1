"""What a view needs of one moment, and what the source answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ccotel_tui.claude.destination import Unheard
from ccotel_tui.claude.session_registry import Running
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.period import Period
from ccotel_tui.query.prompts.typed import SessionPrompt
from ccotel_tui.query.query import EventRow, Scope
from ccotel_tui.query.rules.facts import RuleReading
from ccotel_tui.query.sessions import SessionRow
from ccotel_tui.query.source import Backend
from ccotel_tui.query.status_line.reading import StatusReading
from ccotel_tui.query.usual.past import Past
from ccotel_tui.query.window import Window
from ccotel_tui.screen.data.history.log_page import LogPage, LogPlace
from ccotel_tui.screen.data.history.session_events import SessionLife
from ccotel_tui.screen.data.history.team import Team
from ccotel_tui.store.ahead import Ahead

if TYPE_CHECKING:
    from ccotel_tui.query.reconcile import Reconciliation
    from ccotel_tui.query.usage.detail import UsageDetail


@dataclass(frozen=True)
class Question:
    """What the visible view needs of which source: panels, a page of events, and the rest."""

    view: str
    source: str
    panels: Sequence[Panel]
    period: Period
    scope: Scope
    sessions: bool = False
    present: bool = False
    log: LogPlace | None = None
    session_life: bool = False
    reconcile: "Callable[[Backend, Window, Scope, int], Reconciliation] | None" = None
    compares: bool = False
    usage: "Callable[[Backend, Window, Scope, Mapping[str, str]], UsageDetail] | None" = None
    first_prompts: bool = False


@dataclass(frozen=True)
class CurrentActivity:
    """This session with its newest prompt and events, the burn rate and the newest error.

    The burn rate and the error are of all sessions that are looked at, `alone` where that is one.
    """

    session: SessionPrompt | None = None
    burn_rate: float | None = None
    events: Sequence[EventRow] = ()
    error: EventRow | None = None
    alone: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The answers of one moment; `failure` says why the source did not answer.

    `past` is what they are compared with, as far as it has been read. `status_lines` is what Claude
    Code told its status line, `rules` what is judged by rules, None where that was not read;
    `unheard` are sessions that run and of which nothing came; `team` are the users that have been
    seen so far. `first_ns` is when the first event came, where that is in the window.
    """

    now_ns: int
    window: Window
    answers: Mapping[str, PanelAnswer] = field(default_factory=dict)
    sessions: Sequence[SessionRow] = ()
    first_prompts: Mapping[str, str] = field(default_factory=dict)
    running: Mapping[str, Running] = field(default_factory=dict)
    present: CurrentActivity = field(default_factory=CurrentActivity)
    log: LogPage = field(default_factory=LogPage)
    life: SessionLife = field(default_factory=SessionLife)
    reconciled: "Reconciliation | None" = None
    usage: "UsageDetail | None" = None
    heard_ns: int | None = None
    first_ns: int | None = None
    ahead: Ahead | None = None
    failure: str = ""
    period: Period = field(default_factory=Period)
    scope: Scope = field(default_factory=Scope)
    past: Past = field(default_factory=Past)
    status_lines: StatusReading = field(default_factory=StatusReading)
    rules: RuleReading | None = None
    unheard: Sequence[Unheard] = ()
    team: Team = field(default_factory=Team)

    @property
    def stale(self) -> bool:
        """Return whether the source fails and a former answer is shown."""
        return bool(self.failure) and self.heard_ns is not None

    @property
    def session_id(self) -> str:
        """The session that is meant: this session, else the only one that is shown."""
        if self.present.session is not None:
            return self.present.session.session_id
        return self.sessions[0].session_id if len(self.sessions) == 1 else ""


def keep_last_good(former: Snapshot | None, new: Snapshot) -> Snapshot:
    """The new one; where the source failed, the former with its panels marked as stale."""
    if not new.failure or former is None:
        return new
    answers = {id: _stale(former.answers.get(id), answer) for id, answer in new.answers.items()}
    return replace(former, answers=answers, failure=new.failure)


def _stale(former: PanelAnswer | None, new: PanelAnswer) -> PanelAnswer:
    if new.state != "error" or former is None or former.panel != new.panel:
        return new
    if former.state not in ("value", "empty", "stale"):
        return new
    return replace(former, state="stale", notes=new.notes)
