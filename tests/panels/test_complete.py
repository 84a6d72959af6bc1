"""A panel of the catalogue has all that it needs elsewhere; what lacks is told with its file."""

import re
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels import catalogue
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.regroup import keys_of
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.screen.strings import english, korean
from tests.accuracy.truth.expected import expected
from tests.accuracy.truth.truth import Truth

HIDDEN = tuple(panel for panel in vars(catalogue).values() if isinstance(panel, Panel))
"""Those that others show."""

CATALOGUE = "ccotel_tui/panels/catalogue.py"
WORDS = "ccotel_tui/screen/strings/{}/panels.py"
NAMES = "ccotel_tui/screen/strings/korean/names.py"

EXPECTED = expected(Truth(), Window.between(0, HOUR, ZoneInfo("UTC")), HOUR)

every_panel = pytest.mark.parametrize("panel", [*PANELS, *HIDDEN], ids=lambda panel: panel.id)


@every_panel
def test_it_is_told_in_korean_too(panel: Panel) -> None:
    words = korean.PANEL_WORDS.get(panel.id)
    assert words, f"{NAMES}: PANEL_WORDS lacks {panel.id!r}"
    for name in ("meaning", "short", "subject", "increment", "footnote"):
        told, said = (bool(getattr(one, name)) for one in (panel, words))
        assert told == said, f"{NAMES}: {panel.id!r} needs a {name} where the catalogue has one"


@every_panel
def test_its_parts_and_columns_have_words(panel: Panel) -> None:
    for language, table in (("english", english), ("korean", korean)):
        file = WORDS.format(language)
        for part in panel.parts:
            assert part in table.PARTS, f"{file}: PARTS lacks {part!r}"
        if panel.rows:
            assert panel.rows.label in table.ROWS, f"{file}: ROWS lacks {panel.rows.label!r}"
            named = {name for name in panel.rows.columns if not re.fullmatch(r"p\d+", name)}
            assert named <= table.COLUMNS.keys(), f"{file}: COLUMNS lacks one of {named}"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_it_is_explained_and_checked(panel: Panel) -> None:
    assert panel.meaning, f"{CATALOGUE}: {panel.id!r} has no meaning"
    names_key = " by " in panel.title and keys_of(panel)
    assert panel.subject or not names_key, f"{CATALOGUE}: {panel.id!r} has no subject"
    assert panel.id in EXPECTED, f"tests/accuracy/truth/expected.py: expected() lacks {panel.id!r}"


def test_no_words_are_left_of_a_panel_that_is_gone() -> None:
    assert korean.PANEL_WORDS.keys() <= {panel.id for panel in (*PANELS, *HIDDEN)}
    parts = {part for panel in PANELS for part in panel.parts}
    assert korean.PARTS.keys() | english.PARTS.keys() <= parts
