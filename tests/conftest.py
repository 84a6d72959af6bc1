"""Property tests are judged by what they find, not by the time that they take."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import Browser

settings.register_profile("ours", deadline=None)
settings.load_profile("ours")


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """The one that opens while the test runs."""
    browser = Browser(tmp_path)
    monkeypatch.setenv("BROWSER", str(browser.path))
    yield browser
    browser.close()
