"""The paths of files."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

APP = "ccotel-tui"

PROGRAM = (sys.executable, "-P", "-m", "ccotel_tui")
"""This program as a child is started: never a package of the current folder in its place."""


_Kind = Literal["data", "config", "state"]

_ON_LINUX: Mapping[_Kind, tuple[str, str]] = {
    "data": ("XDG_DATA_HOME", ".local/share"),
    "config": ("XDG_CONFIG_HOME", ".config"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
"""The variable that names the folder, and where it is in the user's without."""


def own_command() -> list[str]:
    """Return the words that start this program, whatever the PATH is."""
    beside = Path(sys.executable).with_name(APP)
    programs = (Path(sys.argv[0]).absolute(), beside)
    ours = (each for each in programs if each.name == APP and each.exists())
    program = next(ours, None)
    return [str(program)] if program else [*PROGRAM]


def typed_command() -> str:
    """Return what starts this program in a shell: its name where the PATH has it."""
    import shlex
    import shutil

    return APP if shutil.which(APP) else shlex.join(own_command())


def database() -> Path:
    """Return the path of the embedded store."""
    return _folder("data") / "telemetry.db"


def session_memory() -> Path:
    """Return the path of the names and folders of sessions that ran on this machine."""
    return _folder("data") / "sessions.json"


def setup_record() -> Path:
    """Return the path of what `setup` changed, with the files as they were before."""
    return _folder("data") / "setup.json"


def settings() -> Path:
    """The user's settings."""
    return _folder("config") / "settings.toml"


def choices() -> Path:
    """What the dashboard itself keeps of the last run, such as the theme."""
    return _folder("state") / "dashboard.json"


def fired_alerts() -> Path:
    """Return the path of what rules have told."""
    return _folder("state") / "alerts.json"


def stack() -> Path:
    """Return the folder of the stack's configuration: in the wheel, or beside the package."""
    package = Path(__file__).parent
    shipped = package / "_stack"
    return shipped if shipped.is_dir() else package.parent / "stack"


def stack_lock(project: str) -> Path:
    """Return the path of the lock that the process changing this project's stack holds."""
    return _folder("data") / f"stack-{project}.lock"


def _folder(kind: _Kind) -> Path:
    """Return the user's folder of that kind, as `platformdirs` has it."""
    variable, usual = _ON_LINUX[kind]
    home, named = os.environ.get("HOME", ""), os.environ.get(variable, "")
    if sys.platform == "linux" and os.path.isabs(home) and "ANDROID_ROOT" not in os.environ:
        # Told here: to import that takes as long as half of `line`.
        return Path(named if os.path.isabs(named) else os.path.join(home, usual)) / APP
    import platformdirs

    paths = {
        "data": platformdirs.user_data_path,
        "config": platformdirs.user_config_path,
        "state": platformdirs.user_state_path,
    }
    return paths[kind](APP)
