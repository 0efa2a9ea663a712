"""watch only: reading in HubSpot without writing, and what each booking would have done

Revision ID: watch_only
Revises: meetings

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "watch_only"
down_revision = "meetings"
branch_labels = None
depends_on = None

ASKED = ("connect_attempts", "parked_connections")


def upgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("watching_since", UtcDateTime(), nullable=True))
    for table in ASKED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("watch_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "watched_deliveries",
        sa.Column("delivery_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("hubspot_account_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("watched_at", UtcDateTime(), nullable=False),
        sa.Column("company", sa.String(length=16), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("company_by", sa.String(length=16), nullable=False),
        sa.Column("company_code", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.String(length=16), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("contact_code", sa.String(length=64), nullable=False),
        sa.Column("associated", sa.Boolean(), nullable=False),
        sa.Column("omitted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_watched_deliveries_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_watched_deliveries_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_watched_deliveries")),
    )
    with op.batch_alter_table("watched_deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_watched_deliveries_day", ["team_id", "hubspot_account_id", "day"], unique=False)
    op.create_table(
        "watched_omissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("property_name", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["watched_deliveries.delivery_id"],
            name=op.f("fk_watched_omissions_delivery_id_watched_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_omissions")),
    )
    with op.batch_alter_table("watched_omissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watched_omissions_delivery_id"), ["delivery_id"], unique=False)
    op.create_table(
        "foreseen_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("hubspot_account_id", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_foreseen_records_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_foreseen_records_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_foreseen_records")),
        sa.UniqueConstraint("team_id", "hubspot_account_id", "mark", name="uq_foreseen_records_mark"),
    )
    with op.batch_alter_table("foreseen_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_foreseen_records_delivery_id"), ["delivery_id"], unique=False)


def downgrade():
    for table in ("foreseen_records", "watched_omissions", "watched_deliveries"):
        op.drop_table(table)
    for table in ASKED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("watch_only")
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("watching_since")
