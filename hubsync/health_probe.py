"""`flask health`: asks the HubSync that serves on this machine whether all is well, for containers and scripts.

`hubsync health` runs it without loading the app: a container asks twice a minute.
"""

from __future__ import annotations

import sys

import click

from hubsync.net.json_document import NoDocument, read_document

SECONDS = 5.0


@click.command("health")
@click.option("--port", default=8000, show_default=True, help="Where HubSync listens.")
@click.option("--alive", is_flag=True, help="Ask only whether it serves and reaches its database (/healthz).")
def health(port: int, alive: bool) -> None:
    """Exit with 0 when the HubSync that serves here is ready (/readyz), else with 1, within 5 seconds."""
    try:
        found = read_document(f"http://127.0.0.1:{port}/{'healthz' if alive else 'readyz'}", SECONDS)
    except NoDocument as fault:
        click.echo(f"!!  HubSync does not answer on port {port}: {fault}.", err=True)
        sys.exit(1)
    if found.status != 200:
        click.echo("!!  HubSync is not ready: " + ", ".join(_missing(found.content)), err=True)
        sys.exit(1)
    click.echo("ok  HubSync serves" if alive else "ok  HubSync is ready")


def _missing(content: object) -> list[str]:
    looked_at = content.items() if isinstance(content, dict) else ()
    return [name for name, good in looked_at if good is False] or ["the database"]
