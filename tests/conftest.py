"""What all tests share: judged by what they find and not by time, in an environment that is bare.

The variables of whoever runs the tests reach neither the tests nor the processes they start, nor
do the signals that are ignored, as those of a job in the background are.
"""

import locale
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from tests.tools.browser import Browser
from tests.tools.signals import restore_default_signals

pytest_plugins = ["tests.accuracy.tally"]

settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("thorough", deadline=None)
settings.load_profile("quick")

_FOREIGN = re.compile(
    r"""
    (?: https? | all | ftp | grpc | no | no_grpc )_proxy  # in either case
    | (?: OTEL | CLAUDE | DOCKER | COMPOSE | TEXTUAL | CLICOLOR | GRPC | SSL_CERT ) .*
    | CCOTEL_ (?! TEST_ | UPDATE_GOLDENS $ ) .*
    | (?: REQUESTS_CA | CURL_CA ) _BUNDLE
    | LANG | LANGUAGE | LC_ .*
    | NO_COLOR | FORCE_COLOR | COLUMNS | LINES
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What changes an answer of ours, or of a library below."""


@pytest.fixture(scope="session", autouse=True)
def bare_environment() -> Iterator[None]:
    """For the fixtures of a session too, which start before any test."""
    restore_default_signals()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if _FOREIGN.fullmatch(name)]:
            patch.delenv(name)
        patch.setenv("TZ", "UTC")
        time.tzset()
        patch.setenv("LANG", "C.UTF-8")
        with suppress(locale.Error):  # macOS has no such locale, and UTF-8 in all that it has
            locale.setlocale(locale.LC_CTYPE, "")
        yield
    time.tzset()


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """The one that opens while the test runs."""
    browser = Browser(tmp_path)
    monkeypatch.setenv("BROWSER", str(browser.path))
    yield browser
    browser.close()
