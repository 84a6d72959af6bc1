"""The user's settings: one TOML file, each of whose fields has a default and a sentence."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ccotel_tui.errors import UsageError
from ccotel_tui.query.period import NAMES, Period
from ccotel_tui.query.rules.thresholds import (
    RULES_TEMPLATE,
    Thresholds,
    rules_problem,
    thresholds_of,
)
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.usual.budget_table import BUDGET_TEMPLATE, budget_problem, budgets_of
from ccotel_tui.query.window import DAY, HOUR

THEME_NAMES = ("auto", "dark", "light", "high-contrast", "ansi-16")
SECTION_NAMES = ("overview", "cost", "tools", "performance", "productivity", "events")
LANGUAGES = ("auto", "en", "ko")
NOTIFY_WAYS = ("bell", "desktop")
WINDOWS = ("today", "yesterday", "week", "month", "1h", "6h", "24h", "7d", "30d")


@dataclass(frozen=True)
class Settings:
    """What the dashboard starts with."""

    theme: str = field(
        default="auto",
        metadata={"says": f"Colours: {', '.join(THEME_NAMES)}; auto asks the terminal."},
    )
    section: str = field(
        default="overview", metadata={"says": f"The first page: {', '.join(SECTION_NAMES)}."}
    )
    window: str = field(
        default="today", metadata={"says": f"The time that is shown: {', '.join(WINDOWS)}."}
    )
    language: str = field(
        default="auto",
        metadata={"says": f"Words: {', '.join(LANGUAGES)}; auto takes the locale's."},
    )
    hidden_panels: tuple[str, ...] = field(
        default=(), metadata={"says": "Panels that are not shown, by their ids in `panels --json`."}
    )
    hash_emails: bool = field(
        default=False,
        metadata={"says": "Show e-mail addresses as short hashes, in the commands too."},
    )
    budget: Budgets = field(
        default_factory=Budgets,
        metadata={"says": "Dollars that may be spent, and the hours in which they are."},
    )
    rules: Thresholds = field(
        default_factory=Thresholds,
        metadata={"says": "When a rule tells that something is wrong, and rules that never do."},
    )
    notify: tuple[str, ...] = field(
        default=(),
        metadata={
            "says": f"How a rule that begins to hold, and who waits, are told beside the screen: "
            f"{', '.join(NOTIFY_WAYS)} (in tmux a message of its own)."
        },
    )
    keys: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"says": "Other keys than these, by the ids of what they do."},
    )

    @property
    def period(self) -> Period:
        """The time that is shown, as a period."""
        if self.window in NAMES:
            return Period(self.window)
        return Period(since_ns=int(self.window[:-1]) * {"h": HOUR, "d": DAY}[self.window[-1]])


def read_settings(path: Path, panels: frozenset[str], keys: frozenset[str]) -> Settings:
    """The settings of the file; the defaults where there is no file.

    `panels` and `keys` are the ids that may be named. Raises UsageError with the line at fault.
    """
    text, table = _read(path)
    checks: dict[str, Callable[[Any], str]] = {
        "theme": _one_of(THEME_NAMES),
        "section": _one_of(SECTION_NAMES),
        "window": _one_of(WINDOWS),
        "language": _one_of(LANGUAGES),
        "hash_emails": _true_or_false,
        "hidden_panels": _all_of(panels, "panel"),
        "budget": budget_problem,
        "rules": rules_problem,
        "notify": _all_of(frozenset(NOTIFY_WAYS), "way"),
        "keys": _names(keys),
    }
    for name, value in table.items():
        check = checks.get(name, lambda _: f"is none of {', '.join(checks)}")
        if problem := check(value):
            line = _line_at_fault(text, name, value, check)
            raise UsageError(f"{path}, line {line}: {name} {problem}.")
    if "budget" in table:
        table["budget"] = budgets_of(table["budget"])
    if "rules" in table:
        table["rules"] = thresholds_of(table["rules"])
    for name in {"hidden_panels", "notify"} & table.keys():
        table[name] = tuple(table[name])
    return Settings(**table)


def read_budget_table(path: Path) -> dict[str, Any]:
    """Return the file's table of budgets, whatever else stands in it; none without a file.

    Raises UsageError with the line at fault.
    """
    return _read_table(path, "budget", budget_problem)


def read_thresholds(path: Path) -> Thresholds:
    """Return the file's thresholds of rules likewise. Raises UsageError with the line at fault."""
    return thresholds_of(_read_table(path, "rules", rules_problem))


