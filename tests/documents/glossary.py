"""The glossary's tables of what the screen shows, written by `make boards`."""

from collections.abc import Iterator

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.screen.strings import english, korean
from tests.documents.commands import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"

_BEGIN = "<!-- Written by `make boards` from the catalogue and the Korean words: do not edit. -->"
_END = "<!-- Until here. -->"


def with_tables(page: str) -> str:
    """Return the page with the tables of now between its marks."""
    before, former = page.split(_BEGIN)
    _, after = former.split(_END)
    return "\n".join([before + _BEGIN, "", *_tables(), "", _END + after])


def _tables() -> Iterator[str]:
    yield from ("| section | in Korean |", "|---|---|")
    for section, (title, _) in english.SECTIONS.items():
        yield f"| {title} | {korean.SECTIONS[section][0]} |"
    yield from ("", "| panel | in Korean | `--json` | is |", "|---|---|---|---|")
    for panel in PANELS:
        title = korean.PANEL_WORDS[panel.id].title
        yield f"| {panel.title} | {title} | `{panel.id}` | {panel.meaning} |"


if __name__ == "__main__":
    GLOSSARY.write_text(with_tables(GLOSSARY.read_text(encoding="utf-8")), encoding="utf-8")
