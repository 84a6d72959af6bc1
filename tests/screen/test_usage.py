"""What was dear: a ranked list whose total is the cost, gone into and out of by keys."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ccotel_tui.query.usage.keys import KEYS
from ccotel_tui.query.window import MINUTE
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.usage.lines import usage_heading
from ccotel_tui.screen.widgets.lists.usage import UsageList
from ccotel_tui.store.database import Database
from tests.otlp import request
from tests.screen.running import NOW, dashboard


@pytest.fixture
def spent(database: Database) -> Database:
    at = NOW - 5 * MINUTE
    dollars = (("aaaa1111", "p1", 0.5), ("bbbb2222", "p2", 2.0), ("bbbb2222", "p3", 0.25))
    requests = [
        (request(cost, at + number, session, number), prompt)
        for number, (session, prompt, cost) in enumerate(dollars)
    ]
    database.append(
        [
            replace(event, attributes={**event.attributes, "prompt.id": prompt})
            for event, prompt in requests
        ]
    )
    return database


async def test_from_a_value_to_a_prompts_steps_and_back(spent: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("d")
        models = await running.until(strings.DEAR_BY.format(key="model"))
        assert "$2.75" in models.splitlines()[-2]
        await running.press("enter")
        sessions = await running.until(strings.DEAR_BY.format(key="session"))
        assert sessions.index("bbbb2222") < sessions.index("aaaa1111")
        await running.press("enter")
        prompts = await running.until(strings.DEAR_BY.format(key="prompt"))
        assert "bbbb2222 ›" in prompts
        assert "$2.25" in prompts.splitlines()[-2]
        await running.press("enter")
        await running.until(strings.REQUEST)
        await running.press("escape", "escape")
        await running.until(strings.DEAR_BY.format(key="session"))
        await running.press("escape")
        await running.until(strings.DEAR_BY.format(key="model"))


async def test_the_next_key_and_a_filter(spent: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("b")
        await running.until(strings.DEAR_BY.format(key="model"))
        await running.press("b", "b")
        await running.until("aaaa1111")
        await running.press("slash", *"bbbb", "enter")
        page = await running.at_rest()
        assert "aaaa1111" not in page
        assert "$2.75" in page.splitlines()[-2] + page.splitlines()[-3]
        rows = running.app.screen.query_one(UsageList)
        assert rows.copied(as_json=False) == "bbbb2222"
        assert json.loads(rows.copied(as_json=True))["cost_usd"] == 2.25


@pytest.mark.parametrize("key", KEYS)
def test_each_key_has_a_name(key: str) -> None:
    assert strings.USAGE_KEYS[key] in usage_heading((), [key], 200).plain


def test_the_heading_has_the_keys_that_come_next_whole() -> None:
    narrow = usage_heading((), ["model"], 40).plain
    assert narrow == "what was dear  by model   b  source"
    assert "b  user effort" in usage_heading((), ["mcp_server"], 60).plain
    assert usage_heading(("opus-4-8",), ["model", "session"], 40).plain.endswith("by session")
