"""Short names: two values that are shown together never have one name."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen.format.names import short_names
from ccotel_tui.screen.palette import Palette
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import Plain, event

OWN = "claude-opus-4-8"
US = "us.anthropic.claude-opus-4-8-v1:0"
EU = "eu.anthropic.claude-opus-4-8-v1:0"


def names(label: str, *values: str) -> list[str]:
    return list(short_names(label, values).values())


def test_a_model_of_two_providers_has_two_names() -> None:
    assert names("model", OWN) == ["opus-4-8"]
    assert names("model", US) == ["opus-4-8"]
    assert names("model", OWN, US) == ["opus-4-8", "us.opus-4-8"]
    assert names("model", OWN, US, EU) == ["opus-4-8", "us.opus-4-8", "eu.opus-4-8"]
    assert names("model", US, "claude-sonnet-5") == ["opus-4-8", "sonnet-5"]


def test_two_dates_of_a_model_have_two_names() -> None:
    dated = "claude-haiku-4-5-20251001"
    assert names("model", "claude-haiku-4-5", dated) == ["haiku-4-5", "haiku-4-5-20251001"]


def test_what_no_shorter_name_tells_apart_is_whole() -> None:
    arn = f"arn:aws:bedrock:eu-west-1:12:inference-profile/{EU}"
    assert names("model", EU, arn) == [EU, arn]


def test_one_model_with_and_without_its_context_has_one_name() -> None:
    assert names("model", OWN, f"{OWN}[1m]") == ["opus-4-8", "opus-4-8"]


def test_folders_of_one_name_and_ids_of_one_beginning_differ() -> None:
    assert names("project", "/home/a/web", "/home/b/web") == ["a/web", "b/web"]
    assert names("project", "/home/a/web", "/home/a/app") == ["web", "app"]
    assert names("session_id", "3f2a0c11-1", "3f2a0c11-2") == ["3f2a0c11-1", "3f2a0c11-2"]


PARTS = ("claude-", "us.", "anthropic.", "opus", "-20260101", "-v1:0", "a/", "/")
MADE = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("".join)


@given(st.sets(MADE), st.sampled_from(["model", "project", "session_id", "tool_name"]))
def test_whatever_the_values_are_no_two_have_one_name(values: set[str], label: str) -> None:
    assert len(set(names(label, *values))) == len(values)


@pytest.fixture
def providers(database: Database) -> Database:
    """A prompt whose requests went to one model by two providers."""
    rows: list[tuple[str, dict[str, Plain]]] = [
        ("user_prompt", {"prompt": "fix it"}),
        ("api_request", {"model": OWN, "cost_usd": 2.0, "duration_ms": 900}),
        ("api_request", {"model": US, "cost_usd": 1.0, "duration_ms": 400}),
    ]
    database.append(
        event(name, NOW - MINUTE + at * SECOND, "s1", **{"prompt.id": "p1"}, **more)
        for at, (name, more) in enumerate(rows)
    )
    return database


@pytest.mark.usefixtures("providers")
@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
@pytest.mark.parametrize(
    "keys",
    [
        ("2",),
        ("2", "enter"),
        ("2", "tab", "tab", "tab", "enter"),
        ("4",),
        ("4", "enter"),
        ("d",),
        ("e",),
        ("e", "w"),
    ],
    ids="-".join,
)
async def test_both_names_are_on_the_screen(
    tmp_path: Path, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with dashboard(tmp_path, size) as running:
        for key in keys:
            await running.press(key)
            await running.at_rest()
        shown = running.screen
        # A narrow waterfall has no room for models at all, a narrow legend not for all.
        if "request  " not in shown or size[0] >= 60:
            assert re.search(rf"{OWN}|(?<![\w.-])opus-4-8", shown), shown
            assert any(name in shown for name in (US, "us.opus-4-8", "1 more")), shown


@pytest.mark.usefixtures("providers")
async def test_a_session_and_the_palette_name_both(tmp_path: Path) -> None:
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("s")
        await running.at_rest()
        provider = Palette(running.app.screen)
        sentences = [hit.text async for hit in provider.discover()]
        assert {"model opus-4-8", "model us.opus-4-8"} <= set(map(str, sentences))
        await running.press("enter")
        await running.at_rest()
        assert "us.opus-4-8" in running.screen
