"""Asks a source for all that a view shows of one moment."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import tzinfo
from functools import cache, partial

from ccotel_tui.claude.destination import unheard_sessions
from ccotel_tui.claude.session_registry import Running, SessionRegistry, session_folders
from ccotel_tui.errors import UsageError, sentence
from ccotel_tui.line.shown import BURN_NS, BURNS_AN_HOUR
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query import measures
from ccotel_tui.query.events import label_of
from ccotel_tui.query.finite import finite
from ccotel_tui.query.prompts.typed import SessionPrompt
from ccotel_tui.query.query import EventKind, EventRow, Query
from ccotel_tui.query.rules.reading import RuleReader
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.status_line.facts import StatusLines
from ccotel_tui.query.status_line.places import session_projects, sessions_in
from ccotel_tui.query.status_line.reading import StatusLineReader, with_told_names
from ccotel_tui.query.usage.grouped import GroupedSource
from ccotel_tui.query.usual.past import PastKey, PastReader
from ccotel_tui.query.window import DAY, LONGEST_SESSION, SECOND, Window
from ccotel_tui.screen.data.history.first_event import FirstEvent
from ccotel_tui.screen.data.history.first_prompts import read_first_prompts
from ccotel_tui.screen.data.history.log_page import fetch_log_page
from ccotel_tui.screen.data.history.session_events import SessionEvents
from ccotel_tui.screen.data.history.team import TeamReader
from ccotel_tui.screen.data.snapshot import CurrentActivity, Question, Snapshot
from ccotel_tui.screen.data.this_session import ThisSession
from ccotel_tui.telemetry import conventions

_COST = Query(measures.COST)
_FLOW = tuple(map(EventKind, conventions.ACTIVITY))
_FLOW_ROWS = 200

_Projects = Callable[[], Mapping[str, str]]
"""The project of each session whose folder is known; read where it is called for."""


class SnapshotReader:
    """Reads one moment after the other, and keeps what the next ones need of those before.

    Used in one thread, but for the comparisons that are read so far.
    """

    def __init__(
        self,
        registry: SessionRegistry,
        rules: RuleReader,
        zone: tzinfo,
        ports: Callable[[], Sequence[int]],
        folder: str = "",
    ) -> None:
        """`ports` are those that a recorder or a collector of ours listens on, where known.

        Only sessions of the `folder` count, where one is named.
        """
        self._registry = registry
        self._rules = rules
        self._zone = zone
        self._ports = ports
        self._folder = folder
        self._backend: Backend | None = None
        self._this_session = ThisSession()
        self._session_events = SessionEvents()
        self._status_lines = StatusLineReader()
        self._past = PastReader()
        self._first_event = FirstEvent()
        self._team = TeamReader()

    def read(self, question: Question, backend: Backend, now_ns: int) -> Snapshot:
        """Return what the source answers; where it does not, the snapshot says why."""
        if backend is not self._backend:
            self._backend, self._first_event, self._team = backend, FirstEvent(), TeamReader()
        lines = cache(partial(self._lines, backend.source, now_ns))
        narrowed, running = self._of_folder(question, lines)
        snapshot = self._answers(narrowed, backend, now_ns, cache(running), lines)
        if question.compares:
            snapshot = self.with_past(question, snapshot)
        if not snapshot.failure:
            # Where that fails, nothing is told; the next answer says why or goes on.
            with suppress(Exception):
                first_ns = self._first_event.read(backend.source, snapshot.window)
                snapshot = replace(snapshot, first_ns=first_ns)
            with suppress(Exception):
                snapshot = self._with_statuses(snapshot, backend)
        return self._with_users(snapshot)

    def read_team(self, backend: Backend, snapshot: Snapshot) -> Snapshot | None:
        """Return it with the users of its sessions; None where all that is known of is in it.

        Raises SourceUnavailable.
        """
        is_read = self._team.read(backend, snapshot.sessions, snapshot.window, snapshot.scope)
        return self._with_users(snapshot) if is_read else None

    def has_past(self, question: Question, snapshot: Snapshot) -> bool:
        """Return whether all that it is compared with has been read."""
        return self._past.is_complete(self._past_key(question, snapshot), snapshot.now_ns)

    def read_more_past(self, question: Question, backend: Backend, snapshot: Snapshot) -> None:
        """Read the next part of what it is compared with. Raises SourceUnavailable."""
        key = self._past_key(question, snapshot)
        self._past.read_more(backend.source, key, snapshot.now_ns)

    def with_past(self, question: Question, snapshot: Snapshot) -> Snapshot:
        """Return it with what it is compared with, as far as that has been read."""
        past = self._past.past(self._past_key(question, snapshot), snapshot.now_ns)
        return replace(snapshot, past=past)

    def _past_key(self, question: Question, snapshot: Snapshot) -> PastKey:
        return PastKey(question.source, snapshot.scope, self._zone, question.period)

    def _with_users(self, snapshot: Snapshot) -> Snapshot:
        team = self._team
        return replace(snapshot, sessions=team.with_users(snapshot.sessions), team=team.team)

    def _of_folder(
        self, question: Question, lines: Callable[[], StatusLines]
    ) -> tuple[Question, Callable[[], Mapping[str, Running]]]:
        """Return the question about no sessions but the folder's, and the running ones of it."""
        if not self._folder:
            return question, self._registry.read
        running = self._registry.read()
        sessions = sessions_in(self._folder, session_folders(running), lines())
        scope = question.scope._replace(sessions=sessions)
        there = {id: running[id] for id in sessions if id in running}
        return replace(question, scope=scope), lambda: there

    def _lines(self, source: Source, now_ns: int) -> StatusLines:
        """Return the status lines; none where the source fails, which its answer tells."""
        try:
            return self._status_lines.read(source, "", now_ns, self._zone).lines
        except Exception:
            return StatusLines()

    def _answers(
        self,
        question: Question,
        backend: Backend,
        now_ns: int,
        running: Callable[[], Mapping[str, Running]],
        lines: Callable[[], StatusLines],
    ) -> Snapshot:
        """Return the answers to the question; which session is meant is decided once for all."""
        if not question.session_life:
            self._session_events.forget()
        period, scope = question.period, question.scope
        try:
            window = period.window(now_ns, self._zone)
        except UsageError as error:
            # The clock was set back to before a fixed time.
            now = Window.between(now_ns - SECOND, now_ns, self._zone)
            return Snapshot(now_ns, now, period=period, scope=scope, failure=sentence(error))

        @cache
        def session() -> SessionPrompt | None:
            return self._this_session.prompt(backend, scope, running(), now_ns)

        @cache
        def projects() -> Mapping[str, str]:
            return session_projects(session_folders(running()), lines())

        grouped = backend
        if any(panel.key for panel in question.panels):
            grouped = replace(backend, source=GroupedSource(backend, projects()))
        this_session = session if question.present else None
        answers = answer_panels(question.panels, grouped, window, scope, now_ns, this_session)
        snapshot = Snapshot(now_ns, window, answers, period=period, scope=scope)
        errors = [answer.notes[0] for answer in answers.values() if answer.state == "error"]
        answered = [each for each in answers.values() if each.state not in ("absent", "error")]
        if errors and not answered:
            return replace(snapshot, failure=errors[0])
        try:
            if answered:
                heard_ns, ahead = answered[0].last_heard_ns, answered[0].ahead
            else:
                heard_ns = backend.source.last_record_ns(now_ns)
                ahead = backend.diagnostics.ahead(now_ns)
            heard = replace(snapshot, running=running(), heard_ns=heard_ns, ahead=ahead)
            return self._with_rest(heard, question, backend, session, projects)
        except Exception as error:
            return replace(snapshot, failure=sentence(error))

    def _with_rest(
        self,
        snapshot: Snapshot,
        question: Question,
        backend: Backend,
        session: Callable[[], SessionPrompt | None],
        projects: _Projects,
    ) -> Snapshot:
        """Return it with what the view shows beside panels. Raises SourceUnavailable."""
        source, scope = backend.source, snapshot.scope
        window, now_ns = snapshot.window, snapshot.now_ns
        life = Window.between(now_ns - LONGEST_SESSION, now_ns, self._zone)
        whole = life if question.session_life else window
        if question.sessions:
            snapshot = replace(snapshot, sessions=sessions_of(source, whole, scope))
        if question.first_prompts:
            prompts = read_first_prompts(source, snapshot.sessions, whole, scope)
            snapshot = replace(snapshot, first_prompts=prompts)
        if question.present:
            snapshot = replace(snapshot, present=_activity(source, snapshot, session()))
        if question.log:
            log = fetch_log_page(source, question.log, window, scope)
            snapshot = replace(snapshot, log=log)
        if question.session_life:
            snapshot = replace(snapshot, life=self._session_events.read(backend, life, scope))
        if question.reconcile:
            reconciled = question.reconcile(backend, window, scope, now_ns)
            snapshot = replace(snapshot, reconciled=reconciled)
        if question.usage:
            usage = question.usage(backend, window, scope, projects())
            snapshot = replace(snapshot, usage=usage)
        return snapshot

    def _with_statuses(self, snapshot: Snapshot, backend: Backend) -> Snapshot:
        """Return it with what status lines tell, what rules judge, and who is not heard."""
        now_ns, running = snapshot.now_ns, snapshot.running
        lines = self._status_lines.read(backend.source, snapshot.session_id, now_ns, self._zone)
        alive = [id for id, session in running.items() if session.lives]
        reading = self._rules.read(backend, alive, now_ns, self._zone)
        unheard = unheard_sessions(
            (running[id] for id in alive if id in reading.unheard), self._ports() or None
        )
        return replace(
            snapshot,
            sessions=with_told_names(snapshot.sessions, lines.lines),
            status_lines=lines,
            rules=reading,
            unheard=unheard,
        )


