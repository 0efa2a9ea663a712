"""`flask due`: the work that is due, once."""

from __future__ import annotations

from time import monotonic

import click
from flask.cli import with_appcontext

from hubsync.cli.refusal import require_settings
from hubsync.services.operations.background_jobs import ROUNDS, do_due_work
from hubsync.services.operations.kept_numbers import keep_round


@click.command("due")
@with_appcontext
def due() -> None:
    """Do what is due: deliveries to try again, the daily check of access, warnings before it expires."""
    require_settings()
    done, began = 0, monotonic()
    for line in do_due_work():
        click.echo(line)
        done += 1
    for name in ROUNDS:
        keep_round(name, monotonic() - began)
    if not done:
        click.echo("Nothing was due.")
