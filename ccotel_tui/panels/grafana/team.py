"""The board of a team: what each user and each project used, and the lines that they changed."""

from collections.abc import Iterator, Mapping

from ccotel_tui.panels.grafana.dear import USAGE_COLUMNS, grouped_tile
from ccotel_tui.panels.grafana.tiles import WIDE
from ccotel_tui.panels.grafana.variables import Json
from ccotel_tui.panels.panel import Number, Panel, Rows, Sum
from ccotel_tui.query.measures import LINES, Condition
from ccotel_tui.query.query import Query

TEAM = "team"
"""The name of the board."""

_GROUPS = {"user_email": ("User", "user"), "project": ("Project", "project")}
"""By label what a row is, and the variable of the boards that its value leads to."""

_USED = (
    "Of requests, as in `ccotel-tui usage --by user` and `--by project`: a user by e-mail, a "
    "project by its attribute."
)
_CHANGED = "The client counts one line more than git per new file."

_LINES: Mapping[str, Number] = {
    "lines": Sum(Query(LINES)),
    "added": Sum(Query(LINES, where=(Condition("type", "added"),))),
    "removed": Sum(Query(LINES, where=(Condition("type", "removed"),))),
}


def team_tiles() -> Iterator[Json]:
    """The tables by user, then those by project; a row leads to all that is its own."""
    for label, (title, variable) in _GROUPS.items():
        url = f"/d/ccotel-home?${{__url_time_range}}&var-{variable}=${{__value.raw:percentencode}}"
        for name, footnote, columns in (
            (f"Cost, Tokens and Sessions by {title}", _USED, USAGE_COLUMNS),
            (f"Lines of Code by {title}", _CHANGED, _LINES),
        ):
            first = next(iter(columns.values()))
            rows = Rows(label, columns)
            panel = Panel(
                id=TEAM,
                title=name,
                section="overview",
                kind="ranked bars",
                unit="usd",
                value=first,
                rows=rows,
                footnote=footnote,
            )
            yield grouped_tile(panel, rows, WIDE, "Its own", {label: url})
