"""What make installs is pinned, with hashes, and is what pyproject.toml allows."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
RUN_LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
TOOLS_LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

_PIN = re.compile(
    r"^([\w.-]+)==([\w.]+)( ; [^\\\n]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)


def pins(lock: str) -> dict[str, tuple[str, str, str]]:
    """The version, the marker and the hashes of each package."""
    return {
        canonicalize_name(name): (version, *more) for name, version, *more in _PIN.findall(lock)
    }


def required(*groups: str) -> list[Requirement]:
    """What the package needs, and what those dependency groups list themselves."""
    listed = [
        line
        for group in groups
        for line in PROJECT["dependency-groups"][group]
        if str(line) == line
    ]
    return [Requirement(line) for line in PROJECT["project"]["dependencies"] + listed]


@pytest.mark.parametrize("lock", [RUN_LOCK, TOOLS_LOCK], ids=["run", "tools"])
def test_each_line_is_a_version_with_hashes_and_none_an_address(lock: str) -> None:
    assert len(pins(lock)) == len(re.findall(r"^[^\s#]", lock, re.MULTILINE))
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock


@pytest.mark.parametrize(
    ("lock", "groups"), [(RUN_LOCK, ["checkout"]), (TOOLS_LOCK, ["checkout", "dev"])]
)
def test_what_is_pinned_is_allowed(lock: str, groups: list[str]) -> None:
    for wanted in required(*groups):
        version, *_ = pins(lock)[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), wanted


def test_a_checkout_can_build_the_package() -> None:
    checkout = {canonicalize_name(wanted.name) for wanted in required("checkout")}
    build = {
        canonicalize_name(Requirement(line).name) for line in PROJECT["build-system"]["requires"]
    }
    assert build < checkout


def test_a_run_installs_no_tool_and_the_tools_come_with_the_same_versions() -> None:
    run, tools = pins(RUN_LOCK), pins(TOOLS_LOCK)
    assert run.items() < tools.items()
    named = {canonicalize_name(wanted.name) for wanted in required("dev")}
    assert (
        named - {canonicalize_name(wanted.name) for wanted in required()}
        <= tools.keys() - run.keys()
    )


def test_what_users_install_stops_before_the_next_major_version() -> None:
    bounds = {wanted.name: {bound.operator for bound in wanted.specifier} for wanted in required()}
    # Its versions are dates.
    bounds.pop("tzdata")
    assert set(map(frozenset, bounds.values())) == {frozenset({">=", "<"})}
