"""What development and CI install is pinned, with hashes, and is what pyproject.toml allows."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
PINS = {
    canonicalize_name(name): (version, hashes)
    for name, version, hashes in re.findall(
        r"^([\w.-]+)==([\w.]+)(?: ; [^\\\n]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        LOCK,
        re.MULTILINE,
    )
}


def test_each_line_is_a_version_with_hashes_and_none_an_address() -> None:
    assert len(PINS) == len(re.findall(r"^[^\s#]", LOCK, re.MULTILINE))
    assert "://" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK


def test_what_is_pinned_is_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]["dev"] + project["build-system"]["requires"]
    for words in project["project"]["dependencies"] + groups:
        wanted = Requirement(words)
        version, _ = PINS[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), words


def test_what_users_install_stops_before_the_next_major_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    bounds = {
        wanted.name: {one.operator for one in wanted.specifier}
        for wanted in map(Requirement, project["project"]["dependencies"])
    }
    # Its versions are dates.
    bounds.pop("tzdata")
    assert set(map(frozenset, bounds.values())) == {frozenset({">=", "<"})}
