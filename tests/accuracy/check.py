"""Panels against the truth: dollars to a millionth, counts exactly."""

from collections.abc import Collection
from contextlib import closing
from itertools import accumulate
from math import isclose

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query import measures
from ccotel_tui.query.measures import Measure, Unit
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import Window
from tests.accuracy.paths.paths import DataPath
from tests.accuracy.tally import TALLY
from tests.accuracy.truth.days import END
from tests.accuracy.truth.expected import Expected, expected
from tests.accuracy.truth.truth import ACTIVITY, TOKENS, Truth

TOLERANCE_USD = 1e-6

MIXED = "Sessions without request events count by their counters."
MISSED = (
    "1 event was sent and not received: its number is skipped.",
    "{} events were sent and not received: their numbers are skipped.",
)

_AMOUNTS: dict[Unit, tuple[str, ...]] = {"usd": ("cost",), "tokens": TOKENS}
"""What the truth calls what may come from events and from counters, by its unit."""


def panels(
    path: DataPath, window: Window, session: str, now_ns: int = END
) -> dict[str, PanelAnswer]:
    """All panels' answers about the sessions whose id begins so."""
    with closing(path.backend()) as backend:
        return asked(backend, window, session, now_ns)


def asked(backend: Backend, window: Window, session: str, now_ns: int) -> dict[str, PanelAnswer]:
    answers = answer_panels(PANELS, backend, window, Scope(session), now_ns)
    for answer in answers.values():
        assert answer.state in ("value", "empty"), answer.notes
    return answers


def check(
    path: DataPath, window: Window, session: str, truth: Truth, now_ns: int = END
) -> dict[str, PanelAnswer]:
    """Every panel says the truth of these sessions about this window."""
    answers = panels(path, window, session, now_ns)
    check_answers(answers, window, expected(truth, window, now_ns))
    check_notes(answers, truth.within(window.from_ns, window.to_ns))
    return answers


def check_answers(
    answers: dict[str, PanelAnswer], window: Window, right: dict[str, Expected]
) -> None:
    assert answers.keys() == right.keys()
    for id, answer in answers.items():
        _check(answer, right[id], window)
    TALLY.windows += 1


def same(said: float | None, right: float | None, unit: str, where: object = "") -> None:
    """Equal: dollars to a millionth, counts and what has none exactly, others to nine figures."""
    if said is None or right is None:
        assert said is right, f"{where}: {said} where {right} is right"
    elif unit == "usd":
        deviation = abs(said - right)
        TALLY.deviation_usd = max(TALLY.deviation_usd, deviation)
        assert deviation <= TOLERANCE_USD, f"{where}: {said} where {right} is right"
    elif right == int(right):
        # Seconds are sums of fractions, and quantiles lie between: whole numbers only nearly.
        near = unit in ("s", "ms") and isclose(said, right, rel_tol=1e-12, abs_tol=1e-9)
        assert near or said == right, f"{where}: {said} where {right} is right"
    else:
        assert isclose(said, right, rel_tol=1e-9), f"{where}: {said} where {right} is right"


def _check(answer: PanelAnswer, right: Expected, window: Window) -> None:
    id, unit = answer.panel.id, answer.panel.unit
    assert answer.state == ("value" if right.found else "empty"), id
    assert answer.parts.keys() == right.parts.keys(), id
    for name, part in answer.parts.items():
        same(part, right.parts[name], unit, f"{id} {name}")
    if not right.found:
        assert (answer.value, answer.series, answer.rows) == (None, (), ()), id
        return
    same(answer.value, right.value, unit, id)
    _check_series(answer, right, window)
    assert len(answer.rows) == len(right.rows), id
    for row, told in zip(answer.rows, right.rows, strict=True):
        for column, cell in told.items():
            if isinstance(cell, float):
                same(float(row[column] or 0), cell, unit, f"{id} {column}")
            else:
                assert row[column] == cell, f"{id} {column}"


def _check_series(answer: PanelAnswer, right: Expected, window: Window) -> None:
    id, unit = answer.panel.id, answer.panel.unit
    found = {" ".join(series.labels.values()): (series, total) for series, total in answer.series}
    assert found.keys() == right.totals.keys(), id
    ends = [end for end, _ in found[next(iter(found))][0].points] if found else []
    assert not ends or ends[-1] == window.to_ns, id
    assert ends == sorted(set(ends)), id
    for name, (series, total) in found.items():
        same(total, right.totals[name], unit, f"{id} {name}")
        assert [end for end, _ in series.points] == ends, id
        bars = right.points.get(name, {})
        assert bars.keys() <= set(ends), f"{id} {name}"
        if right.form == "running":
            so_far = accumulate(bars.get(end) or 0.0 for end in ends)
            for (_, point), sum_ in zip(series.points, so_far, strict=True):
                same(point, sum_, unit, f"{id} {name}")
            same(series.points[-1][1], total, unit, f"{id} {name} at its end")
            continue
        for end, point in series.points:
            if end in bars:
                same(point, bars[end], unit, f"{id} {name} {end}")
            else:
                assert point is None or (right.form == "bars" and point == 0), f"{id} {name}"


def check_notes(answers: dict[str, PanelAnswer], asked: Truth) -> None:
    """Which signal each panel's numbers come from, and what else a reader is told."""
    missed = sum(asked.missed[session] for session in asked.active())
    for id, answer in answers.items():
        read = {ask.measure for _, ask in answer.panel.queries() if ask.measure.fallback}
        if not read:
            continue
        found = _counted(asked, read)
        assert answer.signal == ("counters" if found == {True} else "events"), id
        notes = [MIXED] if len(found) == 2 else []
        notes += [MISSED[missed != 1].format(missed)] if missed and id == "total_cost" else []
        assert list(answer.notes) == notes, id


def _counted(asked: Truth, read: Collection[Measure]) -> set[bool]:
    """Whether what a panel reads is counted, of each session or amount."""
    if measures.ACTIVITY in read:
        told = {one.session for one in asked.of(*ACTIVITY)}
        return {session not in told for session in asked.active()}
    what = {name for measure in read for name in _AMOUNTS[measure.unit]}
    return {one.counted for one in asked.of(*what)}
