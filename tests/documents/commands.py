"""The commands that the documents show: blocks of `sh`, and code in a line that is a command."""

import re
from collections.abc import Iterator
from pathlib import Path

from ccotel_tui.cli import COMMANDS

ROOT = Path(__file__).parents[2]
READMES = (ROOT / "README.md", ROOT / "README.ko.md")
PAGES = (
    *READMES,
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "stack" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
)

_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_IN_TMUX = re.compile(r"#\((.+)\)")
_IN_JSON = re.compile(r'"command": "([^"]+)"')
_OURS = re.compile(rf"(?:{'|'.join(COMMANDS)}) ")
_PROGRAMS = re.compile(
    r"(?:\.ci/|make |docker |pipx |uvx |claude |kill |chmod |eval )|(?:\.venv/bin/)?ccotel-tui\b"
)
_FILLED_BY_DOCTOR = re.compile(r"\{(?:folder|variable)\}")
_ASSIGNED = re.compile(r"_CCOTEL\w+=")


def text(page: Path) -> str:
    """Return the page's text; a row of a table escapes its bars."""
    return page.read_text(encoding="utf-8").replace("\\|", "|")


def commands(page: Path) -> Iterator[str]:
    """The page's commands, each as a person would type it."""
    for language, block in _BLOCK.findall(text(page)):
        if language == "sh":
            yield from (line.strip() for line in block.splitlines())
        yield from _IN_JSON.findall(block)
    for code in _CODE.findall(_BLOCK.sub("", text(page))):
        shown = " ".join(code.split())
        inside = _IN_TMUX.search(shown)
        command = inside[1] if inside else shown
        if _FILLED_BY_DOCTOR.search(command):
            continue
        if _PROGRAMS.match(command) or _ASSIGNED.match(command):
            yield command
        elif _OURS.match(command):
            yield f"ccotel-tui {command}"


WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
_STEP = re.compile(r"^ +(?:- )?run: ((?:make|\.ci/).*)$", re.MULTILINE)

ALL = sorted(
    {command for page in PAGES for command in commands(page)}.union(_STEP.findall(text(WORKFLOW)))
)
