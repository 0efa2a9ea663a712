"""when whoever is signed in last showed who they are

Revision ID: proved_sign_ins
Revises: kept_numbers

"""
from alembic import op
import sqlalchemy as sa

import hubsync.store.columns


# revision identifiers, used by Alembic.
revision = "proved_sign_ins"
down_revision = "kept_numbers"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("person_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proved_at", hubsync.store.columns.UtcDateTime(), nullable=True))
    op.execute("UPDATE person_sessions SET proved_at = created_at")
    with op.batch_alter_table("person_sessions", schema=None) as batch_op:
        batch_op.alter_column("proved_at", existing_type=hubsync.store.columns.UtcDateTime(), nullable=False)


def downgrade():
    with op.batch_alter_table("person_sessions", schema=None) as batch_op:
        batch_op.drop_column("proved_at")
