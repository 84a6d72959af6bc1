"""Recorded sessions of the CLI 2.1.332: its background subagents send prompts of their own."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.prompts.folded import SUBAGENT_COMPLETED
from ccotel_tui.query.prompts.rows import PROMPT_EVENTS, prompt_rows
from ccotel_tui.query.query import EventKind, Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.send import replay
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import read_request

DATA = Path(__file__).parents[1] / "data"
SESSIONS: list[dict[str, Any]] = json.loads((DATA / "truth-2.1.332.json").read_text())["sessions"]
NOW = 1_795_902_300 * 10**9
"""A minute after the last of them was left."""

WINDOW = Window.between(NOW - DAY, NOW, ZoneInfo("UTC"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path = tmp_path_factory.mktemp("recorded") / "telemetry.db"
    with closing(Database(path)) as database:
        for line in replay.read_lines(DATA / "sessions-2.1.332.jsonl"):
            database.append(read_request(line.request).records)
    with closing(open_embedded(path)) as backend:
        yield backend


@pytest.mark.parametrize("truth", SESSIONS, ids=lambda truth: truth["session"])
def test_a_session_has_the_prompts_that_were_typed(
    recorded: Backend, truth: dict[str, Any]
) -> None:
    scope = Scope(truth["session"])
    panels = [BY_ID["total_cost"], BY_ID["dev_activity"]]
    answers = answer_panels(panels, recorded, WINDOW, scope, NOW)
    [row] = sessions_of(recorded.source, WINDOW, scope)
    assert row.prompts == answers["dev_activity"].parts["prompts"] == truth["typed_prompts"]
    assert row.requests == truth["requests"]
    cost = answers["total_cost"]
    assert cost.value == pytest.approx(truth["events_cost_usd"], abs=1e-9)
    if truth["typed_prompts"] == 1:
        assert cost.parts["last_prompt"] == pytest.approx(truth["events_cost_usd"], abs=1e-9)
    if "last_prompt_usd" in truth:
        assert cost.parts["last_prompt"] == pytest.approx(truth["last_prompt_usd"], abs=1e-9)


def test_all_sessions_together_have_the_prompts_of_each(recorded: Backend) -> None:
    answers = answer_panels([BY_ID["dev_activity"]], recorded, WINDOW, Scope(), NOW)
    typed = sum(one["typed_prompts"] for one in SESSIONS)
    assert answers["dev_activity"].parts["prompts"] == typed


@pytest.mark.parametrize("truth", SESSIONS, ids=lambda truth: truth["session"])
def test_the_costs_of_a_sessions_prompts_add_up_to_its_own(
    recorded: Backend, truth: dict[str, Any]
) -> None:
    kinds = [*map(EventKind, PROMPT_EVENTS), EventKind(SUBAGENT_COMPLETED)]
    rows = prompt_rows(recorded.source.rows(kinds, WINDOW, Scope(truth["session"]), 10_000))
    typed = [row for row in rows if row.typed and not row.is_command]
    assert len(typed) == truth["typed_prompts"]
    assert sum(row.cost or 0 for row in rows) == pytest.approx(truth["events_cost_usd"], abs=1e-9)
    assert sum(row.requests for row in rows) == truth["requests"]
    if "last_prompt_usd" in truth:
        assert typed[-1].cost == pytest.approx(truth["last_prompt_usd"], abs=1e-9)
