"""No variable of whoever runs the tests reaches a test, nor a process that it starts."""

import os
import subprocess
import sys
import time
from pathlib import Path

FOREIGN = {
    "HTTP_PROXY": "http://127.0.0.1:1",
    "https_proxy": "http://127.0.0.1:1",
    "all_proxy": "socks5://127.0.0.1:1",
    "grpc_proxy": "http://127.0.0.1:1",
    "no_grpc_proxy": "localhost",
    "NO_PROXY": "localhost",
    "COMPOSE_PROJECT_NAME": "foreign",
    "COMPOSE_FILE": "/foreign.yml",
    "DOCKER_HOST": "tcp://127.0.0.1:1",
    "DOCKER_CONTEXT": "foreign",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
    "OTEL_RESOURCE_ATTRIBUTES": "project=foreign",
    "CLAUDE_CONFIG_DIR": "/foreign",
    "CCOTEL_LOKI_URL": "http://127.0.0.1:1",
    "CCOTEL_HEADER": "Authorization: foreign",
    "GRPC_VERBOSITY": "debug",
    "SSL_CERT_FILE": "/foreign.pem",
    "LC_ALL": "tr_TR.UTF-8",
    "LANGUAGE": "tr",
    "NO_COLOR": "1",
    "COLUMNS": "7",
}
ELSEWHERE = {"TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8"}


def test_the_environment_is_bare() -> None:
    assert set(FOREIGN) & set(os.environ) == set()
    assert (os.environ["TZ"], os.environ["LANG"], time.timezone) == ("UTC", "C.UTF-8", 0)


def test_it_is_bare_whoever_runs_the_tests() -> None:
    inner = f"{Path(__file__)}::{test_the_environment_is_bare.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", inner],
        env=os.environ | FOREIGN | ELSEWHERE,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert "1 passed" in done.stdout, done.stdout
