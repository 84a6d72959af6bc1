"""While several sessions run, "this session" is one of them: its name with its dollars."""

import pytest

from tests.client.samples import Sample, Samples, belong_together, sample
from tests.client.world.tmux import Pane
from tests.client.world.world import World

pytestmark = pytest.mark.client

SIZES = ((40, 12), (80, 24))
ROUNDS = 4
ALONE = 30
"""After so many seconds in which only another was active, that one is this session."""
CHEAP, DEAR, CLEARED = "spend 10000 tokens", "spend 100000 tokens", "spend 60000 tokens"
"""At the client's prices no sum of one is near a sum of another: all of the cheap ones cost less
than the cleared session's prompt, and this less than a dear one."""


def shows(pane: Pane, session_id: str, name: str, dollars: float) -> None:
    """Wait until it is this session, with this sum."""
    expected = Sample(session_id[:4], name, round(dollars, 2))
    pane.until_screen(lambda screen: sample(screen) == expected, str(expected))


def test_the_name_and_the_dollars_belong_together_at_every_moment(world: World) -> None:
    folders = [world.home.project(name) for name in ("alpha", "beta")]
    alpha, beta = (world.home.open(world.tmux, folder) for folder in folders)
    panes = [world.dashboard(size) for size in SIZES]
    alpha_id, beta_id = alpha.id, beta.id
    with Samples(panes) as samples:
        alpha.enter(CHEAP)
        cheap = world.settle(alpha_id, 1)["cost"]
        for pane in panes:
            shows(pane, alpha_id, "alpha", cheap)
        for number in range(1, ROUNDS + 1):
            beta.enter(DEAR)
            beta_cost = world.settle(beta_id, number)["cost"]
            alpha.enter(CHEAP)
            world.settle(alpha_id, number + 1)
        both = {pane: len(samples.seen[pane]) for pane in panes}
        alpha_cost = alpha.exit()
        for pane in panes:
            shows(pane, beta_id, "beta", beta_cost)
        cleared_id = beta.clear()
        beta.enter(CLEARED)
        cleared = world.settle(cleared_id, 1)["cost"]
        for pane in panes:
            shows(pane, cleared_id, "beta", cleared)
        cleared_cost = beta.exit()
    sums = {
        (alpha_id[:4], "alpha"): (0, alpha_cost),
        (beta_id[:4], "beta"): (beta_cost / ROUNDS, beta_cost),
        (cleared_id[:4], "beta"): (cleared_cost, cleared_cost),
    }
    assert alpha_cost < cleared_cost < beta_cost / ROUNDS
    for pane in panes:
        seen = samples.seen[pane]
        belong_together(seen, sums)
        if world.api.longest_pause(alpha_id) < ALONE:
            assert {shown.name for shown in seen[: both[pane]]} - {""} == {"alpha"}
    rows = world.answers.sessions()
    for id, dollars in ((alpha_id, alpha_cost), (cleared_id, cleared_cost)):
        assert rows[id]["cost"] == pytest.approx(dollars, abs=1e-9)
    assert world.answers.parts()["value"] == pytest.approx(alpha_cost + beta_cost + cleared_cost)
