"""busy calendars of people, and the busy times that were read of them

Revision ID: busy_calendars
Revises: free_times

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "busy_calendars"
down_revision = "free_times"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "busy_calendars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("access_sealed", sa.String(), nullable=False),
        sa.Column("when_unreadable", sa.String(length=16), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("etag", sa.String(length=500), nullable=False),
        sa.Column("last_modified", sa.String(length=100), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("next_read_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault_code", sa.String(length=64), nullable=False),
        sa.Column("faulty_since", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("worker_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_busy_calendars_person_id", "busy_calendars", ["person_id"], unique=False)
    op.create_index("ix_busy_calendars_next_read_at", "busy_calendars", ["next_read_at"], unique=False)
    op.create_table(
        "busy_times",
        sa.Column("busy_calendar_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["busy_calendar_id"], ["busy_calendars.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("busy_calendar_id"),
    )


def downgrade():
    op.drop_table("busy_times")
    op.drop_index("ix_busy_calendars_next_read_at", table_name="busy_calendars")
    op.drop_index("ix_busy_calendars_person_id", table_name="busy_calendars")
    op.drop_table("busy_calendars")
