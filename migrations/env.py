"""How Alembic meets the database: over the app's own engine, inside `flask db`."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

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
        driver.execute("PRAGMA foreign_keys=ON")


def migrate() -> None:
    """Run the migrations on one connection, in one transaction where the database can."""
    arguments = dict(current_app.extensions["migrate"].configure_args)

    def keep_no_empty_revision(_context, _revision, directives) -> None:
        if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
            directives[:] = []

    arguments.setdefault("process_revision_directives", keep_no_empty_revision)
    with db.engine.connect() as connection, foreign_keys_off(connection):
        context.configure(connection=connection, target_metadata=db.metadatas[None], **arguments)
        with context.begin_transaction():
            context.run_migrations()


migrate()