def _activity(source: Source, snapshot: Snapshot, session: SessionPrompt | None) -> CurrentActivity:
    """Return what goes on in that session, and what all that are looked at spend and fail in."""
    window, scope, now_ns = snapshot.window, snapshot.scope, snapshot.now_ns
    recent = Window.between(now_ns - BURN_NS, now_ns, window.zone)
    spent = source.numbers([_COST], recent, scope)[_COST]
    dollars = sum(number or 0.0 for series in spent for _, number in series.points)
    errors = source.rows([EventKind(conventions.API_ERROR)], window, scope, 1)
    return CurrentActivity(
        session,
        finite(dollars * BURNS_AN_HOUR),
        _events(source, snapshot, session) if session else (),
        errors[-1] if errors else None,
        alone=bool(scope.session_id),
    )


def _events(source: Source, snapshot: Snapshot, session: SessionPrompt) -> Sequence[EventRow]:
    """Return what happened in the session since its newest prompt, of a day where it has none."""
    now_ns, id = snapshot.now_ns, session.session_id
    began_ns = session.began_ns or now_ns - DAY
    since = Window.between(min(began_ns, now_ns) - 1, now_ns, snapshot.window.zone)
    rows = source.rows(_FLOW, since, snapshot.scope._replace(session_id=id), _FLOW_ROWS)
    return [row for row in rows if label_of(row, "session_id") == id]
