"""Writes the digest that each image's tag has now into the compose file: `make pin-images`.

The Docker engine asks the registries. An image whose registry does not answer keeps its tag.
"""

import os
import re
import sys
from pathlib import Path

from docker import APIClient

from ccotel_tui.errors import StackError
from ccotel_tui.stack_control.docker.client import connect_engine
from ccotel_tui.stack_control.docker.errors import FOREIGN, translate
from ccotel_tui.stack_control.docker.host import find
from tests.servers.servers import STACK

_IMAGE = re.compile(r"(?<=:-)(?P<tag>[\w./:-]+:[\w.-]+)(?:@sha256:[0-9a-f]{64})?(?=\}$)", re.M)
"""The default of a line such as `image: ${CCOTEL_LOKI_IMAGE:-grafana/loki:3.7.6}`."""


def pin(file: Path, client: APIClient) -> list[str]:
    """Pin the images of the file, and return why others could not be."""
    problems: list[str] = []

    def pinned(line: re.Match[str]) -> str:
        tag = line["tag"]
        try:
            distribution = client.inspect_distribution(tag)  # type: ignore[no-untyped-call]
        except FOREIGN as error:
            problems.append(f"{tag} stays as it is: {' '.join(str(error).split())}")
            return line[0]
        return f"{tag}@{distribution['Descriptor']['digest']}"

    text = file.read_text(encoding="utf-8")
    file.write_text(_IMAGE.sub(pinned, text), encoding="utf-8")
    return problems


def main() -> int:
    """Exit status 1 where an image could not be pinned."""
    try:
        host = find(os.environ)
        client = connect_engine(host)
    except StackError as error:
        print(f"The images keep their tags: {error}", file=sys.stderr)
        return 1
    except FOREIGN as error:
        print(f"The images keep their tags: {translate(error, host)}", file=sys.stderr)
        return 1
    problems = pin(STACK / "docker-compose.yml", client)
    client.close()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
