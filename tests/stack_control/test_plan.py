"""Every state a container can be seen in, and what is done about it."""

import pytest

from ccotel_tui.stack_control.plan import Action, plan_up

STATES = ("created", "running", "restarting", "paused", "exited", "dead", "removing", "stopping")


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("created", Action.START),
        ("running", Action.KEEP),
        ("restarting", Action.REPLACE),
        ("paused", Action.UNPAUSE),
        ("exited", Action.START),
        ("dead", Action.REPLACE),
        ("removing", Action.REPLACE),
        ("stopping", Action.REPLACE),
    ],
)
def test_of_what_is_as_wanted(state: str, action: Action) -> None:
    assert plan_up(state, as_wanted=True) is action


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_as_wanted_is_replaced(state: str) -> None:
    assert plan_up(state, as_wanted=False) is Action.REPLACE


def test_what_is_absent_is_made() -> None:
    assert plan_up("absent", as_wanted=False) is Action.CREATE
