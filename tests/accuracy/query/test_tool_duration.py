"""How long tools took, on both sources: what their own records say, by tool."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from ccotel_tui.panels.catalogue import TOOL_DURATION
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from tests.accuracy.check import check_answers
from tests.accuracy.conftest import store_or_stack
from tests.accuracy.test_scenarios import played
from tests.accuracy.truth.cuts import cuts
from tests.accuracy.truth.days import END
from tests.accuracy.truth.expected import quantiles_by
from tests.accuracy.truth.recordings import requests, truth
from tests.accuracy.truth.truth import Truth, together


@dataclass
class Lived:
    """A source that has the recorded sessions and a busy one, and what was done in them."""

    backend: Backend
    truth: Truth


@pytest.fixture(scope="module", params=["store", pytest.param("stack", marks=pytest.mark.servers)])
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lived]:
    directory = tmp_path_factory.mktemp("tool-duration")
    for path in store_or_stack(request.param, directory):
        path.send(requests("grpc"), "grpc")
        done = together([truth("grpc"), played(path, "long", "delta")])
        with closing(path.backend()) as backend:
            yield Lived(backend, done)


def test_it_is_what_the_results_say(lived: Lived) -> None:
    for window in cuts(lived.truth, few=True):
        answers = answer_panels([TOOL_DURATION], lived.backend, window, Scope(), END)
        took = lived.truth.within(window.from_ns, window.to_ns).of("took")
        right = quantiles_by(took, "tool_name", "p50", "p95")
        check_answers(answers, window, {TOOL_DURATION.id: right})
