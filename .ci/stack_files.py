"""Asserts that the package that Python imports was installed, and has the stack's files with it."""

from ccotel_tui.local import locations

FILES = (
    "docker-compose.yml",
    "loki.yml",
    "prometheus.yml",
    "otel-collector.yaml",
    "grafana/boards",
)

folder = locations.stack_folder()
assert folder.name == "_stack", f"of a checkout: {folder}"
missing = [name for name in FILES if not (folder / name).exists()]
assert not missing, f"{folder} lacks {missing}"
