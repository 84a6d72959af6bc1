"""Interactive sessions of Claude Code itself amount to what it says of them."""

import re

import pytest

from tests.client.world.tmux import Pane
from tests.client.world.world import World

pytestmark = pytest.mark.client

EXACT = 1e-9
SHOWN = 1e-4
"""What /cost is rounded to."""

COMMANDS = ("cost", "cost", "compact", "cost", "exit")


def shows_prompt(dashboard: Pane, prompt: str, dollars: float) -> None:
    """Wait until the dashboard shows this as the newest prompt, with its cost."""
    line = re.compile(rf"^> {prompt} +\${dollars:.2f} ", re.MULTILINE)
    dashboard.until_screen(lambda screen: bool(line.search(screen)), line.pattern)


@pytest.mark.parametrize("texts", [True, False], ids=["texts", "redacted"])
def test_background_agents_and_commands_are_no_prompts_of_the_person(
    world: World, texts: bool
) -> None:
    world = world.with_texts(texts)
    session = world.home.open(world.tmux, world.home.project("alpha"))
    session_id = session.id
    dashboard = world.dashboard((80, 24))
    session.enter("start 2 agents")
    world.settle(session_id, 2)
    world.api.release(1)
    world.settle(session_id, 4)
    world.api.release(2)
    agents = world.settle(session_id, 6)
    shown = session.cost()
    parts = world.answers.parts()
    assert agents["cost"] == pytest.approx(shown, abs=SHOWN)
    assert (agents["prompts"], parts["last_prompt"]) == (1, pytest.approx(shown, abs=SHOWN))
    shows_prompt(dashboard, "start 2 agents" if texts else "prompt of 14 characters", shown)

    session.enter("spend 4000 tokens")
    second = world.settle(session_id, 7)
    prompt = session.cost() - shown
    assert second["prompts"] == 2
    assert world.answers.parts()["last_prompt"] == pytest.approx(prompt, abs=SHOWN)
    typed = "spend 4000 tokens" if texts else "prompt of 17 characters"
    shows_prompt(dashboard, typed, prompt)

    session.enter("/compact")
    session.pane.until("Compacted")
    compacted = world.settle(session_id, 8)
    assert compacted["prompts"] == 2
    dashboard.until("\n/compact")
    shows_prompt(dashboard, typed, prompt)
    assert compacted["cost"] == pytest.approx(session.cost(), abs=SHOWN)
    assert world.answers.parts()["last_prompt"] == pytest.approx(prompt, abs=SHOWN)

    total = pytest.approx(session.exit(), abs=EXACT)
    panels = world.answers.panels()
    assert panels["total_cost"]["value"] == total
    assert panels["total_cost"]["exact"] is True
    assert panels["total_cost"]["parts"]["last_prompt"] == pytest.approx(prompt, abs=SHOWN)
    assert panels["token_usage"]["parts"].items() >= world.tokens().items()
    assert panels["dev_activity"]["parts"]["prompts"] == 2
    row = world.answers.sessions()[session_id]
    assert (row["cost"], row["prompts"]) == (total, 2)
    events = world.answers.events("user_prompt")
    commands = [row["command_name"] for row in events if row.get("command_source") == "builtin"]
    assert tuple(commands) == COMMANDS


def test_clear_begins_a_session_and_resume_goes_on_with_one(world: World) -> None:
    session = world.home.open(world.tmux, world.home.project("alpha"))
    first_id = session.id
    session.enter("spend 1000 tokens")
    world.settle(first_id, 1)
    first = session.cost()
    second_id = session.clear()
    session.enter("spend 2000 tokens")
    world.settle(second_id, 1)
    second = session.exit()
    rows = world.answers.sessions()
    assert rows[first_id]["cost"] == pytest.approx(first, abs=SHOWN)
    assert rows[second_id]["cost"] == pytest.approx(second, abs=EXACT)
    assert [rows[id]["prompts"] for id in (first_id, second_id)] == [1, 1]

    resumed = world.home.open(world.tmux, session.folder, "--resume", first_id)
    assert resumed.id == first_id
    resumed.enter("spend 5000 tokens")
    world.settle(first_id, 2)
    total = resumed.exit()
    panels = world.answers.panels()
    row = world.answers.sessions()[first_id]
    assert (row["cost"], row["prompts"]) == (pytest.approx(total, abs=EXACT), 2)
    assert panels["total_cost"]["value"] == pytest.approx(total + second, abs=EXACT)
    assert panels["total_cost"]["parts"]["current_session"] == pytest.approx(total, abs=EXACT)
    assert panels["total_cost"]["parts"]["last_prompt"] == pytest.approx(total - first, abs=SHOWN)
    assert panels["active_sessions"]["value"] == 2
