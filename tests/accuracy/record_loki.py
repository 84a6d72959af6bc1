"""Runs the suite over the stack with the real Loki, and writes down what Loki answers."""

import os
import sys

import pytest

from tests.accuracy.paths.paths import MODE

if __name__ == "__main__":
    os.environ[MODE] = "record"
    sys.exit(
        pytest.main(["tests/accuracy", "-m", "servers", "-k", "not victoria and not thanos", "-q"])
    )
