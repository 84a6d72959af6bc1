"""The paths of files."""

import sys
from pathlib import Path

from ccotel_tui.local.user_folders import APP, database_file, settings_file, user_file

PROGRAM = (sys.executable, "-P", "-m", "ccotel_tui")
"""This program as a child is started: never a package of the current folder in its place."""


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


def typed(step: str) -> str:
    """Return a step that runs this program as it can be typed here."""
    name, space, words = step.partition(" ")
    return f"{typed_command()}{space}{words}" if name == APP else step


def database() -> Path:
    """Return the path of the embedded store."""
    return Path(database_file())


def session_memory() -> Path:
    """Return the path of the names and folders of sessions that ran on this machine."""
    return Path(user_file("data", "sessions.json"))


def setup_record() -> Path:
    """Return the path of what `setup` changed, with the files as they were before."""
    return Path(user_file("data", "setup.json"))


def settings() -> Path:
    """Return the path of the user's settings."""
    return Path(settings_file())


def choices() -> Path:
    """What the dashboard itself keeps of the last run, such as the theme."""
    return Path(user_file("state", "dashboard.json"))


def fired_alerts() -> Path:
    """Return the path of what rules have told."""
    return Path(user_file("state", "alerts.json"))


def stack_folder() -> Path:
    """Return the folder of the stack's configuration: in the wheel, or beside the package."""
    package = Path(__file__).parents[1]
    shipped = package / "_stack"
    return shipped if shipped.is_dir() else package.parent / "stack"


def stack_lock(project: str) -> Path:
    """Return the path of the lock that the process changing this project's stack holds."""
    return Path(user_file("data", f"stack-{project}.lock"))
