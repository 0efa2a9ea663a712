"""what sources tell of a booking, what came to their addresses, and several addresses of one source

Revision ID: told_by_sources
Revises: pace_of_each_process

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "told_by_sources"
down_revision = "pace_of_each_process"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.alter_column("starts_at", existing_type=UtcDateTime(), nullable=True)
        batch_op.alter_column("ends_at", existing_type=UtcDateTime(), nullable=True)
        batch_op.add_column(sa.Column("location", sa.String(length=1000), server_default="", nullable=False))
        batch_op.add_column(sa.Column("locale", sa.String(length=35), server_default="", nullable=False))
        batch_op.add_column(sa.Column("cancelled_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("no_show_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("state_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("by_comparison", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "booking_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "source", "external_id"),
    )
    op.create_index("ix_booking_names_booking_id", "booking_names", ["booking_id"], unique=False)
    op.create_table(
        "booking_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("started_before", UtcDateTime(), nullable=True),
        sa.Column("starts_after", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("differing", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_booking_history_booking_id", "booking_history", ["booking_id"], unique=False)
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.drop_constraint("uq_intake_endpoints_team_id", type_="unique")
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("name", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("former_sealed", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("former_until", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("options", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("sample_sealed", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("disabled_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.create_unique_constraint("uq_intake_endpoints_team_id", ["team_id", "source", "number"])
    op.create_table(
        "received_webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["intake_endpoints.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_received_webhooks_recent", "received_webhooks", ["endpoint_id", "id"], unique=False)
    op.create_index("ix_received_webhooks_received_at", "received_webhooks", ["received_at"], unique=False)
    op.create_index("ix_received_webhooks_delivery_id", "received_webhooks", ["delivery_id"], unique=False)


def downgrade():
    op.drop_table("received_webhooks")
    # Of several addresses of one source the first stays; there was room for one.
    op.execute("DELETE FROM intake_endpoints WHERE number > 1")
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.drop_constraint("uq_intake_endpoints_team_id", type_="unique")
        for column in (
            "disabled_at",
            "sample_sealed",
            "options",
            "former_until",
            "former_sealed",
            "name",
            "number",
        ):
            batch_op.drop_column(column)
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.create_unique_constraint("uq_intake_endpoints_team_id", ["team_id", "source"])
    op.drop_table("booking_history")
    op.drop_table("booking_names")
    # A booking without a time gets that at which it came, so that its row can stay.
    op.execute("UPDATE bookings SET starts_at = created_at WHERE starts_at IS NULL")
    op.execute("UPDATE bookings SET ends_at = starts_at WHERE ends_at IS NULL")
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        for column in ("by_comparison", "state_at", "no_show_at", "cancelled_at", "locale", "location"):
            batch_op.drop_column(column)
        batch_op.alter_column("ends_at", existing_type=UtcDateTime(), nullable=False)
        batch_op.alter_column("starts_at", existing_type=UtcDateTime(), nullable=False)
