"""for whom a busy calendar was read, and which events could not be

Revision ID: readings_of_busy_calendars
Revises: public_details

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "readings_of_busy_calendars"
down_revision = "public_details"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("busy_calendars", sa.Column("read_for", sa.String(length=16), server_default="", nullable=False))
    op.add_column("busy_times", sa.Column("unread", sa.JSON(), server_default="[]", nullable=False))


def downgrade():
    op.drop_column("busy_times", "unread")
    op.drop_column("busy_calendars", "read_for")
