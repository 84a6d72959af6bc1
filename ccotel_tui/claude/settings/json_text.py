"""JSON that is changed as text: order, indent, line ends and all else stay as they are. Pure."""

import json
import re
from typing import Any, NamedTuple

from ccotel_tui.errors import BadSettings
from ccotel_tui.sentences import Sentence

BOM = "\ufeff"

_BLANKS = " \t\r\n"
_SPACE = re.compile(rf"[{_BLANKS}]*")
_HALF = re.compile(r"[\ud800-\udfff]")
"""Half of a character of UTF-16, which an escape can hold and UTF-8 cannot."""
_DECODER = json.JSONDecoder()
_USUAL_INDENT = "  "


class Member(NamedTuple):
    """A name and its value in an object, and where in the text its name, value and end are."""

    name: str
    start: int
    value: int
    end: int


class Style(NamedTuple):
    """The line end and the indent of one level; the line end is empty where all is one line."""

    line_end: str
    indent: str
    comma: str
    colon: str


def variable_text(value: Any) -> str | None:
    """Return a value of `env` as Claude Code gives it to the environment; None of what is none."""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return value if isinstance(value, str) else None


def parse(text: str) -> dict[str, Any]:
    """Return the object of the text; an empty file is an empty object.

    Raises BadSettings, which names the line: of a comment, of a name that is there twice where
    that would matter, or of any other fault.
    """
    body = text.removeprefix(BOM)
    if not body.strip(_BLANKS):
        return {}
    try:
        document = json.loads(body)
    except json.JSONDecodeError as error:
        raise BadSettings(_fault(body, error)) from None
    except (RecursionError, ValueError) as error:
        form = "it cannot be read: {error}"
        raise BadSettings(Sentence("settings_unreadable", form, error=str(error))) from None
    if not isinstance(document, dict):
        raise BadSettings(Sentence("settings_no_object", "line 1: it is no JSON object"))
    for path in ((), ("env",), ("statusLine",)):
        _refuse_twice(text, path)
    return document


def with_value(text: str, path: tuple[str, ...], value: Any) -> str:
    """Return the text with this value at the path, which is one or two names long.

    A new member comes last; an object that is missing is made.
    """
    if not text.strip(BOM + _BLANKS):
        text = f"{BOM if text.startswith(BOM) else ''}{{}}\n"
    *outer, name = path
    if outer and _find(text, outer) is None:
        return with_value(text, tuple(outer), {name: value})
    style = _style(text)
    if member := _find(text, path):
        written = _written(value, style, len(path))
        return text[: member.value] + written + text[member.end :]
    return _with_member(text, _object_start(text, outer), name, value, style, len(path))


def without_value(text: str, path: tuple[str, ...]) -> str:
    """Return the text without the member at the path, which is there."""
    *outer, name = path
    start = _object_start(text, outer)
    here = members(text, start)
    at = next(number for number, member in enumerate(here) if member.name == name)
    if at:
        return text[: here[at - 1].end] + text[here[at].end :]
    if len(here) > 1:
        return text[: here[0].start] + text[here[1].start :]
    return text[: start + 1] + text[_after_space(text, here[0].end) :]


def members(text: str, start: int) -> list[Member]:
    """Return the members of the object that begins there, in their order."""
    listed: list[Member] = []
    at = _after_space(text, start + 1)
    while text[at] != "}":
        name, colon = _DECODER.raw_decode(text, at)
        value = _after_space(text, _after_space(text, colon) + 1)
        _, end = _DECODER.raw_decode(text, value)
        listed.append(Member(name, at, value, end))
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return listed


def _with_member(text: str, start: int, name: str, value: Any, style: Style, level: int) -> str:
    here = members(text, start)
    written = f"{json.dumps(name)}{style.colon}{_written(value, style, level)}"
    if not here:
        close = text.index("}", start)
        if not style.line_end:
            return f"{text[: start + 1]}{written}{text[close:]}"
        line = style.line_end + style.indent * level
        outer = style.line_end + style.indent * (level - 1)
        return f"{text[: start + 1]}{line}{written}{outer}{text[close:]}"
    before = text[(here[-2].end if len(here) > 1 else start) : here[-1].start]
    space = before[len(before.rstrip()) :]
    if "\n" not in space:
        space = style.comma[1:]
    return f"{text[: here[-1].end]},{space}{written}{text[here[-1].end :]}"


def _written(value: Any, style: Style, level: int) -> str:
    """The value as JSON, as deep as at this level."""
    if not style.line_end or not isinstance(value, dict):
        separators = (style.comma, style.colon)
        text = json.dumps(value, ensure_ascii=False, separators=separators)
    else:
        separators = (",", style.colon)
        text = json.dumps(value, ensure_ascii=False, indent=style.indent, separators=separators)
        text = text.replace("\n", style.line_end + style.indent * level)
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _style(text: str) -> Style:
    start = text.index("{")
    here = members(text, start)
    if not here:
        return Style(_line_end(text) or "\n", _USUAL_INDENT, ", ", ": ")
    space = text[start + 1 : here[0].start]
    colon = ": " if text[here[0].value - 1].isspace() else ":"
    comma = ", " if colon == ": " else ","
    line_end = _line_end(space)
    return Style(line_end, space.rpartition("\n")[2] if line_end else "", comma, colon)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n" if "\n" in text else ""


def _find(text: str, path: tuple[str, ...] | list[str]) -> Member | None:
    start, member = text.index("{"), None
    for name in path:
        if text[start] != "{":
            return None
        member = next((each for each in members(text, start) if each.name == name), None)
        if member is None:
            return None
        start = member.value
    return member


def _object_start(text: str, path: tuple[str, ...] | list[str]) -> int:
    member = _find(text, path)
    return member.value if member else text.index("{")


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    assert space is not None
    return space.end()


def _refuse_twice(text: str, path: tuple[str, ...]) -> None:
    member = _find(text, path) if path else None
    start = text.index("{") if not path else member.value if member else 0
    if text[start : start + 1] != "{":
        return
    seen: set[str] = set()
    for member in members(text, start):
        if member.name in seen:
            line = text.count("\n", 0, member.start) + 1
            form = "line {line}: {name} is there twice; take one of them out"
            raise BadSettings(Sentence("settings_twice", form, line=line, name=member.name))
        seen.add(member.name)


def _fault(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos :].lstrip()
    if rest.startswith(("//", "/*", "#")):
        line = text.count("\n", 0, len(text) - len(rest)) + 1
        form = "line {line}: a comment, which JSON does not have; take it out"
        return Sentence("settings_comment", form, line=line)
    form = "line {line}: {error}"
    return Sentence("settings_syntax", form, line=error.lineno, error=error.msg)
