"""The ports that the stack publishes on this machine, moved or not.

A variable of the environment moves one, else a line of the file `.env` beside the compose file, as
for Compose itself: all that speak to the stack look here.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from ccotel_tui.local import locations

StackPort = Literal["OTLP_GRPC", "OTLP_HTTP", "PROMETHEUS", "LOKI"]

USUAL: Mapping[StackPort, int] = {
    "OTLP_GRPC": 14317,
    "OTLP_HTTP": 14318,
    "PROMETHEUS": 19090,
    "LOKI": 13100,
}
"""Where nothing moves them."""

PORTS = range(1, 65_536)
"""Those that can be published."""

_HOST = "127.0.0.1"
_LINE = re.compile(r"""\s*(?:export\s+)?(\w+)\s*=\s*(?:'([^']*)'|"([^"]*)"|(.*?))(?:\s+#.*)?\s*""")


def published(port: StackPort, environment: Mapping[str, str] = os.environ) -> int:
    """The number under which the port is published, the usual one where it is moved to none."""
    name = f"CCOTEL_{port}_PORT"
    text = environment.get(name, "") or _beside_compose_file().get(name, "")
    return int(text) if text.isdecimal() and int(text) in PORTS else USUAL[port]


def host_port(port: StackPort) -> str:
    """Return such as 127.0.0.1:14317."""
    return f"{_HOST}:{published(port)}"


def url(port: StackPort) -> str:
    """Return such as http://127.0.0.1:13100."""
    return f"http://{host_port(port)}"


def variables_of(text: str) -> tuple[dict[str, str], int | None]:
    """Return what a file such as `.env` sets, and the number of the first line that sets nothing.

    The line has no number where each is understood, empty or a comment.
    """
    variables, wrong = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match:
            variables[match[1]] = match[2] or match[3] or match[4] or ""
        elif wrong is None:
            wrong = number
    return variables, wrong


def _beside_compose_file() -> dict[str, str]:
    """What `.env` sets; what is wrong with it the stack's own commands say."""
    path: Path = locations.stack_folder() / ".env"
    try:
        return variables_of(path.read_text(encoding="utf-8"))[0]
    except (OSError, UnicodeDecodeError):
        return {}
