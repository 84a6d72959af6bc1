"""The commands that take telemetry in and send it on."""

from pathlib import Path

import click

from ccotel_tui import locations
from ccotel_tui.cli.options import DATABASE, listen_options, now


@click.command()
@listen_options
@click.option("--child", is_flag=True, hidden=True)
@DATABASE
def record(otlp_grpc: str, otlp_http: str, child: bool, db: Path | None) -> None:
    """Receive telemetry and keep it, without a screen; port 0 is any free one."""
    from ccotel_tui.record.recorder import run

    run(db or locations.database(), otlp_grpc, otlp_http, click.echo, child)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--endpoint", default="127.0.0.1:14317", show_default=True, metavar="HOST:PORT")
@click.option("--speed", default=0.0, help="1 keeps the pauses, 10 makes them a tenth; 0: none.")
@click.option("--now", "to_now", is_flag=True, help="Move all times, so that the last is now.")
def replay(files: tuple[Path, ...], endpoint: str, speed: float, to_now: bool) -> None:
    """Send OTLP JSON lines to an endpoint by gRPC."""
    from ccotel_tui.record.replay import move, read, send

    lines = [line for file in files for line in read(file)]
    if to_now and lines:
        by_ns = now() - max(line.time_ns for line in lines)
        for line in lines:
            move(line.request, by_ns)
    click.echo(f"{send(lines, endpoint, speed)} requests sent to {endpoint}")
