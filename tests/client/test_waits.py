"""With its trace beta on, Claude Code itself tells how long it waited for somebody."""

import time
from dataclasses import replace

import pytest

from tests.client.world.answers import Json
from tests.client.world.tmux import wait_for
from tests.client.world.world import World

pytestmark = pytest.mark.client

QUESTION = "Do you want to proceed?"


def test_a_permission_that_was_waited_for_is_seen_in_its_prompt(world: World) -> None:
    world = replace(world, home=replace(world.home, traces=True))
    session = world.home.open(world.tmux, world.home.project("alpha"))
    session_id = session.id
    session.enter("run python3 -c pass")
    session.pane.until(QUESTION)
    asked = time.monotonic()
    world.answers.panels()  # takes its time, in which the question stands
    stood_ms = (time.monotonic() - asked) * 1000
    session.pane.accept(QUESTION)
    world.settle(session_id, 2)

    def waited() -> Json | None:
        prompt = world.answers.prompt("last")
        return prompt if prompt["waited_ms"] is not None else None

    prompt = wait_for(waited, lambda: f"a wait: {world.answers.prompt('last')}")
    assert prompt["waited_ms"] >= stood_ms
    [call] = [step for step in prompt["steps"] if step["kind"] == "tool"]
    assert (call["name"], call["waited_ms"]) == ("Bash", prompt["waited_ms"])

    session.enter("run python3 -c 'print(2)'")
    session.pane.until(QUESTION)
    session.pane.press("Escape")
    session.pane.until("Interrupted")
    rejected = wait_for(
        lambda: [step for step in world.answers.prompt("last")["steps"] if step["waited_ms"]],
        lambda: f"a rejected call: {world.answers.prompt('last')}",
    )
    assert [(step["kind"], step["name"]) for step in rejected] == [("rejected", "Bash")]
    total = session.exit()
    panels = world.answers.panels()
    assert panels["total_cost"]["value"] == pytest.approx(total, abs=1e-9)


def test_without_it_waits_are_not_known(world: World) -> None:
    session = world.home.open(world.tmux, world.home.project("alpha"))
    session_id = session.id
    session.enter("run python3 -c pass")
    session.pane.until(QUESTION)
    session.pane.accept(QUESTION)
    world.settle(session_id, 2)
    prompt = world.answers.prompt("last")
    assert (prompt["tools"], prompt["waited_ms"]) == (1, None)
