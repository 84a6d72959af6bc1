"""One-shot runs of Claude Code itself amount to what it printed and what its API answered."""

import pytest

from tests.client.world.world import World

pytestmark = pytest.mark.client

EXACT = 1e-9


def test_a_run_costs_what_the_client_printed(world: World) -> None:
    result = world.home.run(world.home.project("alpha"), "spend 4000 tokens")
    printed = pytest.approx(result["total_cost_usd"], abs=EXACT)
    panels = world.answers.panels()
    assert panels["total_cost"]["value"] == printed
    assert panels["total_cost"]["exact"] is True
    assert panels["total_cost"]["parts"]["last_prompt"] == printed
    assert panels["token_usage"]["parts"].items() >= world.tokens().items()
    row = world.answers.sessions()[result["session_id"]]
    assert row["cost"] == printed
    assert (row["requests"], row["prompts"]) == (len(world.api.answered), 1)


def test_a_resumed_session_costs_what_the_client_printed_of_it_at_last(world: World) -> None:
    folder = world.home.project("alpha")
    first = world.home.run(folder, "spend 1000 tokens")
    resumed = world.home.run(folder, "--resume", first["session_id"], "spend 3000 tokens")
    assert resumed["session_id"] == first["session_id"]
    assert resumed["total_cost_usd"] > first["total_cost_usd"]
    row = world.answers.sessions()[first["session_id"]]
    assert row["cost"] == pytest.approx(resumed["total_cost_usd"], abs=EXACT)
    assert (row["requests"], row["prompts"]) == (2, 2)
    prompt = resumed["total_cost_usd"] - first["total_cost_usd"]
    assert world.answers.parts()["last_prompt"] == pytest.approx(prompt, abs=EXACT)
