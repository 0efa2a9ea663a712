"""guests whose bookings a team's pages do not take

Revision ID: blocked_guests
Revises: counted_acts

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "blocked_guests"
down_revision = "counted_acts"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("blocked_guests", sa.JSON(), server_default="[]", nullable=False))


def downgrade():
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_column("blocked_guests")
