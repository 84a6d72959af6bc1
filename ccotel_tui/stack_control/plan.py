"""The action for each state of a container: a table, and nothing but a table.

State is kept nowhere: every procedure looks first, so that it goes on from whatever a Ctrl-C, a
SIGKILL or `docker compose` left behind.
"""

from enum import Enum


class Action(Enum):
    KEEP = "keep"
    START = "start"
    UNPAUSE = "unpause"
    CREATE = "create"
    REPLACE = "replace"


_AS_WANTED = {
    "running": Action.KEEP,
    "paused": Action.UNPAUSE,
    "created": Action.START,
    "exited": Action.START,
    # It keeps restarting: a new one does so at once, and is counted from zero.
    "restarting": Action.REPLACE,
    # What the engine could not remove; to try again is all there is.
    "dead": Action.REPLACE,
    "removing": Action.REPLACE,
}

RUNS = frozenset({"running", "restarting", "paused", "stopping"})
"""The states from which a container is stopped before it is removed."""


def plan_up(state: str, as_wanted: bool) -> Action:
    """Return the action that makes a service run as the file says, from its container's state.

    The state is `absent` where there is no container.
    """
    if state == "absent":
        return Action.CREATE
    # Podman has states of its own, such as `stopping`.
    return _AS_WANTED.get(state, Action.REPLACE) if as_wanted else Action.REPLACE
