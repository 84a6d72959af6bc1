"""What the cache saved: to the cent where the requests tell their prices, else not known."""

from collections.abc import Iterator
from contextlib import closing
from math import fsum
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.query.query import Scope, UsageQuery
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.saved import CacheSaving, CacheSavings
from ccotel_tui.query.window import Window
from tests.accuracy.conftest import store_or_stack
from tests.accuracy.truth import otlp
from tests.accuracy.truth.cuts import cuts, life
from tests.accuracy.truth.days import MINUTE, at
from tests.accuracy.truth.otlp import Request
from tests.accuracy.truth.recordings import requests, truth

Record = dict[str, Any]
WHOLE = life(truth("grpc"))
MODELS = UsageQuery(("model",))
KINDS = ("input", "output", "cache_read", "cache_creation_5m", "cache_creation_1h")
PRICES = {
    "claude-opus-4-8": (5, 25, 0.5, 6.25, 6.25),
    "claude-sonnet-5-5": (2, 10, 0.1, 2.5, 4),
    "closes": (3, 15, 0.3, 3.75, 3.75),
    "closes fast": (30, 150, 3, 37.5, 37.5),
}
"""Dollars a million tokens of KINDS."""


def cost(prices: tuple[float, ...], counts: tuple[int, ...]) -> float:
    return fsum(price * count for price, count in zip(prices, counts, strict=True)) / 1e6


def made_up(model: str, number: int, prices: str, **more: str) -> Iterator[Record]:
    """So many requests, no two alike, of these prices."""
    for n in range(number):
        counts = (n * n % 97 + 1, n * 7 % 31, 900 * (n % 5), 40 * (n * 3 % 7), 0)
        tokens = {f"{kind}_tokens": count for kind, count in zip(KINDS[:3], counts, strict=False)}
        dollars = cost(PRICES[prices], counts)
        said = {"cache_creation_tokens": counts[3], "cost_usd": dollars, "event.sequence": n}
        yield {"model": model, "speed": "normal", **tokens, **said, **more}


def generated() -> Request:
    broken = [*made_up("does not close", 20, "closes")]
    broken[-3]["cost_usd"] += 0.01
    # The newest are of one price, and older ones were of another.
    dearer = [*made_up("became dearer", 70, "closes"), *made_up("became dearer", 70, "closes fast")]
    told = [
        *made_up("closes", 40, "closes"),
        *made_up("closes", 30, "closes fast", speed="fast"),
        *made_up("too few", 6, "closes"),
        *(*broken, *dearer),
    ]
    begin = at("04:30")
    name = {"event.name": "api_request", "session.id": "made-up"}
    records = [
        otlp.log_record(begin + n * MINUTE // 60, "api_request", {**name, **said})
        for n, said in enumerate(told)
    ]
    return otlp.logs_request(records, "2.1.332")


def everything() -> list[Request]:
    return [*requests("grpc"), generated()]


@pytest.fixture(scope="module", params=["store", pytest.param("stack", marks=pytest.mark.servers)])
def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    directory = tmp_path_factory.mktemp("saved")
    for path in store_or_stack(request.param, directory):
        path.send(everything(), "grpc")
        path.settle()
        with closing(path.backend()) as backend:
            yield backend


def raw(model: str, window: Window) -> list[Record]:
    """The model's requests in the window, as they were sent."""
    found = []
    for request in everything():
        for logs in request.resource_logs if isinstance(request, ExportLogsServiceRequest) else ():
            for record in (each for scope in logs.scope_logs for each in scope.log_records):
                told = {pair.key: _plain(pair.value) for pair in record.attributes}
                is_meant = told.get("model") == model and told["event.name"] == "api_request"
                if is_meant and window.from_ns < record.time_unix_nano <= window.to_ns:
                    found.append(told)
    return found


def _plain(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


def expected(model: str, window: Window) -> float:
    """Each request without a cache, less each with it."""
    saved = []
    for told in raw(model, window):
        input_, _, read, short, long = PRICES[f"{model} fast" if told["speed"] == "fast" else model]
        counts = {name: float(told.get(f"cache_{name}_tokens", 0)) for name in ("read", "creation")}
        of_hour = float(told.get("cache_creation_1h_tokens", 0))
        written = (counts["creation"] - of_hour) * short + of_hour * long
        saved.append(sum(counts.values()) * input_ - counts["read"] * read - written)
    return fsum(saved) / 1e6


def saving(backend: Backend, window: Window, model: str) -> CacheSaving:
    return CacheSavings().read(backend, window, Scope(attributes=(("model", model),)))


@pytest.mark.parametrize("model", ["claude-opus-4-8", "claude-sonnet-5-5", "closes"])
def test_it_is_what_the_requests_tell(backend: Backend, model: str) -> None:
    saved = saving(backend, WHOLE, model)
    assert saved.dollars == pytest.approx(expected(model, WHOLE), abs=1e-6)
    assert saved.unpriced == ()


@pytest.mark.parametrize("model", ["does not close", "became dearer", "too few"])
def test_it_is_not_known_without_prices_that_close(backend: Backend, model: str) -> None:
    assert saving(backend, WHOLE, model) == CacheSaving(None, (model,))


def test_one_model_without_prices_leaves_none(backend: Backend) -> None:
    saved = CacheSavings().read(backend, WHOLE, Scope())
    assert saved.dollars is None
    assert {"does not close", "became dearer", "too few"} <= {*saved.unpriced}
    priced = {"claude-opus-4-8", "claude-sonnet-5-5", "closes"}
    assert not priced & {*saved.unpriced}
    models = {cell.labels[0] for cell in backend.usage.cells(MODELS, WHOLE, Scope())}
    told = [saving(backend, WHOLE, model).dollars for model in models - {*saved.unpriced}]
    assert saved.rest == pytest.approx(fsum(each or 0.0 for each in told), abs=1e-6)
    assert any(told)


def test_in_every_window_it_is_right_or_not_known(backend: Backend) -> None:
    known = 0
    for window in cuts(truth("grpc"), few=True):
        for model in ("claude-opus-4-8", "claude-sonnet-5-5"):
            saved = saving(backend, window, model)
            if saved.dollars is not None:
                known += 1
                assert saved.dollars == pytest.approx(expected(model, window), abs=1e-6)
            else:
                assert bool(raw(model, window)) == (saved.unpriced == (model,))
    assert known


def test_nothing_used_saved_nothing_that_is_known(backend: Backend) -> None:
    before = Window.between(WHOLE.from_ns - 10 * MINUTE, WHOLE.from_ns, WHOLE.zone)
    assert saving(backend, before, "claude-opus-4-8") == CacheSaving()
