"""The user's folders for this program's files, as `platformdirs` has them.

Told here, and as texts: to import that, or pathlib, takes as long as half of `line`.
"""

import os
import sys
from collections.abc import Mapping
from typing import Literal

APP = "ccotel-tui"

_Kind = Literal["data", "config", "state"]

_ON_LINUX: Mapping[_Kind, tuple[str, str]] = {
    "data": ("XDG_DATA_HOME", ".local/share"),
    "config": ("XDG_CONFIG_HOME", ".config"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
"""The variable that names the folder, and where it is in the user's without."""


def user_file(kind: _Kind, name: str) -> str:
    """Return the path of a file in the user's folder of that kind."""
    return os.path.join(_folder(kind), name)


def database_file() -> str:
    """Return the path of the embedded store."""
    return user_file("data", "telemetry.db")


def settings_file() -> str:
    """Return the path of the user's settings."""
    return user_file("config", "settings.toml")


def _folder(kind: _Kind) -> str:
    variable, usual = _ON_LINUX[kind]
    home, named = os.environ.get("HOME", ""), os.environ.get(variable, "")
    if sys.platform == "linux" and os.path.isabs(home) and "ANDROID_ROOT" not in os.environ:
        return os.path.join(named if os.path.isabs(named) else os.path.join(home, usual), APP)
    import platformdirs

    paths = {
        "data": platformdirs.user_data_dir,
        "config": platformdirs.user_config_dir,
        "state": platformdirs.user_state_dir,
    }
    return paths[kind](APP)
