"""what calendars do about unwanted bookings

Revision ID: unwanted_bookings
Revises: parent_sites

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "unwanted_bookings"
down_revision = "parent_sites"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "unwanted_booking_rules",
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("hourly_ceiling", sa.Integer(), nullable=True),
        sa.Column("most_per_guest", sa.Integer(), nullable=True),
        sa.Column("typo_hint", sa.Boolean(), nullable=False),
        sa.Column("work_email_only", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("calendar_id"),
    )


def downgrade():
    op.drop_table("unwanted_booking_rules")
