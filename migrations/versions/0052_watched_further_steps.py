"""what further steps would have done for a booking that was watched only

Revision ID: watched_further_steps
Revises: imports

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "watched_further_steps"
down_revision = "imports"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("watched_deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filled", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("meeting", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    with op.batch_alter_table("watched_deliveries", schema=None) as batch_op:
        batch_op.drop_column("meeting")
        batch_op.drop_column("filled")
