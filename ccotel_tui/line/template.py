"""The template of `ccotel-tui line`: fields that lack go, and their labels with them. Pure."""

import re
from _string import formatter_parser  # without `string`, which compiles its own templates
from collections.abc import Callable, Iterator, Mapping

OPTIONAL_FIELDS = (
    *("context", "cache", "limit_5h", "limit_7d", "waiting", "name", "project", "branch"),
    *("usual", "budget", "alert"),
)
"""The fields that a line may lack; `ccotel_tui.line.fields` looks them up."""

SUMMED_FIELDS = frozenset({"usual", "budget", "alert"})
"""Those that a record which is left out makes smaller."""

_GAP = re.compile(r"(\s{2,})")

_CONVERSIONS: Mapping[str | None, Callable[[str], str]] = {
    None: str,
    "s": str,
    "r": repr,
    "a": ascii,
}

FieldValue = Callable[[str], str | None]
"""Returns a field's text, None where it lacks. Raises KeyError where there is no such field."""

_Token = tuple[str, str | None]
"""Literal text, and the text of the field after it: None where that lacks."""


def field_names(template: str) -> set[str]:
    """Return the fields that the template names. Raises ValueError where it is malformed."""
    return {name for _, name, _, _ in formatter_parser(template) if name is not None}


def filled(template: str, value_of: FieldValue) -> str:
    """Return the template with its fields; parts of it are what two blanks or more stand between.

    A part whose every field lacks is left out. Elsewhere a field that lacks goes with the text
    between it and the field before. Raises KeyError, and ValueError where it is malformed.
    """
    parts: list[list[_Token]] = [[]]
    gaps = [""]
    for literal, name, spec, conversion in formatter_parser(template):
        *before, last = _GAP.split(literal)
        for text, gap in zip(before[::2], before[1::2], strict=True):
            parts[-1].append((text, ""))
            parts.append([])
            gaps.append(gap)
        if name is None:
            parts[-1].append((last, ""))
            continue
        value = value_of(name)
        if value is not None:
            value = format(_CONVERSIONS[conversion](value), spec or "")
        parts[-1].append((last, value))
    return "".join(_joined(parts, gaps))


def _joined(parts: list[list[_Token]], gaps: list[str]) -> Iterator[str]:
    shown = False
    for part, gap in zip(parts, gaps, strict=True):
        if text := _text(part):
            yield gap + text if shown else text
            shown = True


def _text(part: list[_Token]) -> str:
    values = [value for _, value in part]
    if None in values and not any(values):
        return ""
    return "".join(literal + value for literal, value in part if value is not None)
