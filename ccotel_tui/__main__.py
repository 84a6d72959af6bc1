"""`python -m ccotel_tui`, the same as the command `ccotel-tui`."""

from ccotel_tui.cli import main

main()
