"""what strangers do is counted in one table, asking for mails and completing booking forms alike

Revision ID: counted_acts
Revises: unwanted_bookings

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "counted_acts"
down_revision = "unwanted_bookings"
branch_labels = None
depends_on = None


# What was counted in the last ten minutes is not taken along: counting begins anew.
def upgrade():
    op.drop_table("mail_asks")
    op.create_table(
        "counted_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counted_as", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_acts")),
    )
    op.create_index("ix_counted_acts_of_one", "counted_acts", ["counted_as", "at"])
    op.create_index("ix_counted_acts_at", "counted_acts", ["at"])


def downgrade():
    op.drop_table("counted_acts")
    op.create_table(
        "mail_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_from", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_asks")),
    )
    op.create_index("ix_mail_asks_asker", "mail_asks", ["asked_from", "asked_at"])
