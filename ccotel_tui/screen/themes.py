"""The colours of the dashboard, on a dark and on a light terminal, and where there are sixteen.

The eight series' colours were searched for: the smallest CIE76 distance between any two, over
normal sight and full protanopia, deuteranopia and tritanopia, is 21.7 on dark and 16.7 on light.
Texts, and names in a series' colour, have a contrast of 4.5 and more (WCAG AA). Meaning never
hangs on a colour alone.
"""

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

_SERIES_ON_DARK = "#3f8cf0 #d9601c #3fcb9e #c85c9e #ebe794 #b4a1e7 #bfeef3 #a07d56"
_SERIES_ON_LIGHT = "#0951ab #72370b #088277 #8f428e #837205 #8051e9 #274243 #5d4633"
_SERIES_OF_SIXTEEN = (
    "ansi_cyan ansi_magenta ansi_bright_green ansi_white "
    "ansi_bright_yellow ansi_bright_magenta ansi_bright_cyan ansi_bright_red"
)

_SCROLLBAR_GROUNDS = (
    *("background", "background-hover", "background-active"),
    "corner-color",
)


def _variables(
    *,
    background: str,
    accent: str,
    success: str,
    error: str,
    series: str,
    tokens: str,
    amount: str,
    total: str,
    grid: str,
    muted: str,
    rule: str,
    marked: str,
) -> dict[str, str]:
    """Texts that mean something keep the colour that was chosen for them."""
    return {
        "text-accent": accent,
        "text-success": success,
        "text-warning": accent,
        "text-error": error,
        **{f"series-{n}": colour for n, colour in enumerate(series.split())},
        **{f"tokens-{n}": colour for n, colour in enumerate(tokens.split())},
        "amount": amount,
        "total": total,
        "grid": grid,
        "foreground-muted": muted,
        "foreground-disabled": rule,
        "block-cursor-background": marked,
        "block-cursor-blurred-background": marked,
        "scrollbar": rule,
        "scrollbar-hover": muted,
        "scrollbar-active": accent,
        **{f"scrollbar-{part}": background for part in _SCROLLBAR_GROUNDS},
    }


def _theme(
    name: str, *, dark: bool, primary: str, grounds: str, foreground: str, **meanings: str
) -> Theme:
    """A theme of these colours; `grounds` are the background's, a list's and a panel's."""
    background, surface, panel = grounds.split()
    return Theme(
        name=name,
        dark=dark,
        primary=primary,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        accent=meanings["accent"],
        warning=meanings["accent"],
        success=meanings["success"],
        error=meanings["error"],
        variables=_variables(background=background, **meanings),
    )


DARK = _theme(
    "dark",
    dark=True,
    primary="#5f819f",
    grounds="#131313 #1b1b1b #242424",
    foreground="#e4e1dc",
    accent="#ffc24b",
    success="#4fd08a",
    error="#ff7b86",
    series=_SERIES_ON_DARK,
    tokens="#4a5b6e #8fa5bd #dfe7ef #ffffff",
    amount="#5f819f",
    total="#ffc24b",
    grid="#3c3c3c",
    muted="#8c8c88",
    rule="#4a4a4a",
    marked="#24333d",
)

LIGHT = _theme(
    "light",
    dark=False,
    primary="#3d6a94",
    grounds="#fbfaf7 #f3f1ec #e9e6df",
    foreground="#1c1b19",
    accent="#8a5a00",
    success="#0a6b43",
    error="#b3261e",
    series=_SERIES_ON_LIGHT,
    tokens="#a9b8c8 #6f86a0 #3d5068 #1a2634",
    amount="#5f7f9c",
    total="#111111",
    grid="#cfcdc8",
    muted="#67655f",
    rule="#c9c6bf",
    marked="#dce6ee",
)

HIGH_CONTRAST = replace(
    DARK,
    name="high-contrast",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    variables={
        **DARK.variables,
        "foreground-muted": "#d0d0d0",
        "foreground-disabled": "#8a8a8a",
        "scrollbar": "#8a8a8a",
        **{f"scrollbar-{part}": "#000000" for part in _SCROLLBAR_GROUNDS},
    },
)

SIXTEEN_COLOURS = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="ansi-16",
    accent="ansi_yellow",
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        **_variables(
            background="ansi_default",
            accent="ansi_yellow",
            success="ansi_green",
            error="ansi_red",
            series=_SERIES_OF_SIXTEEN,
            tokens="ansi_bright_black ansi_bright_blue ansi_white ansi_bright_white",
            amount="ansi_bright_blue",
            total="ansi_yellow",
            grid="ansi_bright_black",
            muted="ansi_default",
            rule="ansi_bright_black",
            marked="ansi_blue",
        ),
        "block-cursor-foreground": "ansi_bright_white",
    },
)

THEMES = (DARK, LIGHT, HIGH_CONTRAST, SIXTEEN_COLOURS)
"""In the order in which `T` takes turns."""


def theme_for(light: bool | None, environment: Mapping[str, str]) -> str:
    """The theme's name for a terminal whose background is light, dark, or not known."""
    colours = environment.get("TERM", "")
    if not environment.get("COLORTERM") and "256" not in colours and "direct" not in colours:
        return SIXTEEN_COLOURS.name
    return LIGHT.name if light else DARK.name


def is_colourless(environment: Mapping[str, str]) -> bool:
    """Return whether nothing is to be told by colours: it is wished, or the terminal has none."""
    terminal = environment.get("TERM", "")
    has_none = terminal == "dumb" or terminal.startswith("vt") or terminal.endswith("-m")
    return has_none or bool(environment.get("NO_COLOR"))
