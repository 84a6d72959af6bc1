"""In a living set-up each link is broken in turn: doctor names it, and its next step mends it."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.doctor.broken.breaks import AS_ROOT, BEHIND, BLIND, KNOWN, ON_A_SMALL_DISK, Break
from tests.doctor.broken.world import World, follow, living, settled
from tests.recorder.campaigns.disk import small_disk

ALL: Mapping[str, Break] = {**BLIND, **KNOWN, **BEHIND}
QUICK = ("the wrong port", "a proxy", "no recorder", "off, and the recorder stopped")
DISK = 64
"""Megabytes: with less than 20 free, doctor says that it is full."""


def marked(name: str) -> object:
    return pytest.param(name, id=name, marks=() if name in QUICK else pytest.mark.slow)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    name = request.node.callspec.params["name"]
    if name in AS_ROOT and (os.geteuid() != 0 or sys.platform != "linux"):
        pytest.skip("only root on Linux can mount a disk, and give up that it may write anything")
    if not shutil.which("setpriv") and name in AS_ROOT:
        pytest.skip("setpriv is missing: apt-get install util-linux")
    (tmp_path / "data").mkdir()
    folder = tmp_path / "data" / "ccotel-tui"
    disk = small_disk(folder, DISK) if name in ON_A_SMALL_DISK else nullcontext()
    with disk, living(tmp_path) as world:
        yield world


@pytest.mark.parametrize("name", [marked(name) for name in ALL])
def test_the_broken_link_is_named_and_its_next_step_mends_it(name: str, world: World) -> None:
    broken, links = ALL[name]
    broken(world)
    document = settled(world, links[0])
    for link, then in zip(links, (*links[1:], None), strict=True):
        assert document["first_failure"] == link, document
        row = document["checks"][link]
        follow(world, row["next"])
        document = settled(world, then)
        assert document["first_failure"] == then, (row, document)


def test_the_breaks_are_as_many_as_asked() -> None:
    assert len(ALL) >= 30
    assert len(BLIND) >= 15
    assert [name for name in (*QUICK, *AS_ROOT) if name not in ALL] == []
