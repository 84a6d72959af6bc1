"""Where files are kept."""

from pathlib import Path

APP = "ccotel-tui"


def database() -> Path:
    """The embedded store."""
    from platformdirs import user_data_path

    return user_data_path(APP) / "telemetry.db"


def session_memory() -> Path:
    """The names and folders of sessions that ran on this machine."""
    from platformdirs import user_data_path

    return user_data_path(APP) / "sessions.json"


def stack() -> Path:
    """The stack's configuration: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    shipped = package / "_stack"
    return shipped if shipped.is_dir() else package.parent / "stack"


def stack_lock(project: str) -> Path:
    """Held by the one process that changes the stack of this project."""
    from platformdirs import user_data_path

    return user_data_path(APP) / f"stack-{project}.lock"
