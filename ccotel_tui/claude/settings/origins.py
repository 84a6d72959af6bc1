"""Where Claude Code takes a variable from, and which of several values holds.

Managed settings hold over those of `--settings`, these over the user's, these over the variables
of the shell. Those of a project are not asked for the variables of telemetry.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ccotel_tui.claude.config_folder import config_folder
from ccotel_tui.claude.settings.file import read_file
from ccotel_tui.claude.settings.json_text import parse, variable_text
from ccotel_tui.errors import BadSettings, sentence
from ccotel_tui.sentences import Sentence

OriginKind = Literal["managed", "flag", "user", "shell", "project"]

MANAGED = Path(
    "/Library/Application Support/ClaudeCode" if sys.platform == "darwin" else "/etc/claude-code"
)

_SHELL = Sentence("shell_variables", "the shell's variables")
_SECRET = ("HEADERS", "KEY", "TOKEN", "SECRET", "PASSWORD", "AUTH", "CERTIFICATE")


@dataclass(frozen=True)
class Origin:
    """A file, or the shell, and the variables that it sets; `problem` says why it tells none.

    The user's file `exists` or may be made.
    """

    kind: OriginKind
    place: str
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    problem: str = ""
    exists: bool = True


@dataclass(frozen=True)
class Setting:
    """The value of a variable that holds, and the origins whose own it overrides."""

    name: str
    value: str
    origin: Origin
    overridden: tuple[Origin, ...] = ()


def user_settings() -> Path:
    """Return the path of the user's settings."""
    return Path(config_folder(), "settings.json")


def managed_settings(folder: Path = MANAGED) -> list[Path]:
    """Return the managed files that exist, the one that holds over the others first."""
    try:
        dropped_in = sorted((folder / "managed-settings.d").glob("*.json"), reverse=True)
    except OSError:
        dropped_in = []
    main = folder / "managed-settings.json"
    return [*dropped_in, *([main] if main.exists() else [])]


def read_origins(
    environment: Mapping[str, str] = os.environ,
    flags: Sequence[str] = (),
    managed: Path = MANAGED,
) -> list[Origin]:
    """Return where the variables of a client come from, the first that holds first.

    `environment` and `flags`, the values of `--settings`, are those that it was started with.
    """
    shell = Origin("shell", _SHELL, dict(environment))
    return [
        *(_of_file("managed", path) for path in managed_settings(managed)),
        *(_of_flag(value) for value in flags),
        _of_file("user", user_settings()),
        shell,
    ]


def project_origins(folder: Path) -> list[Origin]:
    """Return the settings of a project, which are not asked for the variables of telemetry."""
    paths = [folder / ".claude" / f"settings{local}.json" for local in ("", ".local")]
    return [_of_file("project", path) for path in paths if path.exists()]


def setting(name: str, origins: Sequence[Origin]) -> Setting | None:
    """Return the value of a variable that holds; None where none of the origins sets it."""
    setting_it = [origin for origin in origins if name in origin.variables]
    if not setting_it:
        return None
    first, *others = setting_it
    value = first.variables[name]
    differing = tuple(other for other in others if other.variables[name] != value)
    return Setting(name, value, first, differing)


def masked(name: str, value: Any) -> str:
    """Return the value of a variable as it may be shown: without what is secret in it."""
    if any(word in name.upper() for word in _SECRET):
        return Sentence("not_shown", "(not shown)")
    text = variable_text(value) or ""
    before, at, host = text.rpartition("@")
    if not at:
        return text
    scheme = before.partition("://")[0] if "://" in before else "http"
    form = "{scheme}://(not shown)@{host}"
    return Sentence("url_not_shown", form, scheme=scheme, host=host)


def _of_file(kind: OriginKind, path: Path) -> Origin:
    try:
        file = read_file(path)
        variables = dict(_variables(parse(file.text)))
        return Origin(kind, str(path), variables, exists=file.content is not None)
    except BadSettings as error:
        return Origin(kind, str(path), problem=sentence(error))


def _of_flag(value: str) -> Origin:
    if not value.lstrip().startswith("{"):
        return _of_file("flag", Path(value))
    try:
        return Origin("flag", "--settings", dict(_variables(json.loads(value))))
    except (ValueError, RecursionError):
        problem = Sentence("no_json_object", "it is no JSON object")
        return Origin("flag", "--settings", problem=problem)


def _variables(document: Any) -> Iterator[tuple[str, str]]:
    env = document.get("env") if isinstance(document, dict) else None
    for name, value in env.items() if isinstance(env, dict) else ():
        if (text := variable_text(value)) is not None:
            yield name, text
