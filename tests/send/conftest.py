"""The recorder's database and process, for what sends to it."""

from tests.recorder.conftest import database, running

__all__ = ["database", "running"]
