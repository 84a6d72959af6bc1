"""Colours that can be read, and the theme that fits the terminal."""

import os
import pty
import threading
from pathlib import Path

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.theme import Theme

from ccotel_tui.screen.charts.roles import ROLES
from ccotel_tui.screen.process.plain_app import PlainApp
from ccotel_tui.screen.process.terminal_background import Background, ask_background
from ccotel_tui.screen.themes import (
    DARK,
    HIGH_CONTRAST,
    LIGHT,
    SIXTEEN_COLOURS,
    THEMES,
    theme_for,
)
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.scenes import BUSY, busy_day
from tests.tools.otlp import event


def variables_of(theme: Theme) -> dict[str, str]:
    """The variables of the style sheets under that theme."""
    app = PlainApp()
    app.theme = theme.name
    return app.get_css_variables()


TEXTS = ("foreground", "foreground-muted", "text-accent", "text-success", "text-warning")
TRUE_COLOUR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def luminance(colour: Color) -> float:
    """As WCAG 2 defines it."""
    parts = [part / 255 for part in colour.rgb]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT, HIGH_CONTRAST], ids=lambda theme: theme.name)
@pytest.mark.parametrize("text", [*TEXTS, "text-error", "total"])
def test_every_text_can_be_read(theme: Theme, text: str) -> None:
    variables = variables_of(theme)
    background = Color.parse(variables["background"])
    assert contrast(background.blend(Color.parse(variables[text]), 1), background) >= 4.5


async def test_no_letter_has_the_colour_of_rules(database: Database, tmp_path: Path) -> None:
    busy_day(database)
    loaded = [event("plugin_loaded", NOW - 50 + n, BUSY) for n in range(3)]
    database.append(loaded)
    async with dashboard(tmp_path, (120, 40)) as running:
        running.app.theme = LIGHT.name
        of_rules = Color.parse(running.app.theme_variables["foreground-disabled"]).rich_color
        for key in "123456sdu=e":
            await running.press(key)
            shown = await running.at_rest()
            strips = running.app.screen._compositor.render_strips()
            segments = [segment for strip in strips for segment in strip]
            faint = [s.text for s in segments if s.style and s.style.color == of_rules]
            assert not [text for text in faint if any(map(str.isalnum, text))]
    assert "+ start-up, 3 events" in shown


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_lines_stand_out_from_the_background(theme: Theme) -> None:
    """As texts do: a name at a line's end has the line's colour."""
    variables = variables_of(theme)
    background = Color.parse(variables["background"])
    for number in range(8):
        assert contrast(Color.parse(variables[f"series-{number}"]), background) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_role_has_a_colour_in_every_theme(theme: Theme) -> None:
    variables = variables_of(theme)
    for variable in ROLES.values():
        assert Color.parse(variables[variable.removeprefix("$")])


def test_of_sixteen_colours_each_means_one_thing() -> None:
    variables = variables_of(SIXTEEN_COLOURS)
    meanings = ("accent", "success", "error", "amount", "grid", "block-cursor-background")
    used = [variables[name] for name in (*meanings, *(f"series-{n}" for n in range(8)))]
    assert len({*used}) == len(used)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_the_ground_is_one(theme: Theme, database: Database, tmp_path: Path) -> None:
    """Also below a scrollbar; but for the marked row, which is reversed where colours are few."""
    busy_day(database)
    async with dashboard(tmp_path, (80, 12)) as running:
        running.app.theme = theme.name
        await running.press("e")
        await running.at_rest()
        strips = running.app.screen._compositor.render_strips()
        segments = [(each.text, each.style) for strip in strips for each in strip if each.style]
        variables = running.app.theme_variables
        allowed = {
            Color.parse(variables[name]).rich_color
            for name in ("background", "block-cursor-background", "scrollbar")
        }
        assert {style.bgcolor for _, style in segments if style.bgcolor} <= allowed
        reversed_words = [text for text, style in segments if style.reverse and text.strip()]
        assert bool(reversed_words) == (theme is SIXTEEN_COLOURS)


def answering(answer: bytes) -> int:
    """A terminal that says this where it is asked for its background; its descriptor."""
    outside, inside = pty.openpty()

    def terminal() -> None:
        question = b""
        while not question.endswith(b"\x1b[c"):
            question += os.read(outside, 100)
        os.write(outside, answer)

    threading.Thread(target=terminal, daemon=True).start()
    return inside


DA = b"\x1b[?62;22c"


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        (b"\x1b]11;rgb:fbfb/fafa/f7f7\x1b\\" + DA, True),
        (b"\x1b]11;rgb:1313/1313/1313\x07" + DA, False),
        (b"\x1b]11;rgba:ff/ff/ff/ff\x1b\\" + DA, True),
        (DA, None),
    ],
)
def test_the_terminal_is_asked(answer: bytes, light: bool | None) -> None:
    assert ask_background({}, answering(answer), patience=20) == Background(light)


async def test_a_theme_before_the_first_frame_is_parsed_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not once more before it: the sheets take several milliseconds."""
    parsed_anew: list[Stylesheet] = []
    monkeypatch.setattr(Stylesheet, "reparse", lambda sheet: parsed_anew.append(sheet))
    app = PlainApp()
    app.theme = LIGHT.name
    async with app.run_test():
        shown = app.screen.styles.background
        assert shown == Color.parse(app.theme_variables["background"])
    assert parsed_anew == []


def test_what_is_typed_meanwhile_is_kept() -> None:
    answer = b"q" + DA[:-1] + b"c"
    assert ask_background({}, answering(b"\x1b[A" + answer), patience=20) == Background(None, "q")


def test_a_terminal_that_says_nothing_is_believed_by_its_variable() -> None:
    _, inside = pty.openpty()
    assert ask_background({"COLORFGBG": "0;15"}, inside, patience=0).light is True
    assert ask_background({"COLORFGBG": "15;default;0"}, inside, patience=0).light is False
    assert ask_background({}, inside, patience=0).light is None


def test_no_terminal_is_no_answer() -> None:
    reading, _ = os.pipe()
    assert ask_background({}, reading, patience=0).light is None


def test_the_theme_fits_the_terminal() -> None:
    assert theme_for(True, TRUE_COLOUR) == "light"
    assert theme_for(None, TRUE_COLOUR) == "dark"
    assert theme_for(True, {"TERM": "screen"}) == "ansi-16"
