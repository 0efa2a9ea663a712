"""`flask move-to-postgresql`: everything from the SQLite file into an empty PostgreSQL database."""

from __future__ import annotations

import click
from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import Config

from hubsync.cli.refusal import require_settings
from hubsync.config.formats import read_database
from hubsync.errors import Refused
from hubsync.services.operations.moving import move_to_postgresql


@click.command("move-to-postgresql")
@click.argument("uri", required=False)
@with_appcontext
def move(uri: str | None) -> None:
    """Copy everything from the SQLite database into the empty PostgreSQL database at URI. Stop HubSync first.

    URI is such as postgresql://hubsync@db.example/hubsync. Without it it is asked for, or read from the
    standard input, so that a password in it stands in no list of processes. The SQLite database stays as it is.
    """
    require_settings()
    given = uri or click.prompt("Address of the PostgreSQL database", hide_input=True)
    config: Config = current_app.extensions["migrate"].migrate.get_config()

    def migrate(target: object) -> None:
        config.attributes["connection"] = target
        command.upgrade(config, "head")

    try:
        revision = ScriptDirectory.from_config(config).get_current_head()
        moved = move_to_postgresql(read_database(given), revision, migrate)
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    for table, number in moved.counts.items():
        click.echo(f"{table}: {number}")
    click.echo(f"Rows moved and counted again: {sum(moved.counts.values())}.")
    click.echo(f"Sealed values that the present keys open there: {moved.opened} of {moved.sealed}.")
    click.echo("Set HUBSYNC_SQLALCHEMY_DATABASE_URI to this address, run `flask check`, and start HubSync.")
    click.echo("Then put the SQLite file away: HubSync must not serve from both.")
