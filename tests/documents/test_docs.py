"""The pages in docs/ name modules, files and tests that exist, and the README links them."""

import pkgutil
import re
from pathlib import Path

import pytest

from tests.documents.glossary import GLOSSARY, with_tables

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("CONTRIBUTING.md")])
FOR_CONTRIBUTORS = ("architecture.md", "glossary.md", "numbers.md")

_PATH = re.compile(r"(?<![\w.-])(?:ccotel_tui|tests)/[\w./-]*\w")
_DOTTED = re.compile(r"(?<![\w./-])ccotel_tui(?:\.\w+)+")
_TERM = re.compile(r"^\| `([\w.]+)` \| `([\w.]+)` \|", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_path_that_is_named_exists(page: Path) -> None:
    missing = [path for path in _PATH.findall(_text(page)) if not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_dotted_name_exists(page: Path) -> None:
    names = _DOTTED.findall(_text(page))
    assert [name for name in names if not _exists(name)] == []


def test_each_term_of_the_glossary_is_in_its_module() -> None:
    glossary = _text(GLOSSARY)
    terms = _TERM.findall(glossary)
    assert len(terms) == glossary.count("\n| `") > 50
    assert [term for term in terms if not _exists(f"ccotel_tui.{term[1]}:{term[0]}")] == []


def test_the_glossary_has_the_panels_of_the_catalogue() -> None:
    page = _text(GLOSSARY)
    assert with_tables(page) == page, "run make boards"


def test_each_folder_of_the_package_is_in_the_table_of_rooms() -> None:
    text = _text(ROOT / "docs" / "architecture.md")
    folders = {module.parent.relative_to(ROOT) for module in ROOT.glob("ccotel_tui/*/**/*.py")}
    inside = {Path("ccotel_tui/query/stack/languages"), Path("ccotel_tui/stack_control/docker")}
    missing = [str(folder) for folder in folders - inside if f"| `{folder}/` |" not in text]
    assert missing == []


def test_the_readme_links_the_pages() -> None:
    work = _text(ROOT / "README.md").split("\n## Work on it\n")[1]
    assert [page for page in FOR_CONTRIBUTORS if f"(docs/{page})" not in work] == []


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _exists(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True
