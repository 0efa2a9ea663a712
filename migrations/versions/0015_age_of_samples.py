"""when the sample of an address was kept, so that it goes

Revision ID: age_of_samples
Revises: source_accounts

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "age_of_samples"
down_revision = "source_accounts"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sample_at", UtcDateTime(), nullable=True))


def downgrade():
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.drop_column("sample_at")
