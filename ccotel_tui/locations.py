"""The paths of files."""

import sys
from pathlib import Path

APP = "ccotel-tui"

PROGRAM = (sys.executable, "-P", "-m", "ccotel_tui")
"""This program as a child is started: never a package of the current folder in its place."""


def database() -> Path:
    """Return the path of the embedded store."""
    from platformdirs import user_data_path

    return user_data_path(APP) / "telemetry.db"


def session_memory() -> Path:
    """Return the path of the names and folders of sessions that ran on this machine."""
    from platformdirs import user_data_path

    return user_data_path(APP) / "sessions.json"


def setup_record() -> Path:
    """Return the path of what `setup` changed, with the files as they were before."""
    from platformdirs import user_data_path

    return user_data_path(APP) / "setup.json"


def settings() -> Path:
    """The user's settings."""
    from platformdirs import user_config_path

    return user_config_path(APP) / "settings.toml"


def choices() -> Path:
    """What the dashboard itself keeps of the last run, such as the theme."""
    from platformdirs import user_state_path

    return user_state_path(APP) / "dashboard.json"


def fired_alerts() -> Path:
    """Return the path of what rules have told."""
    from platformdirs import user_state_path

    return user_state_path(APP) / "alerts.json"


def stack() -> Path:
    """Return the folder of the stack's configuration: in the wheel, or beside the package."""
    package = Path(__file__).parent
    shipped = package / "_stack"
    return shipped if shipped.is_dir() else package.parent / "stack"


def stack_lock(project: str) -> Path:
    """Return the path of the lock that the process changing this project's stack holds."""
    from platformdirs import user_data_path

    return user_data_path(APP) / f"stack-{project}.lock"
