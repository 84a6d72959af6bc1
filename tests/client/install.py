"""Installs the newest Claude Code that npm has into the cache, once a version."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "@anthropic-ai/claude-code"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ccotel-tui" / "client"
NPM_TIMEOUT = 600.0
OUTPUT_LINES = 20

_VERSION = re.compile(r"\d+(\.\d+)+")


class InstallError(Exception):
    """The client cannot be had; the message says why and what to do."""


def executable(version: str) -> Path:
    """Where the client of this version lies in the cache."""
    return CACHE / version / "node_modules" / ".bin" / "claude"


def newest_installed() -> Path:
    """The newest client of the cache. Raises InstallError where there is none."""
    versions = sorted(_versions(), key=_order)
    if not versions:
        raise InstallError(f"no Claude Code in {CACHE}: run make test-client")
    return executable(versions[-1])


def newest_published() -> str:
    """The version that npm calls the latest. Raises InstallError."""
    version = _npm("view", PACKAGE, "version").strip()
    if not _VERSION.fullmatch(version):
        raise InstallError(f"npm view {PACKAGE} version answered {version!r}")
    return version


def install(version: str) -> str:
    """Install this version unless the cache has it, and drop the others; 'cached' or 'installed'.

    Raises InstallError where npm fails or the client does not start.
    """
    if executable(version).exists():
        return "cached"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Inside the cache, so that the last step is one rename on one file system.
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".install-") as directory:
        prefix = Path(directory) / "prefix"
        options = ("--no-fund", "--no-audit", "--prefix", str(prefix))
        _npm("install", *options, f"{PACKAGE}@{version}")
        _check(prefix / "node_modules" / ".bin" / "claude", version, home=Path(directory))
        prefix.rename(CACHE / version)
    for former in set(_versions()) - {version}:
        shutil.rmtree(CACHE / former)
    return "installed"


def main() -> int:
    """Install what the tests need and name it; the exit status."""
    try:
        for tool in ("npm", "tmux"):
            if shutil.which(tool) is None:
                raise InstallError(f"{tool} is missing: the tests with Claude Code itself need it")
        version = newest_published()
        print(f"Claude Code {version} {install(version)} {executable(version)}")
    except InstallError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _versions() -> list[str]:
    folders = CACHE.iterdir() if CACHE.is_dir() else ()
    return [folder.name for folder in folders if _VERSION.fullmatch(folder.name)]


def _order(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _npm(*arguments: str) -> str:
    """Its standard output. Raises InstallError with its last lines if it fails."""
    try:
        done = subprocess.run(
            ["npm", *arguments], capture_output=True, text=True, timeout=NPM_TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise InstallError(f"npm {arguments[0]} took more than {NPM_TIMEOUT:.0f} s") from None
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-OUTPUT_LINES:])
        raise InstallError(f"npm {arguments[0]} failed with status {done.returncode}:\n{tail}")
    return done.stdout


def _check(client: Path, version: str, home: Path) -> None:
    """A platform without a binary of its own installs without an error, and does not start."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    try:
        done = subprocess.run(
            [client, "--version"], env=environment, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(f"Claude Code {version} does not start: {error}") from None
    if not done.stdout.startswith(version):
        raise InstallError(
            f"claude --version answered {done.stdout!r} {done.stderr!r}, not {version}"
        )


if __name__ == "__main__":
    sys.exit(main())
