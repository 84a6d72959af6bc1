"""How a dashboard's screen is read, and what the readings must hold."""

import pytest

from tests.client.samples import Sample, belong_together, sample

NARROW = """1Ovw 2 3 4 5 6                   1h live
9038 alpha              opus-5-5 for 19s
   $1.03 this session           $54.35/h
   $9.06 today                  $9.06 1h
"""
WIDE = """Overview  Cost  Tools  Performance
this session  today           7d
$1,020.22     $25.12          $25.12
9038 alpha  opus-4-8  for 58m
"""
SUMS = {("9038", "alpha"): (1.0, 2.0), ("71b4", "beta"): (5.0, 9.0)}


@pytest.mark.parametrize(("screen", "dollars"), [(NARROW, 1.03), (WIDE, 1020.22)])
def test_a_screen_is_read_at_both_widths(screen: str, dollars: float) -> None:
    assert sample(screen) == Sample("9038", "alpha", dollars)


def test_a_screen_without_the_label_is_nobodys() -> None:
    assert sample("Nothing has been received yet\n") == Sample()


def test_sessions_with_their_own_sums_pass() -> None:
    beta = [Sample("71b4", "beta", dollars) for dollars in (0.0, 5.0)]
    belong_together([Sample(), Sample("9038", "alpha", 1.5), *beta], SUMS)


@pytest.mark.parametrize(
    "seen",
    [
        [Sample("9038", "alpha", 5.0)],
        [Sample("9038", "beta", 1.5)],
        [Sample("", "", 1.5)],
        [Sample("9038", "alpha", 2.0), Sample("9038", "alpha", 1.5)],
        [Sample("9038", "alpha", 1.5), Sample("9038", "alpha", 0.0)],
    ],
    ids=["another's sum", "another's name", "nobody's sum", "back", "back to nothing"],
)
def test_a_mixture_fails(seen: list[Sample]) -> None:
    with pytest.raises(AssertionError):
        belong_together(seen, SUMS)
