"""The paths that telemetry takes to a panel."""
