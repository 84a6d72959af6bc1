"""Colours, and settings that are edited while the dashboard runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccotel_tui.errors import UsageError
from ccotel_tui.screen.data.files.choices import Choices
from ccotel_tui.screen.keys import show_remapped
from ccotel_tui.screen.settings_file import edit_settings, known_settings
from ccotel_tui.settings import Settings
from ccotel_tui.store.database import Database
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day
from tests.screen.tools.shown import COST_CHARTS, show


async def test_t_takes_turns_through_the_themes_and_the_choice_is_kept(
    database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    kept = tmp_path / "state" / "dashboard.json"
    async with dashboard(tmp_path, choices=Choices(kept)) as running:
        themes = []
        for _ in range(4):
            await running.press("T")
            themes.append(running.app.theme)
            assert Choices(kept).theme == running.app.theme
        assert themes == ["light", "high-contrast", "ansi-16", "dark"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"theme": 3, "budget_notices": {"day": 3}}'])
def test_a_broken_file_of_choices_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "dashboard.json"
    path.write_text(text)
    assert Choices(path).theme == ""
    assert Choices(path).budget_notices == {}


def test_one_choice_leaves_the_others_alone(tmp_path: Path) -> None:
    path = tmp_path / "dashboard.json"
    Choices(path).budget_notices = {"day": "2026-11-24 0.8"}
    Choices(path).theme = "light"
    assert Choices(path).theme == "light"
    assert Choices(path).budget_notices == {"day": "2026-11-24 0.8"}


def test_choices_that_cannot_be_written_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    choices = Choices(tmp_path / "file" / "dashboard.json")
    choices.theme = "light"
    assert choices.theme == ""


@pytest.fixture
def usual_keys() -> Iterator[None]:
    """The keys are shown as they are by default again after the test."""
    yield
    show_remapped({})


async def test_settings_hide_panels_and_choose_the_first_page_and_keys(
    database: Database, tmp_path: Path, usual_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    show(monkeypatch, *COST_CHARTS)
    settings = Settings(section="cost", hidden_panels=("tokens_by_type",), keys={"help": "f1"})
    async with dashboard(tmp_path, settings=settings) as running:
        shown = await running.until("Token Usage by Model")
        assert "Token Usage by Type" not in shown
        assert "f1 help" in shown.splitlines()[-1]
        assert "Keys" in await running.press("f1")


def editor(tmp_path: Path, text: str) -> dict[str, str]:
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o755)
    return {"EDITOR": str(script), "PATH": os.environ["PATH"]}


def test_an_editor_begins_with_every_default(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    edit_settings(path, editor(tmp_path, 'sed -i \'s/^# theme = .*/theme = "light"/\' "$1"'))
    assert known_settings(path) == Settings(theme="light")


@pytest.mark.parametrize("environment", [{}, {"EDITOR": "/nowhere/vi"}, {"VISUAL": "'"}])
def test_without_an_editor_the_file_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    path = tmp_path / "settings.toml"
    with pytest.raises(UsageError, match=r"settings\.toml"):
        edit_settings(path, environment)


def test_an_editor_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exit status 3"):
        edit_settings(tmp_path / "settings.toml", editor(tmp_path, "exit 3"))
