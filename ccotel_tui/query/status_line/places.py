"""Projects of sessions, and sessions of a folder, by the registry and by status lines.

`folders` has the folder of each session that the registry of running sessions knows or knew.
"""

import os
from collections.abc import Mapping

from ccotel_tui.query.status_line.facts import StatusLines


def session_projects(folders: Mapping[str, str], lines: StatusLines) -> dict[str, str]:
    """Return the repo of each session's status line, else the folder of that, or of `folders`."""
    places = {id: status.repo or status.folder for id, status in lines.sessions.items()}
    return dict(folders) | {id: project for id, project in places.items() if project}


def sessions_in(folder: str, folders: Mapping[str, str], lines: StatusLines) -> tuple[str, ...]:
    """Return the sessions that were in the folder, by either of both; links are followed."""
    of_lines = [(id, status.folder) for id, status in lines.sessions.items()]
    wanted = os.path.realpath(folder)
    seen_there: dict[str, bool] = {"": False}
    for _, place in (*folders.items(), *of_lines):
        if place not in seen_there:
            seen_there[place] = _real(place) == wanted
    return tuple(sorted({id for id, place in (*folders.items(), *of_lines) if seen_there[place]}))


def _real(place: str) -> str:
    """Where the path leads; empty of one that no folder can have."""
    try:
        return os.path.realpath(place)
    except ValueError:
        return ""
