"""A board made for another stack, so that it works on this one: sources, names, labels. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccotel_tui.errors import UsageError
from ccotel_tui.panels.grafana.foreign.counters import counters_query, unknown_counters
from ccotel_tui.panels.grafana.foreign.events import translated_events_query
from ccotel_tui.panels.grafana.variables import LOKI, PROMETHEUS, Json

_OURS: Mapping[str, Json] = {"prometheus": PROMETHEUS, "loki": LOKI}
_NOT_A_SERVER = ("datasource", "grafana", "__expr__")
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass
class Imported:
    """The rewritten board, how many queries changed, and what this stack cannot answer."""

    board: Json
    changed: int = 0
    queries: int = 0
    unanswerable: Counter[str] = field(default_factory=Counter)

    @property
    def file_name(self) -> str:
        """What its file is called, beside the boards of this stack."""
        slug = _SLUG.sub("-", str(self.board["title"]).lower()).strip("-") or "board"
        return f"imported-{slug}.json"


def imported(text: str) -> Imported:
    """Return the board of the file. Raises UsageError where it is no classic dashboard."""
    try:
        read = json.loads(text)
    except ValueError as error:
        raise UsageError(f"This is not JSON: {error}.") from error
    board = read.get("dashboard", read) if isinstance(read, dict) else None
    if not isinstance(board, dict) or not isinstance(board.get("panels"), list):
        raise UsageError(
            "This is no dashboard of Grafana's classic form: export it as JSON with "
            '"panels" (in Grafana 12 and newer: Export, Classic).'
        )
    try:
        return _Import(board).done()
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError(f"This board is not as Grafana writes one: {error}.") from error


class _Import:
    def __init__(self, board: Json) -> None:
        inputs = board.pop("__inputs", [])
        for name in ("__requires", "__elements"):
            board.pop(name, None)
        self._types = {
            f"${{{each['name']}}}": str(each.get("pluginId"))
            for each in inputs
            if each.get("type") == "datasource"
        }
        constants = {
            f"${{{each['name']}}}": str(each.get("value", ""))
            for each in inputs
            if each.get("type") == "constant"
        }
        self._result = Imported(_replaced(board, constants))

    def done(self) -> Imported:
        board = self._result.board
        templating = board.setdefault("templating", {})
        variables = templating.get("list", [])
        for each in variables:
            if each.get("type") == "datasource":
                self._types |= {
                    f"${{{each['name']}}}": str(each.get("query")),
                    f"${each['name']}": str(each.get("query")),
                }
        # Each query names this stack's server: there is nothing left to choose.
        templating["list"] = [
            each
            for each in variables
            if each.get("type") != "datasource" or each.get("query") not in _OURS
        ]
        for each in templating["list"]:
            self._variable(each)
        for each in board.get("annotations", {}).get("list", []):
            self._asking(each, self._sourced(each))
        for panel in _panels(board["panels"]):
            self._panel(panel)
        board["id"] = None
        board.setdefault("title", "Imported")
        if str(board.get("uid") or "ccotel-").startswith("ccotel-"):
            board["uid"] = self._result.file_name.removesuffix(".json")[:40]
        return self._result

    def _variable(self, variable: Json) -> None:
        kind = self._sourced(variable)
        if variable.get("type") != "query" or kind != "prometheus":
            return
        query = variable.get("query")
        if isinstance(query, dict):
            query["query"] = counters_query(str(query.get("query", "")), exact=False)
        else:
            variable["query"] = counters_query(str(query or ""), exact=False)
        if "definition" in variable:
            variable["definition"] = counters_query(str(variable["definition"]), exact=False)

    def _panel(self, panel: Json) -> None:
        kind = self._sourced(panel)
        for target in panel.get("targets", []):
            if target.get("datasource") is None and kind in _OURS:
                target["datasource"] = dict(_OURS[kind])
            self._asking(target, self._sourced(target) if target.get("datasource") else kind)

    def _asking(self, target: Json, kind: str) -> None:
        """Rewrite the query that is for a data source of this type."""
        if kind in _NOT_A_SERVER:
            return
        self._result.queries += 1
        text = target.get("expr")
        if not isinstance(text, str) or kind not in _OURS:
            self._result.unanswerable[f"a data source {kind or 'without a name'}"] += 1
            return
        if kind == "prometheus":
            target["expr"] = counters_query(text, exact=True)
            for name in unknown_counters(text):
                self._result.unanswerable[name] += 1
        else:
            target["expr"] = translated_events_query(text)
        self._result.changed += target["expr"] != text

    def _sourced(self, holder: Json) -> str:
        """Have it ask this stack's server of that type; return the type."""
        source = holder.get("datasource")
        kind = self._kind(source, holder)
        if kind in _OURS and source is not None:
            holder["datasource"] = dict(_OURS[kind])
        return kind

    def _kind(self, source: Any, holder: Json) -> str:
        if isinstance(source, Mapping):
            uid, named = str(source.get("uid", "")), str(source.get("type") or "")
            return self._types.get(uid) or named or _by_name(uid)
        if isinstance(source, str):
            return self._types.get(source) or _by_name(source)
        # Without one it is Grafana's default, which for whoever has both is Prometheus.
        return "prometheus" if "expr" in holder or "targets" in holder else ""


def _by_name(name: str) -> str:
    """The type that an old board's name of a data source tells."""
    lowered = name.lower()
    if lowered.startswith("-- "):
        return "datasource"
    return next((kind for kind in _OURS if kind in lowered), lowered)


def _panels(panels: list[Json]) -> Iterator[Json]:
    """The panels, with those within rows."""
    for panel in panels:
        yield panel
        yield from _panels(panel.get("panels") or [])


def _replaced(value: Any, texts: Mapping[str, str]) -> Any:
    """The JSON value with these texts replaced wherever they stand."""
    if isinstance(value, str):
        for name, text in texts.items():
            value = value.replace(name, text)
        return value
    if isinstance(value, dict):
        return {name: _replaced(each, texts) for name, each in value.items()}
    return [_replaced(each, texts) for each in value] if isinstance(value, list) else value
