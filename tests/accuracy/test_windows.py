"""Windows cut anywhere, in any zone; where the clock changes in the embedded store alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import fsum
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.window import MILLISECOND, Window
from tests.accuracy.check import check, panels, same
from tests.accuracy.conftest import real_stack
from tests.accuracy.paths.paths import DataPath, StorePath
from tests.accuracy.truth.client import HAIKU, OPUS, Client
from tests.accuracy.truth.days import BEGIN, DAY, HOUR, MINUTE, SECOND
from tests.accuracy.truth.scenarios import turn
from tests.accuracy.truth.truth import Truth
from tests.panels.adding import ADDING, BARS, RUNNING, adds_up
from tests.servers.servers import Prometheus, VictoriaMetrics
from tests.servers.thanos import Thanos

PLACES = {
    "to summer time": (ZoneInfo("Europe/Berlin"), "2026-03-28", "2026-03-31"),
    "to winter time": (ZoneInfo("Europe/Berlin"), "2026-10-24", "2026-10-27"),
    "half an hour off": (ZoneInfo("Asia/Kolkata"), "2026-11-20", "2026-11-23"),
}

KOLKATA = ZoneInfo("Asia/Kolkata")
TODAY = datetime.fromtimestamp(BEGIN // SECOND, KOLKATA).date()
LATELY = KOLKATA, str(TODAY - timedelta(3)), str(TODAY)
"""A stack keeps what is not too old."""

STACKS = [
    pytest.param(metrics, marks=marks, id=metrics.name)
    for metrics, marks in (
        (Prometheus, [pytest.mark.servers]),
        (VictoriaMetrics, [pytest.mark.servers]),
        (Thanos, [pytest.mark.servers, pytest.mark.slow]),
    )
]

STEPS = (DAY, 12 * HOUR, 2 * HOUR, 30 * MINUTE, 7 * MINUTE + 30 * SECOND)


@dataclass
class Place:
    """Three local days of one session, a turn each 25 minutes."""

    zone: ZoneInfo
    from_ns: int
    to_ns: int
    path: DataPath
    truth: Truth

    def window(self, from_ns: int = 0, to_ns: int = 0, step_ns: int = 0) -> Window:
        """The days, or what is after and before so many nanoseconds of them."""
        end_ns = self.from_ns + to_ns if to_ns else self.to_ns
        return Window.between(self.from_ns + from_ns, end_ns, self.zone, step_ns)

    @property
    def now_ns(self) -> int:
        return self.to_ns + HOUR


@pytest.fixture(scope="module", params=[*PLACES, *STACKS])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("place")
    if request.param in PLACES:
        with StorePath(directory) as path:
            yield lived(path, *PLACES[request.param])
        return
    for stack in real_stack(directory, request.param):
        yield lived(stack, *LATELY)


def lived(path: DataPath, zone: ZoneInfo, first: str, end: str) -> Place:
    """The days from the first until the end, sent."""
    from_ns, to_ns = (
        int(datetime.fromisoformat(day).replace(tzinfo=zone).timestamp()) * SECOND
        for day in (first, end)
    )
    truth = Truth()
    client = Client("s", "delta", truth)
    client.prompt(from_ns + MINUTE)
    for number, time_ns in enumerate(range(from_ns + MINUTE, to_ns, 25 * MINUTE)):
        turn(client, time_ns, number, ("Bash", number % 3 > 0), (OPUS, HAIKU)[number % 2])
        path.send(client.export(time_ns + 10 * SECOND), "grpc")
    path.settle()
    return Place(zone, from_ns, to_ns, path, truth)


@pytest.mark.parametrize("step", STEPS)
def test_any_step(place: Place, step: int) -> None:
    check(place.path, place.window(step_ns=step), "", place.truth, place.now_ns)


@pytest.mark.parametrize("step", [0, DAY])
@pytest.mark.parametrize(
    ("from_ns", "to_ns"),
    [
        (MILLISECOND, 3 * DAY - 2 * HOUR),
        (17 * HOUR + 7 * MINUTE + MILLISECOND, DAY + 23 * HOUR),
        (DAY + 90 * MINUTE, DAY + 150 * MINUTE),
        (DAY + 2 * HOUR, 2 * DAY),
        (DAY - MILLISECOND, DAY + MILLISECOND),
        (25 * MINUTE + MINUTE, 50 * MINUTE + MINUTE),
    ],
)
def test_cut_anywhere(place: Place, from_ns: int, to_ns: int, step: int) -> None:
    window = place.window(from_ns, to_ns, step)
    check(place.path, window, "", place.truth, place.now_ns)


def test_a_local_day_has_its_own_length(place: Place) -> None:
    answer = panels(place.path, place.window(step_ns=DAY), "", place.now_ns)["tokens_by_type"]
    ends = [end for end, _ in answer.series[0][0].points]
    local = [datetime.fromtimestamp(end // SECOND, place.zone) for end in ends]
    assert [(at.hour, at.minute) for at in local] == [(0, 0)] * 3
    assert len({at.date() for at in local}) == 3


@pytest.mark.parametrize("step", STEPS)
def test_bars_sum_to_the_value_and_running_sums_end_at_it(place: Place, step: int) -> None:
    answers = panels(place.path, place.window(7 * MINUTE, step_ns=step), "", place.now_ns)
    for id in {*ADDING} & {*BARS}:
        same(fsum(bars(answers[id])), answers[id].value, "s", id)
    for id in RUNNING:
        ends = [series.points[-1][1] or 0.0 for series, _ in answers[id].series]
        same(fsum(ends), answers[id].value, "usd", id)


def test_adjacent_windows_add_up(place: Place) -> None:
    day = place.from_ns
    cuts = [
        0,
        MILLISECOND,
        25 * MINUTE + MINUTE,
        DAY + HOUR,
        DAY + 2 * HOUR,
        DAY + 150 * MINUTE,
        2 * DAY,
    ]
    edges = [*(day + cut for cut in cuts), place.to_ns]
    asked = [
        panels(place.path, Window.between(*pair, place.zone), "", place.now_ns)
        for pair in pairwise(edges)
    ]
    whole = panels(place.path, place.window(), "", place.now_ns)
    for id in ADDING:
        same(fsum(one[id].value or 0 for one in asked), whole[id].value, "s", id)
        for name, part in whole[id].parts.items():
            if adds_up(whole[id].panel.parts[name]):
                same(fsum(one[id].parts[name] or 0 for one in asked), part, "s", name)


def bars(answer: PanelAnswer) -> list[float]:
    return [number or 0.0 for series, _ in answer.series for _, number in series.points]
