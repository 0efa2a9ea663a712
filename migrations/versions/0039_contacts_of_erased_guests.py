"""what becomes of the contact at HubSpot of a guest who is erased

Revision ID: erased_contacts
Revises: guest_erasures

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "erased_contacts"
down_revision = "guest_erasures"
branch_labels = None
depends_on = None

TIMES = ("erased_here_at", "asked_hubspot_at", "next_try_at")


def upgrade():
    with op.batch_alter_table("guest_erasures", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("contact_wish", sa.String(length=16), server_default="left_there", nullable=False)
        )
        batch_op.add_column(
            sa.Column("contact_fate", sa.String(length=20), server_default="hubspot_not_asked", nullable=False)
        )
        batch_op.add_column(
            sa.Column("hubspot_account_id", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("registered_ids", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("fault_code", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
        for name in TIMES:
            batch_op.add_column(sa.Column(name, UtcDateTime(), nullable=True))
    op.execute("UPDATE guest_erasures SET erased_here_at = finished_at")


def downgrade():
    with op.batch_alter_table("guest_erasures", schema=None) as batch_op:
        for name in reversed(TIMES):
            batch_op.drop_column(name)
        for name in ("tries", "fault_code", "registered_ids", "hubspot_account_id", "contact_fate", "contact_wish"):
            batch_op.drop_column(name)
