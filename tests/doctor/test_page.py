"""docs/troubleshooting.md says what doctor does."""

from pathlib import Path

from ccotel_tui.doctor.page import page

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"


def test_the_page_is_made_of_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
