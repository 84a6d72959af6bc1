"""Servers of a team, below paths of their own, for a tenant and with a token."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.accuracy.paths.gateway import HEADERS, TOKEN, Gateway
from tests.accuracy.paths.paths import StackPath
from tests.accuracy.truth.days import SECOND, at
from tests.accuracy.truth.recordings import renamed

pytestmark = pytest.mark.servers


@pytest.fixture(params=["stack_path", "victoria_metrics_path"])
def path(request: pytest.FixtureRequest) -> StackPath:
    found: StackPath = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def gateway(path: StackPath) -> Iterator[Gateway]:
    servers = {"/tools/metrics": path.prometheus_url, "/tools/logs": path.loki_url}
    with Gateway(servers) as gateway:
        yield gateway


def panels(options: list[str], header: str = "") -> "subprocess.CompletedProcess[str]":
    begin, finish = (
        str(datetime.fromtimestamp(at(end) // SECOND, UTC)) for end in ("04:07", "05:15")
    )
    scope = ["--session", renamed("", "grpc"), "--from", begin, "--to", finish]
    return subprocess.run(
        [sys.executable, "-m", "ccotel_tui", "panels", "--json", *scope, *options],
        env={**os.environ, "CCOTEL_HEADER": header},
        capture_output=True,
        text=True,
    )


def numbers(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["panels"]
    return {id: (panel["state"], panel.get("value")) for id, panel in found.items()}


def behind(gateway: Gateway) -> list[str]:
    prometheus, loki = f"{gateway.url}/tools/metrics", f"{gateway.url}/tools/logs/"
    return ["--source", "stack", "--prometheus-url", prometheus, "--loki-url", loki]


def test_every_number_is_the_same_behind_a_prefix_a_tenant_and_a_token(
    path: StackPath, gateway: Gateway, tmp_path: Path
) -> None:
    file = tmp_path / "headers"
    file.write_text("\n".join(HEADERS))
    file.chmod(0o600)
    direct = numbers(panels(path.options()))
    assert numbers(panels([*behind(gateway), "--header", f"@{file}"])) == direct
    by_file = gateway.passed
    assert numbers(panels(behind(gateway), "\n".join(HEADERS))) == direct
    assert gateway.passed > by_file > 0


def test_who_has_no_token_is_told_how_to_name_one(gateway: Gateway) -> None:
    done = panels(behind(gateway), f"{HEADERS[0]}\nAuthorization: Bearer another")
    assert done.returncode == 1
    assert "does not let you in. Name yourself with --header @FILE" in done.stderr
    assert TOKEN not in done.stderr
    assert "another" not in done.stderr
