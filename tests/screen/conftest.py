"""CCOTEL_UPDATE_GOLDENS=1 writes the screens that the tests compare with."""

import os

import pytest


@pytest.fixture
def update_goldens() -> bool:
    return bool(os.environ.get("CCOTEL_UPDATE_GOLDENS"))