def _read_table(path: Path, name: str, problem_of: Callable[[Any], str]) -> dict[str, Any]:
    text, document = _read(path)
    table: dict[str, Any] = document.get(name, {})
    if problem := problem_of(table):
        line = _line_at_fault(text, name, table, problem_of)
        raise UsageError(f"{path}, line {line}: {name} {problem}.")
    return table


def wants_emails_hashed(path: Path) -> bool:
    """Return whether the file wants that, whatever else stands in it; not where there is no file.

    Raises UsageError with the line at fault.
    """
    text, table = _read(path)
    wanted: bool = table.get("hash_emails", False)
    if problem := _true_or_false(wanted):
        raise UsageError(f"{path}, line {_line(text, 'hash_emails')}: hash_emails {problem}.")
    return wanted


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the file's text and what stands in it; nothing where there is no file."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}.") from error
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error


def template(keys: Mapping[str, str]) -> str:
    """A file with every field at its default, to be edited; `keys` are the keys by their ids."""
    lines = ["# ccotel-tui: what the dashboard starts with."]
    for setting in fields(Settings):
        lines += ["", f"# {setting.metadata['says']}"]
        if setting.name == "budget":
            lines += BUDGET_TEMPLATE
        elif setting.name == "rules":
            lines += RULES_TEMPLATE
        elif setting.name == "keys":
            lines += ["# [keys]", *(f'# "{id}" = "{key}"' for id, key in keys.items())]
        else:
            lines.append(f"# {setting.name} = {_toml(setting.default)}")
    return "\n".join(lines) + "\n"


def _one_of(values: tuple[str, ...]) -> Callable[[Any], str]:
    return lambda value: "" if value in values else f"is to be one of {', '.join(values)}"


def _true_or_false(value: Any) -> str:
    return "" if isinstance(value, bool) else "is to be true or false"


def _all_of(ids: frozenset[str], what: str) -> Callable[[Any], str]:
    def problem(value: Any) -> str:
        if not isinstance(value, list):
            return f"is to be a list of {what} ids"
        unknown = [item for item in value if not isinstance(item, str) or item not in ids]
        return f"names no {what}: {unknown[0]!r}" if unknown else ""

    return problem


def _names(ids: frozenset[str]) -> Callable[[Any], str]:
    def problem(value: Any) -> str:
        if not isinstance(value, dict):
            return "is to be a table of ids and keys"
        unknown = [item for item in value if item not in ids]
        if unknown:
            return f"has no id {unknown[0]!r}; the file that `,` makes has them all"
        wrong = [item for item, key in value.items() if not isinstance(key, str) or not key]
        return f"gives {wrong[0]!r} no key" if wrong else ""

    return problem


def _line_at_fault(text: str, name: str, value: Any, check: Callable[[Any], str]) -> int:
    """The line of what the check finds fault with: of a table's first such entry, else the field.

    An entry that does not begin a line, as in an inline table, is in that of its table.
    """
    line = _line(text, name)
    for entry in value if isinstance(value, dict) else ():
        if check({entry: value[entry]}):
            pattern = re.compile(
                rf"\s*({re.escape(name)}\s*\.\s*)?[\"']?{re.escape(entry)}[\"']?\s*="
            )
            below = enumerate(text.splitlines()[line - 1 :], line)
            return next((at for at, each in below if pattern.match(each)), line)
    return line


def _line(text: str, name: str) -> int:
    """The line in which the field is given."""
    pattern = re.compile(rf"\s*(\[\s*)?[\"']?{re.escape(name)}[\"']?\s*[\]=.]")
    lines = text.splitlines()
    return next((at for at, line in enumerate(lines, 1) if pattern.match(line)), 1)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "[]" if value == () else f'"{value}"'
