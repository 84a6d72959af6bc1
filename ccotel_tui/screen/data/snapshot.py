"""Asks a source for all that a view shows of one moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import cache
from typing import TYPE_CHECKING

from ccotel_tui.claude.destination import Unheard
from ccotel_tui.claude.session_registry import Running, session_folders
from ccotel_tui.errors import UsageError, sentence
from ccotel_tui.line.shown import BURN_NS, BURNS_AN_HOUR
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query import measures
from ccotel_tui.query.finite import finite
from ccotel_tui.query.period import Period
from ccotel_tui.query.prompts.folded import label_of
from ccotel_tui.query.prompts.typed import SessionPrompt
from ccotel_tui.query.query import EventKind, EventRow, Query, Scope
from ccotel_tui.query.rules.facts import RuleReading
from ccotel_tui.query.sessions import SessionRow, sessions_of
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.status_line.facts import StatusLines
from ccotel_tui.query.status_line.places import session_projects
from ccotel_tui.query.status_line.reading import StatusReading
from ccotel_tui.query.usage.grouped import GroupedSource
from ccotel_tui.query.usual.past import Past
from ccotel_tui.query.window import DAY, LONGEST_SESSION, SECOND, Window
from ccotel_tui.screen.data.history.first_prompts import read_first_prompts
from ccotel_tui.screen.data.history.log_page import LogPage, LogPlace, fetch_log_page
from ccotel_tui.screen.data.history.session_events import SessionEvents, SessionLife
from ccotel_tui.screen.data.history.team import Team
from ccotel_tui.screen.data.this_session import ThisSession
from ccotel_tui.store.ahead import Ahead
from ccotel_tui.telemetry import conventions

if TYPE_CHECKING:
    from ccotel_tui.query.reconcile import Reconciliation
    from ccotel_tui.query.usage.detail import UsageDetail

_COST = Query(measures.COST)
_FLOW = tuple(map(EventKind, conventions.ACTIVITY))
_FLOW_ROWS = 200


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

    `past` is what they are compared with, as far as it has been read.
    `status_lines` is what Claude Code told its status line, `rules` what is judged by rules, None
    where that was not read; `unheard` are sessions that run and of which nothing came; `team` are
    the users that have been seen so far. `first_ns` is when the first event came, where that is in
    the window.
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


def fetch_snapshot(
    question: Question,
    backend: Backend,
    running: Callable[[], Mapping[str, Running]],
    now_ns: int,
    zone: tzinfo,
    this_session: ThisSession | None = None,
    session_events: SessionEvents | None = None,
    lines: Callable[[], StatusLines] = StatusLines,
) -> Snapshot:
    """Ask the source all of it; where it does not answer, the snapshot says why.

    Which session is meant is decided once, for the panels and for what is going on. `lines` are
    the status lines, which name projects.
    """
    source, session_events = backend.source, session_events or SessionEvents()
    if not question.session_life:
        session_events.forget()
    try:
        window = question.period.window(now_ns, zone)
    except UsageError as error:
        # The clock was set back to before a fixed time.
        now = Window.between(now_ns - SECOND, now_ns, zone)
        period, scope, why = question.period, question.scope, sentence(error)
        return Snapshot(now_ns, now, period=period, scope=scope, failure=why)
    life = Window.between(now_ns - LONGEST_SESSION, now_ns, zone)
    whole = life if question.session_life else window
    here = cache(running)
    chooser = this_session or ThisSession()
    session = cache(lambda: chooser.prompt(backend, question.scope, here(), now_ns))
    grouped = backend
    if any(panel.key for panel in question.panels):
        projects = session_projects(session_folders(running()), lines())
        grouped = replace(backend, source=GroupedSource(backend, projects))
    answers = answer_panels(
        question.panels,
        grouped,
        window,
        question.scope,
        now_ns,
        session if question.present else None,
    )
    errors = [answer.notes[0] for answer in answers.values() if answer.state == "error"]
    answered = [answer for answer in answers.values() if answer.state not in ("absent", "error")]
    nothing = Snapshot(now_ns, window, answers, period=question.period, scope=question.scope)
    if errors and not answered:
        return replace(nothing, failure=errors[0])
    try:
        sessions = sessions_of(source, whole, question.scope) if question.sessions else ()
        return replace(
            nothing,
            sessions=sessions,
            first_prompts=read_first_prompts(source, sessions, whole, question.scope)
            if question.first_prompts
            else {},
            running=here(),
            present=_present(source, window, question, now_ns, session())
            if question.present
            else CurrentActivity(),
            log=fetch_log_page(source, question.log, window, question.scope)
            if question.log
            else LogPage(),
            life=session_events.read(backend, life, question.scope)
            if question.session_life
            else SessionLife(),
            reconciled=question.reconcile(backend, window, question.scope, now_ns)
            if question.reconcile
            else None,
            usage=question.usage(
                backend,
                window,
                question.scope,
                session_projects(session_folders(here()), lines()),
            )
            if question.usage
            else None,
            heard_ns=answered[0].last_heard_ns if answered else source.last_record_ns(now_ns),
            ahead=answered[0].ahead if answered else backend.diagnostics.ahead(now_ns),
        )
    except Exception as error:
        return replace(nothing, failure=sentence(error))


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


def _present(
    source: Source,
    window: Window,
    question: Question,
    now_ns: int,
    session: SessionPrompt | None,
) -> CurrentActivity:
    scope = question.scope
    recent = Window.between(now_ns - BURN_NS, now_ns, window.zone)
    spent = source.numbers([_COST], recent, scope)[_COST]
    errors = source.rows([EventKind(conventions.API_ERROR)], window, scope, 1)
    events: Sequence[EventRow] = ()
    if session is not None:
        began_ns = session.began_ns or now_ns - DAY
        since = Window.between(min(began_ns, now_ns) - 1, now_ns, window.zone)
        events = [
            row
            for row in source.rows(
                _FLOW, since, replace(scope, session_id=session.session_id), _FLOW_ROWS
            )
            if label_of(row, "session_id") == session.session_id
        ]
    return CurrentActivity(
        session,
        finite(
            sum(number or 0.0 for series in spent for _, number in series.points) * BURNS_AN_HOUR
        ),
        events,
        errors[-1] if errors else None,
        alone=bool(scope.session_id),
    )
