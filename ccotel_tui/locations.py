"""Where files are kept."""

from pathlib import Path

from platformdirs import user_data_path, user_log_path

APP = "ccotel-tui"


def database() -> Path:
    """The embedded store."""
    return user_data_path(APP) / "telemetry.db"


def log() -> Path:
    """What the dashboard writes of itself: a screen has no other place for it."""
    return user_log_path(APP) / "ccotel-tui.log"


def stack() -> Path:
    """The stack's configuration: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    shipped = package / "_stack"
    return shipped if shipped.is_dir() else package.parent / "stack"
