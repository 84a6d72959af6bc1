"""One body of tests over every path that telemetry takes to a panel."""
