"""addresses of chats that are told beside the mail, and what is on its way to them

Revision ID: chat_alerts
Revises: erased_contacts

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "chat_alerts"
down_revision = "erased_contacts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "chat_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("shown", sa.String(length=40), nullable=False),
        sa.Column("address_sealed", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("fault", sa.String(length=32), nullable=True),
        sa.Column("faulty_at", UtcDateTime(), nullable=True),
        sa.Column("alarmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_chat_addresses_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_addresses")),
    )
    with op.batch_alter_table("chat_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_addresses_team_id"), ["team_id"], unique=False)
    op.create_table(
        "chat_alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["chat_addresses.id"],
            name=op.f("fk_chat_alerts_address_id_chat_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_chat_alerts_key")),
    )
    with op.batch_alter_table("chat_alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_alerts_address_id"), ["address_id"], unique=False)


def downgrade():
    with op.batch_alter_table("chat_alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chat_alerts_address_id"))
    op.drop_table("chat_alerts")
    with op.batch_alter_table("chat_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chat_addresses_team_id"))
    op.drop_table("chat_addresses")
