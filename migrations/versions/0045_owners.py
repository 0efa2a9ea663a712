"""owners of new records

Revision ID: owners
Revises: filling

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "owners"
down_revision = "filling"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "owner_readings",
        sa.Column("hubspot_account_id", sa.String(length=32), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
        sa.Column("trouble", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("hubspot_account_id", name=op.f("pk_owner_readings")),
    )
    op.create_table(
        "known_owners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hubspot_account_id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=320), server_default="", nullable=False),
        sa.Column("address_key", sa.String(length=320), server_default="", nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("person", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_owners")),
        sa.UniqueConstraint("hubspot_account_id", "owner_id", name=op.f("uq_known_owners_hubspot_account_id")),
    )
    op.create_index("ix_known_owners_of_address", "known_owners", ["hubspot_account_id", "address_key"])
    op.create_table(
        "given_owners",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.String(length=32), server_default="", nullable=False),
        sa.Column("owner_name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("problem", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_given_owners_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "section", name=op.f("pk_given_owners")),
    )
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_choice", sa.String(length=16), server_default="unowned", nullable=False))
        batch_op.add_column(sa.Column("owner_id", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("owner_name", sa.String(length=255), server_default="", nullable=False))
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("host_email", sa.String(length=320), server_default="", nullable=False))
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listed_scopes", sa.JSON(), server_default="[]", nullable=False))


def downgrade():
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_column("listed_scopes")
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_column("host_email")
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.drop_column("owner_name")
        batch_op.drop_column("owner_id")
        batch_op.drop_column("owner_choice")
    op.drop_table("given_owners")
    op.drop_index("ix_known_owners_of_address", table_name="known_owners")
    op.drop_table("known_owners")
    op.drop_table("owner_readings")
