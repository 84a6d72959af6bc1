"""The recorder, the scripted Messages API and a home for the client: all of one test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.world.answers import Answers
from tests.client.world.claude import Home
from tests.client.world.messages_api import messages_api
from tests.client.world.tmux import tmux
from tests.client.world.world import World
from tests.recorder.running import recorder


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = tmp_path / "telemetry.db"
    with messages_api() as api, recorder(database) as running, tmux() as server:
        home = Home(tmp_path / "home", api.url, running.grpc)
        yield World(api, home, Answers(database, home.config), server)
