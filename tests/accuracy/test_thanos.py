"""A sample of the suite on Thanos, all of which runs on it in campaigns; and what only it does."""

from collections.abc import Iterator

import pytest

from tests.accuracy.check import check, panels
from tests.accuracy.conftest import real_stack
from tests.accuracy.paths.paths import StackPath
from tests.accuracy.test_scenarios import check_scenario
from tests.accuracy.truth.client import OPUS, Client, Temporality
from tests.accuracy.truth.cuts import life
from tests.accuracy.truth.days import BEGIN, HOUR, MINUTE, SECOND
from tests.accuracy.truth.scenarios import turn
from tests.accuracy.truth.truth import Truth
from tests.servers.servers import until
from tests.servers.thanos import Thanos

pytestmark = pytest.mark.servers

LEFT_OUT = "left a part out of its answers"


@pytest.fixture(scope="module")
def thanos(tmp_path_factory: pytest.TempPathFactory) -> Thanos:
    return Thanos(tmp_path_factory.mktemp("servers"))


@pytest.fixture(scope="module")
def path(thanos: Thanos, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPath]:
    """The stack with that Thanos in the place of Prometheus."""
    yield from real_stack(tmp_path_factory.mktemp("stack"), lambda _: thanos)


@pytest.mark.parametrize("temporality", ["delta", "cumulative"])
@pytest.mark.parametrize("scenario", ["pause", "asleep", "counters-only", "one-id-interleaved"])
def test_two_replicas_count_once(path: StackPath, scenario: str, temporality: Temporality) -> None:
    check_scenario(path, scenario, temporality)


def test_a_store_that_is_gone_is_said_at_the_panels_that_may_lack_it(
    path: StackPath, thanos: Thanos
) -> None:
    truth = Truth()
    client = Client("gone", "delta", truth)
    client.prompt(BEGIN + HOUR - SECOND)
    turn(client, BEGIN + HOUR, 1, ("Bash", True), OPUS)
    path.send(client.export(BEGIN + HOUR + MINUTE), "grpc")
    path.settle()
    window = life(truth)
    first, second = thanos.sidecars
    whole = check(path, window, "gone", truth)

    first.kill()
    answers = panels(path, window, "gone")
    # The other replica has it all, which nobody can know.
    assert answers["lines_of_code"].value == whole["lines_of_code"].value
    said = {id for id, answer in answers.items() if any(LEFT_OUT in n for n in answer.notes)}
    assert {"lines_of_code", "dev_activity", "total_cost"} <= said
    assert said == {id for id, answer in answers.items() if not answer.exact}
    assert "tool_rate" not in said

    second.kill()
    lines = panels(path, window, "gone")["lines_of_code"]
    assert (lines.state, lines.exact) == ("empty", False)
    assert LEFT_OUT in lines.notes[0]

    first.start()
    second.start()
    # Thanos looks for its stores every few seconds.
    assert until(lambda: panels(path, window, "gone")["lines_of_code"].exact, 60)
    check(path, window, "gone", truth)
