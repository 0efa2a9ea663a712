"""secret addresses at which people's calendars read their bookings

Revision ID: booking_feeds
Revises: readings_of_busy_calendars

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "booking_feeds"
down_revision = "readings_of_busy_calendars"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "booking_feeds",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("token_hash"),
    )


def downgrade():
    op.drop_table("booking_feeds")
