"""since when booking sources have been watched for silence

Revision ID: watched_sources
Revises: age_of_samples

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "watched_sources"
down_revision = "age_of_samples"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("source_silences", schema=None) as batch_op:
        batch_op.add_column(sa.Column("watched_since", UtcDateTime(), nullable=True))


def downgrade():
    with op.batch_alter_table("source_silences", schema=None) as batch_op:
        batch_op.drop_column("watched_since")
