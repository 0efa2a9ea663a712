"""How Alembic meets the database: over the app's own engine, inside `flask db`."""

from contextlib import contextmanager, nullcontext

import click
from alembic import context
from alembic.util import CommandError
from flask import current_app

from hubsync.errors import Refused
from hubsync.services.operations.backups import back_up_before_migrating

db = current_app.extensions["migrate"].db


@contextmanager
def foreign_keys_off(connection):
    """Switch SQLite's foreign keys off: dropping a table that was copied would delete what refers to its rows.

    Batch mode copies and drops (https://alembic.sqlalchemy.org/en/latest/batch.html). The pragma has no effect
    inside a transaction, so it is set on the driver's own connection before one begins.
    """
    driver = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows refer to rows that are not there: {broken[:5]}")
    finally:
        connection.rollback()  # of what was only read: what was changed is committed, migration by migration
        driver.execute("PRAGMA foreign_keys=ON")


def back_up_first() -> None:
    """Keep what is there before a migration changes it; what is up to date, empty or another's needs no backup."""
    try:
        wanted = context.get_revision_argument()
    except KeyError:  # a command that changes no table
        return
    except CommandError:  # such as "-1"
        wanted = None
    present = context.get_context().get_current_heads()
    if not present or wanted in (present, present[0]):
        return
    try:
        made = back_up_before_migrating(context.script.get_current_head())
    except Refused as refused:
        raise CommandError(
            f"No backup could be made before migrating, so nothing was done. {refused.message}"
        ) from refused
    if made is not None:
        click.echo(f"Backup before migrating: {made}")


def migrate() -> None:
    """Run the migrations on one connection, in one transaction where the database can."""
    arguments = dict(current_app.extensions["migrate"].configure_args)

    def keep_no_empty_revision(_context, _revision, directives) -> None:
        if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
            directives[:] = []

    arguments.setdefault("process_revision_directives", keep_no_empty_revision)
    other = context.config.attributes.get("connection")  # to another database than the one in use
    with nullcontext(other) if other else db.engine.connect() as connection, foreign_keys_off(connection):
        context.configure(connection=connection, target_metadata=db.metadatas[None], **arguments)
        if other is None:
            back_up_first()
        with context.begin_transaction():
            context.run_migrations()


migrate()
