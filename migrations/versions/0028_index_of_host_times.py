"""index of what free times are counted from

Revision ID: index_of_host_times
Revises: removed_intake_numbers

"""
from alembic import op


# revision identifiers, used by Alembic.
revision = "index_of_host_times"
down_revision = "removed_intake_numbers"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_bookings_of_host", table_name="bookings")
    columns = ["host_id", "ends_at", "starts_at", "cancelled_at", "calendar_id"]
    op.create_index("ix_bookings_of_host", "bookings", columns, unique=False)


def downgrade():
    op.drop_index("ix_bookings_of_host", table_name="bookings")
    op.create_index("ix_bookings_of_host", "bookings", ["host_id", "ends_at"], unique=False)
