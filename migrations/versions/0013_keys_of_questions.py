"""the source's own key of a question, and the label that it had before

Revision ID: keys_of_questions
Revises: told_by_sources

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "keys_of_questions"
down_revision = "told_by_sources"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_key", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("former_label", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("relabelled_at", UtcDateTime(), nullable=True))


def downgrade():
    with op.batch_alter_table("questions", schema=None) as batch_op:
        for column in ("relabelled_at", "former_label", "source_key"):
            batch_op.drop_column(column)
