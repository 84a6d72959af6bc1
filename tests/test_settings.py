"""The settings file: what it may hold, and errors that name the line."""

import re
import tomllib
from datetime import time
from pathlib import Path

import pytest

from ccotel_tui.errors import UsageError
from ccotel_tui.panels.catalogue import BY_ID, SECTIONS
from ccotel_tui.query.rules.thresholds import RULES_TEMPLATE, Thresholds
from ccotel_tui.query.usual.budget import Budgets, WorkingHours
from ccotel_tui.query.usual.budget_table import BUDGET_TEMPLATE
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.themes import THEMES
from ccotel_tui.settings import (
    SECTION_NAMES,
    THEME_NAMES,
    Settings,
    read_settings,
    read_thresholds,
    template,
)

PANELS = frozenset(BY_ID)
KEY_IDS = frozenset(key.id for key in KEYS)


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, PANELS, KEY_IDS)


def test_no_file_is_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none.toml", PANELS, KEY_IDS) == Settings()


def test_what_is_given_is_taken(tmp_path: Path) -> None:
    text = 'theme = "light"\nhidden_panels = ["api_errors"]\n[keys]\nquit = "ctrl+q"\n'
    settings = read(tmp_path, text)
    assert settings == Settings(
        theme="light", hidden_panels=("api_errors",), keys={"quit": "ctrl+q"}
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('# a\ntheme = "pink"\n', "line 2: theme is to be one of auto, dark"),
        ("\n\ntehme = 1\n", "line 3: tehme is none of theme, section"),
        ('hidden_panels = ["cost"]', "line 1: hidden_panels names no panel: 'cost'"),
        ("hash_emails = 1", "line 1: hash_emails is to be true or false"),
        ("hidden_panels = [[1]]", "line 1: hidden_panels names no panel: [1]"),
        ('\nnotify = ["horn"]', "line 2: notify names no way: 'horn'"),
        ('notify = "bell"', "line 1: notify is to be a list of way ids"),
        ("rules = 3", "line 1: rules is to be a table of loop, errors, surge"),
        ("\n[rules]\nloops = 3", "line 3: rules has no 'loops'; there are loop, errors"),
        ("[rules]\nloop = 0", "line 2: rules gives 'loop' no number above 0; false switches"),
        ("[rules]\nloop = true", "line 2: rules gives 'loop' no number above 0"),
        ('[rules]\nerrors = 3\ncold = "60"', "line 3: rules gives 'cold' no number above 0"),
        ("[rules]\nsilent = nan", "line 2: rules gives 'silent' no number above 0"),
        (
            "[rules]\nsurge_dollars = false",
            "line 2: rules gives 'surge_dollars' no number above 0.",
        ),
        ("[rules]\nwaits = 3", "line 2: rules has 'waits' neither true nor false"),
        ("hidden_panels = 3", "line 1: hidden_panels is to be a list"),
        ('theme = "dark"\n[keys]\nquit = "Q"\nleave = "x"', "line 4: keys has no id 'leave'"),
        ("[keys]\nquit = 3", "line 2: keys gives 'quit' no key"),
        ("theme = dark", "(at line 1, column 9)"),
        ('language = "kr"', "line 1: language is to be one of auto, en, ko"),
        ("window = true", "line 1: window is to be one of today"),
        ("budget = 30", "line 1: budget is to be a table of session, day, week, month"),
        ("\n[budget]\nyear = 3", "line 3: budget has no 'year'; there are session, day"),
        ("budget = {day = 0}", "line 1: budget gives 'day' no dollars above 0"),
        ("\nbudget.week = 3\nbudget.day = 0", "line 3: budget gives 'day' no dollars above 0"),
        ("[budget]\nday = 0", "line 2: budget gives 'day' no dollars above 0"),
        ("[budget]\nday = nan", "line 2: budget gives 'day' no dollars above 0"),
        ("[budget]\nday = true", "line 2: budget gives 'day' no dollars above 0"),
        ('[budget]\nweek = "30"', "line 2: budget gives 'week' no dollars above 0"),
        ('[budget]\nhours = "9-18"', "line 2: budget has hours that are not like '09:00-18:00'"),
        ('[budget]\nhours = "18:00-09:00"', "line 2: budget has hours that are not like"),
        ('[budget]\nhours = "09:00-25:00"', "line 2: budget has hours that are not like"),
    ],
)
def test_an_error_names_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("09:00-18:00", WorkingHours(time(9), time(18))),
        ("mon-fri 08:30-24:00", WorkingHours(time(8, 30), time.max, frozenset(range(5)))),
        ("sat-mon 09:00-18:00", WorkingHours(time(9), time(18), frozenset({5, 6, 0}))),
    ],
)
def test_budgets_are_taken(tmp_path: Path, hours: str, expected: WorkingHours) -> None:
    settings = read(tmp_path, f'[budget]\nday = 30\nmonth = 499.50\nhours = "{hours}"\n')
    assert settings.budget == Budgets({"day": 30.0, "month": 499.5}, expected)


def test_the_example_of_budgets_may_be_used_as_it_is(tmp_path: Path) -> None:
    text = "\n".join(line.removeprefix("# ") for line in BUDGET_TEMPLATE)
    assert read(tmp_path, text).budget.dollars == {"day": 30.0, "month": 500.0}


def test_thresholds_are_taken(tmp_path: Path) -> None:
    text = "[rules]\nloop = 5\nsurge_dollars = 2.50\nlimit = false\nrefused = false\nwaits = true\n"
    rules = read(tmp_path, text).rules
    off = frozenset({"limit", "refused"})
    assert rules == Thresholds(loop=5.0, surge_dollars=2.5, off=off)
    assert read_thresholds(tmp_path / "settings.toml") == rules
    assert read_thresholds(tmp_path / "none.toml") == Thresholds()


def test_ways_to_be_told_are_taken(tmp_path: Path) -> None:
    assert read(tmp_path, 'notify = ["bell", "desktop"]').notify == ("bell", "desktop")


def test_the_example_of_rules_may_be_used_as_it_is(tmp_path: Path) -> None:
    text = "\n".join(line.removeprefix("# ") for line in RULES_TEMPLATE)
    assert read(tmp_path, text).rules == Thresholds(off=frozenset({"refused"}))


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings(tmp_path, PANELS, KEY_IDS)


def test_the_template_holds_every_default(tmp_path: Path) -> None:
    text = template({"quit": "q", "section.1": "1"})
    fields = re.findall(r"^# (\w+ = .+)$", text, re.MULTILINE)
    table = tomllib.loads("\n".join(fields))
    assert {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()} == {
        name: getattr(Settings(), name) for name in table
    }
    assert read(tmp_path, text) == Settings()


def test_every_section_and_theme_may_be_set() -> None:
    assert SECTION_NAMES == SECTIONS
    assert set(THEME_NAMES) == {"auto", *(theme.name for theme in THEMES)}
