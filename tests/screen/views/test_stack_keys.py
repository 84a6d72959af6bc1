"""The keys u, U and g on both sources, with the stack's own procedures on a fake engine."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.source import Backend
from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database
from tests.query.stub import Stub
from tests.screen.tools.running import Running, dashboard
from tests.stack.project import SERVICES, Project, reserved_ports
from tests.stack_control.fake_engine import FakeEngine
from tests.tools.browser import Browser
from tests.tools.otlp import request


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with FakeEngine(tmp_path) as engine, reserved_ports() as ports:
        yield Project("fake", engine.url, tmp_path, ports)


@pytest.fixture(params=["embedded", "stack"])
def backend(request: pytest.FixtureRequest, store: Database, tmp_path: Path) -> Iterator[Backend]:
    """Each says that $1.25 was spent."""
    if request.param == "stack":
        with Stub() as stub, closing(stub.backend()) as backend:
            yield backend
    else:
        yield open_embedded(tmp_path / "telemetry.db")


@pytest.fixture
def store(database: Database) -> Database:
    database.append([request(1.25)])
    return database


@asynccontextmanager
async def shown(backend: Backend, project: Project, tmp_path: Path) -> AsyncIterator[Running]:
    others = {*threading.enumerate()}
    with closing(project.stack) as stack:
        async with dashboard(tmp_path, (80, 24), backend=backend, docker=stack) as running:
            await running.until("$1.25")
            yield running
        for thread in {*threading.enumerate()} - others:
            # What speaks to the engine ends before the engine does.
            if thread.name.endswith(("(_watch)", "(listen)", "(_carry_out)")):
                thread.join()


async def test_u_shows_every_service_and_its_port(
    backend: Backend, project: Project, tmp_path: Path
) -> None:
    project.up()
    async with shown(backend, project, tmp_path) as running:
        await running.press("u")
        page = await running.until("4 of 4 ready")
    for service in SERVICES:
        assert any(service in line and "ready" in line for line in page.splitlines()), page
    assert str(project.ports["LOKI"]) in page


async def test_shift_u_starts_the_stack_and_stops_it_after_a_yes(
    backend: Backend, project: Project, tmp_path: Path
) -> None:
    async with shown(backend, project, tmp_path) as running:
        await running.press("2", "U")
        await running.until(strings.START_STACK)
        await running.press("y")
        await running.until("4 of 4 ready")
        assert sorted(project.ids()) == sorted(SERVICES)
        await running.press("U")
        await running.until(strings.STOP_STACK)
        await running.press("y")
        await running.until(strings.OUTCOMES["stop"])
    assert project.ids() == {}


async def test_g_opens_the_board_of_the_section(
    backend: Backend, project: Project, tmp_path: Path, browser: Browser
) -> None:
    async with shown(backend, project, tmp_path) as running:
        await running.press("3", "g")
        page = await running.until(strings.GRAFANA_OPENED)
        assert "/d/ccotel-tools?from=now/d&to=now" in browser.address()
    needs_stack = " ".join(strings.GRAFANA_NEEDS.split()[:4])
    assert (needs_stack in page) == (backend.name == "embedded")
