"""`python -m hubspot_sandbox`: the HubSpot stand-in alone, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import click

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.stop_signal import wait_for_stop


@click.command("sandbox")
@click.option("--port", default=9000, show_default=True, help="Where it answers, on loopback.")
@click.option("--smtp-port", default=9025, show_default=True, help="Where its mailbox takes mail, on loopback.")
@click.option("--data", type=click.Path(dir_okay=False, path_type=Path), help="Keep everything in this file.")
@click.option(
    "--redirect-url",
    "redirect_urls",
    multiple=True,
    default=["http://localhost:8000/integrations/hubspot/callback"],
    show_default=True,
    help="A redirect URL of the app that it knows; can be given several times.",
)
def sandbox(port: int, smtp_port: int, data: Path | None, redirect_urls: tuple[str, ...]) -> None:
    """Run the HubSpot sandbox until Ctrl-C."""
    url = f"http://localhost:{port}"
    settings = SandboxSettings.demo(data, list(redirect_urls), public_url=url, smtp_port=smtp_port)
    server = SandboxServer(settings, port=port)
    try:
        server.start()
    except OSError as taken:
        server.stop()
        raise click.ClickException(f"port {port} or {smtp_port} is taken: {taken.strerror or taken}") from taken
    click.echo(f"HubSpot sandbox: {url}   (mail: port {smtp_port})")
    click.echo(f"Client id {settings.client_id}, client secret {settings.client_secret}")
    click.echo("Press Ctrl-C to stop.")
    try:
        wait_for_stop()
    finally:
        server.stop()


if __name__ == "__main__":
    sandbox(prog_name="python -m hubspot_sandbox")
