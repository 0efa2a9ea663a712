"""mails that leave at their time, and how long before an appointment its guest is reminded

Revision ID: reminders
Revises: notices_in_the_outbox

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "reminders"
down_revision = "notices_in_the_outbox"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("not_before", UtcDateTime(), nullable=True))
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminder_minutes", sa.Integer(), server_default="0", nullable=False))


def downgrade():
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.drop_column("reminder_minutes")
    # Whoever does not know when a mail is due would send it at once.
    mails = sa.table("outbox_mails", sa.column("kind", sa.String))
    op.execute(mails.delete().where(mails.c.kind == "guest_reminder"))
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_column("not_before")
