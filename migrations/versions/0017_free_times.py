"""free times of booking pages, their hosts, and whose time an appointment takes

Revision ID: free_times
Revises: watched_sources

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "free_times"
down_revision = "watched_sources"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "free_times",
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("weekly", sa.JSON(), nullable=False),
        sa.Column("other_days", sa.JSON(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("days_ahead", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("most_a_day", sa.Integer(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("calendar_id"),
    )
    op.create_table(
        "calendar_hosts",
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("calendar_id", "person_id"),
    )
    op.create_index("ix_calendar_hosts_person_id", "calendar_hosts", ["person_id"], unique=False)
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("host_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_bookings_host_id_people", "people", ["host_id"], ["id"], ondelete="SET NULL")
        batch_op.create_index("ix_bookings_of_host", ["host_id", "ends_at"], unique=False)
    # Whoever booked on a page before has an appointment with the calendar's owner, and takes that time.
    op.execute(
        "UPDATE bookings SET host_id = "
        "(SELECT calendars.owner_id FROM calendars WHERE calendars.id = bookings.calendar_id) "
        "WHERE bookings.source = 'page' AND bookings.starts_at IS NOT NULL"
    )


def downgrade():
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_index("ix_bookings_of_host")
        batch_op.drop_constraint("fk_bookings_host_id_people", type_="foreignkey")
        batch_op.drop_column("host_id")
    op.drop_index("ix_calendar_hosts_person_id", table_name="calendar_hosts")
    op.drop_table("calendar_hosts")
    op.drop_table("free_times")
