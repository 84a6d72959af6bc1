"""The time to first token on both sources: what the requests' own records say, by model."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from statistics import quantiles

import pytest

from ccotel_tui.panels.catalogue import FIRST_TOKEN
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import model_name
from tests.accuracy.conftest import store_or_stack
from tests.accuracy.query.test_usage import everything, records
from tests.accuracy.truth.cuts import cuts
from tests.accuracy.truth.days import END
from tests.accuracy.truth.recordings import truth

WINDOWS = list(cuts(truth("grpc")))


@pytest.fixture(scope="module", params=["store", pytest.param("stack", marks=pytest.mark.servers)])
def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    directory = tmp_path_factory.mktemp("first-token")
    for path in store_or_stack(request.param, directory):
        path.send(everything(), "grpc")
        path.settle()
        with closing(path.backend()) as backend:
            yield backend


def told(window: Window) -> dict[str, list[float]]:
    """What the requests of the window say, by model."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for one in records():
        if "ttft_ms" in one and window.from_ns < one["at"] <= window.to_ns:
            found[model_name(one["model"])].append(float(one["ttft_ms"]))
    return found


def of(values: list[float], percent: int) -> float:
    return quantiles([*values, *values[:1]][: max(2, len(values))], n=100, method="inclusive")[
        percent - 1
    ]


@pytest.mark.parametrize("window", WINDOWS, ids=map(str, range(len(WINDOWS))))
def test_it_is_what_the_requests_say(backend: Backend, window: Window) -> None:
    answer = answer_panels([FIRST_TOKEN], backend, window, Scope(), END)[FIRST_TOKEN.id]
    by_model = told(window)
    rows = {row["model"]: (row["p50"], row["p95"]) for row in answer.rows}
    assert {model: row for model, row in rows.items() if row != (None, None)} == {
        model: pytest.approx((of(values, 50), of(values, 95))) for model, values in by_model.items()
    }
    everyone = [value for values in by_model.values() for value in values]
    assert answer.value == (pytest.approx(of(everyone, 95)) if everyone else None)


def test_some_tell_it_and_some_do_not() -> None:
    whole = WINDOWS[0]
    models = {
        model_name(one["model"])
        for one in records()
        if one.get("event.name") == "api_request" and whole.from_ns < one["at"] <= whole.to_ns
    }
    assert set(told(whole)) < models
