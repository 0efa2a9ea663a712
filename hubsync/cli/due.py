"""`flask due`: the work that is due, once."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from hubsync.cli.refusal import require_settings
from hubsync.services import retrying


@click.command("due")
@with_appcontext
def due() -> None:
    """Take up deliveries whose next attempt is due and those a stopped worker left behind."""
    require_settings()
    taken = retrying.take_up_due()
    for delivery_id, state in taken:
        click.echo(f"delivery {delivery_id}: {state}")
    click.echo(f"{len(taken)} deliveries were due.")
