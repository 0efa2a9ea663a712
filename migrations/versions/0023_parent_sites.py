"""sites that may show a team's booking pages inside their own

Revision ID: parent_sites
Revises: booking_feeds

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "parent_sites"
down_revision = "booking_feeds"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_sites", sa.JSON(), server_default="[]", nullable=False))


def downgrade():
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_column("parent_sites")
