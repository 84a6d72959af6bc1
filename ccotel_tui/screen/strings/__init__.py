"""The screen's words, in the language that is used: each is an attribute of this module."""

import os
import re
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ccotel_tui.screen.strings import english
from ccotel_tui.sentences import SEPARATORS, Sentence
from ccotel_tui.sentences import counted as counted

if TYPE_CHECKING:
    from ccotel_tui.screen.strings.english import *  # noqa: F403

_TABLES = {"en": "english", "ko": "korean"}

_table: ModuleType = english

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        return getattr(_table, name)


def use(language: str, environment: Mapping[str, str] = os.environ) -> None:
    """Take all words from the table of `en` or `ko`; of `auto` from that of the locale."""
    global _table
    if language == "auto":
        language = _of_locale(environment)
    _table = import_module(f"{__name__}.{_TABLES[language]}")


def translated(text: str) -> str:
    """Return a sentence that comes from elsewhere, in the language where that has it."""
    form = _table.SENTENCES.get(text.key) if isinstance(text, Sentence) else None
    if form is None or not isinstance(text, Sentence):
        return text
    values = {n: translated(v) if isinstance(v, str) else v for n, v in text.values.items()}
    try:
        if text.key in SEPARATORS:
            return str(form.join(values.values()))
        return str(form.format(**values))
    except (LookupError, ValueError, TypeError, OverflowError):
        # A process of another version may tell it with other values.
        return text


def _of_locale(environment: Mapping[str, str]) -> str:
    """The language of messages; the first of the variables that is set counts."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next(filter(None, map(environment.get, variables)), "")
    return "ko" if re.split("[_.@]", locale)[0] == "ko" else "en"
