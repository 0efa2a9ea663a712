"""query names that the owner of a calendar wants to be kept with its bookings

Revision ID: query_names
Revises: reminders

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "query_names"
down_revision = "reminders"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.add_column(sa.Column("query_names", sa.JSON(), server_default="[]", nullable=False))


def downgrade():
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.drop_column("query_names")
