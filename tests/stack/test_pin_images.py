"""Images by their digests, from a registry on this machine."""

import re

import pytest
from docker import APIClient

from tests.stack.pin_images import pin
from tests.stack.project import Project
from tests.stack.registry import registry

pytestmark = pytest.mark.docker


def test_a_tag_is_pinned_where_its_registry_answers_and_stays_elsewhere(project: Project) -> None:
    file = project.own_files() / "docker-compose.yml"
    absent = "127.0.0.1:1/loki:3.7.6"
    client = APIClient(base_url=project.url, version="auto")
    with registry("gives") as known:
        text = file.read_text(encoding="utf-8")
        for shipped, image in (("grafana/grafana:", known.image), ("grafana/loki:", absent)):
            text = re.sub(rf"(?<=:-){shipped}[\w.@:]+(?=}})", image, text)
        file.write_text(text, encoding="utf-8")
        [*_, problem] = [one for one in pin(file, client) if absent in one]
        assert problem.startswith(f"{absent} stays as it is: ")
        pinned = {one.name: one.image for one in project.compose.services}
        assert re.fullmatch(rf"{known.image}@sha256:[0-9a-f]{{64}}", pinned["grafana"])
        assert pinned["loki"] == absent
        again = file.read_text(encoding="utf-8")
        pin(file, client)
        assert file.read_text(encoding="utf-8") == again
        project.up(services=["grafana"])
    client.close()
    image = project.docker("inspect", "-f", "{{.Config.Image}}", project.ids()["grafana"])
    assert image == pinned["grafana"]
