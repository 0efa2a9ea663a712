"""`flask due`: the work that is due, once."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from hubsync.cli.refusal import require_settings
from hubsync.services.operations.background_jobs import do_due_work


@click.command("due")
@with_appcontext
def due() -> None:
    """Do what is due: deliveries to try again, the daily check of access, warnings before it expires."""
    require_settings()
    done = 0
    for line in do_due_work():
        click.echo(line)
        done += 1
    if not done:
        click.echo("Nothing was due.")
