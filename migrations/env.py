"""How Alembic meets the database: over the app's own engine, inside `flask db`."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def migrate() -> None:
    """Run the migrations on one connection, in one transaction where the database can."""
    arguments = dict(current_app.extensions["migrate"].configure_args)

    def keep_no_empty_revision(_context, _revision, directives) -> None:
        if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
            directives[:] = []

    arguments.setdefault("process_revision_directives", keep_no_empty_revision)
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadatas[None], **arguments)
        with context.begin_transaction():
            context.run_migrations()


migrate()
