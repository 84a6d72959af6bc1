"""No folder has more modules than can be taken in at a glance."""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MOST = 12


@pytest.mark.parametrize("top", ["ccotel_tui", "tests", "benchmarks"])
def test_no_folder_has_more_than_twelve_modules(top: str) -> None:
    modules = [path for path in (ROOT / top).rglob("*.py") if path.name != "__init__.py"]
    folders = Counter(path.parent.relative_to(ROOT) for path in modules)
    assert {str(folder): n for folder, n in folders.items() if n > MOST} == {}
