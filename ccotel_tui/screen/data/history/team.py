"""Whose the sessions are that lists have, read behind the answers and remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import SessionRow, sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import LONGEST_SESSION, Window

TEAM_ATTRIBUTES = ("team", "team.id", "department", "cost_center")
"""What OTEL_RESOURCE_ATTRIBUTES is used to say of who works together."""


@dataclass(frozen=True)
class Team:
    """The users that were seen, and those of the team's attributes that records have."""

    users: frozenset[str] = frozenset()
    attributes: tuple[str, ...] = ()

    @property
    def is_several(self) -> bool:
        """Return whether there is more than one user."""
        return len(self.users) > 1


class TeamReader:
    """The users of all sessions so far; each session is asked for until its user is told."""

    def __init__(self) -> None:
        self.team = Team()
        self._is_begun = False
        self._users: dict[str, str] = {}
        self._asked: dict[str, int] = {}
        """Of each session its last activity when its user was asked for."""

    def with_users(self, rows: Sequence[SessionRow]) -> Sequence[SessionRow]:
        """Return the rows with their users, where there are several, as far as those are read."""
        if not self.team.is_several:
            return rows
        return [replace(row, user=self._users.get(row.session_id, "")) for row in rows]

    def read(
        self, backend: Backend, rows: Sequence[SessionRow], window: Window, scope: Scope
    ) -> bool:
        """Read the users of those rows that have not been asked for; return whether it did.

        Of the window's sessions at first, where there are no rows. Raises SourceUnavailable.
        """
        if not rows and not self._is_begun:
            rows = sessions_of(backend.source, window, scope)
        self._is_begun = True
        rows = [row for row in rows if self._lacks(row)]
        if not rows:
            return False
        # A time that a server makes up would have decades asked for, piece by piece.
        earliest_ns = window.to_ns - LONGEST_SESSION
        since_ns = max(min(row.started_ns for row in rows), earliest_ns) - 1
        life = Window.between(since_ns, window.to_ns, window.zone)
        self._users |= backend.usage.users([row.session_id for row in rows], life)
        team = Team(frozenset(self._users.values()))
        self.team = replace(team, attributes=_attributes(backend)) if team.is_several else team
        self._asked |= {row.session_id: row.last_seen_ns for row in rows}
        return True

    def _lacks(self, row: SessionRow) -> bool:
        is_asked = self._asked.get(row.session_id) == row.last_seen_ns
        return row.session_id not in self._users and not is_asked


def _attributes(backend: Backend) -> tuple[str, ...]:
    wanted = Scope(attributes=tuple((name, ".") for name in TEAM_ATTRIBUTES))
    unknown = backend.diagnostics.unknown_attributes(wanted)
    return tuple(name for name in TEAM_ATTRIBUTES if name not in unknown)
