"""The way from a session to the terminal that it runs in."""

from collections.abc import Mapping

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.claude.tmux import jump_to, pane_of
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.screen import strings


def go_to_pane(session: Running | None, environment: Mapping[str, str]) -> str:
    """Show the session's tmux pane where this is tmux, and return the words for what was done.

    Elsewhere they tell where it runs.
    """
    if session is None or not session.lives:
        return strings.NO_PANE
    pane = pane_of(session)
    if pane is None:
        folder = sanitize(session.folder)
        return strings.RUNS_IN.format(pid=session.pid, folder=folder)
    form = strings.PANE_IS
    if environment.get("TMUX") and jump_to(pane):
        form = strings.PANE_SHOWN
    return form.format(address=sanitize(pane.address))
