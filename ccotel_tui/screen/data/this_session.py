"""Chooses the session that "this session" means, once for all that is seen of a moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import partial

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.claude.tmux import Neighbours, TmuxNeighbours
from ccotel_tui.query.events import time_of
from ccotel_tui.query.measures import PERSON_ACTIVITY
from ccotel_tui.query.prompts.typed import SessionPrompt, newest_prompt
from ccotel_tui.query.query import EventKind, Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, LONGEST_SESSION, MINUTE, SECOND, Window
from ccotel_tui.telemetry.conventions import API_REQUEST, USER_PROMPT

ALONE_NS = 30 * SECOND
"""After so long in which only others were active, the place goes to the newest of them."""

_NEWEST = Query(PERSON_ACTIVITY, by=("session_id",), stat="last")


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """The session that is meant, and since when only others were active (Unix nanoseconds)."""

    session_id: str
    others_since_ns: int | None = None


def placed(
    place: SessionPlace | None,
    active: Mapping[str, int],
    running: Collection[str],
    ended: Collection[str],
    now_ns: int,
) -> SessionPlace | None:
    """Return who has the place next; None where no session was active.

    `active` holds the time of each session's newest prompt or request. One that runs comes before
    all that do not; among its equals whoever has the place keeps it until it has ended, or another
    has been active alone for ALONE_NS. Of a session that is in neither `running` nor `ended`
    nobody knows, as of those on other machines.
    """
    runs = {session: at for session, at in active.items() if session in running}
    candidates = runs or active
    if not candidates:
        return None
    newest = max(candidates, key=lambda session: (candidates[session], session))
    if place is None or place.session_id in ended or place.session_id not in candidates:
        return SessionPlace(newest)
    held_ns = candidates[place.session_id]
    later = [at for at in candidates.values() if at > held_ns]
    if not later:
        return SessionPlace(place.session_id)
    since_ns = place.others_since_ns
    if since_ns is None or since_ns <= held_ns:
        since_ns = min(later)
    return (
        SessionPlace(newest)
        if now_ns - since_ns >= ALONE_NS
        else SessionPlace(place.session_id, since_ns)
    )


class ThisSession:
    """Keeps the place from one moment to the next."""

    def __init__(self, neighbours: Neighbours | None = None) -> None:
        """`neighbours` tells which sessions run in the window that this dashboard is in."""
        self._place: SessionPlace | None = None
        self._neighbours = neighbours or TmuxNeighbours()

    def prompt(
        self, backend: Backend, scope: Scope, running: Mapping[str, Running], now_ns: int
    ) -> SessionPrompt | None:
        """The session that is meant now, with its newest prompt. Raises SourceUnavailable.

        A session of the scope was chosen by the reader. Where no session was active there is none.
        """
        source = backend.source
        current = source.current(now_ns, scope)
        if current is None:
            return None
        session_id = current.session_id
        if not scope.session_id:
            session_id = self._chosen(backend, scope, running, session_id, now_ns)
        if session_id != current.session_id:
            current = source.current(now_ns, scope._replace(session_id=session_id))
        same = current is not None and current.session_id == session_id
        return newest_prompt(
            backend, session_id, now_ns, current.prompt_id if current and same else None
        )

    def _chosen(
        self,
        backend: Backend,
        scope: Scope,
        running: Mapping[str, Running],
        newest: str,
        now_ns: int,
    ) -> str:
        """The session that has the place; `newest` is that of the newest activity."""
        runs = {session_id for session_id, session in running.items() if session.lives}
        beside = self._neighbours(running.values())
        if runs == {newest}:
            self._place = SessionPlace(newest)
            return newest
        day = Window.between(now_ns - DAY, now_ns, UTC)
        active = {
            series.labels["session_id"]: int(at)
            for series in backend.source.numbers([_NEWEST], day, scope)[_NEWEST]
            for _, at in series.points
            if at is not None
        }
        if not (beside or runs) & active.keys():
            active |= _long_ago(backend, scope, runs, now_ns)
        if near := beside & active.keys():
            self._place = SessionPlace(max(near, key=lambda session: (active[session], session)))
        elif not runs & active.keys() and newest not in active:
            # It has counters only, or is older than a day.
            self._place = SessionPlace(newest)
        else:
            ended = running.keys() - runs
            self._place = placed(self._place, active, runs, ended, now_ns)
        return self._place.session_id if self._place else newest


def _long_ago(
    backend: Backend, scope: Scope, sessions: Collection[str], now_ns: int
) -> dict[str, int]:
    """The newest prompt or request of sessions that have had none today."""
    life = Window.between(now_ns - LONGEST_SESSION, now_ns, UTC, MINUTE)
    kinds = (EventKind(USER_PROMPT), EventKind(API_REQUEST))
    rows = backend.run_together(
        partial(backend.source.rows, kinds, life, scope._replace(session_id=session_id), 1)
        for session_id in sorted(sessions)
    )
    return {str(row.get("session_id")): time_of(row) for batch in rows for row in batch}
