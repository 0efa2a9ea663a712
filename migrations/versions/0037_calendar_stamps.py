"""stamp of a calendar, another one after each change of its questions or its mapping

Revision ID: calendar_stamps
Revises: sign_in_browsers

"""
import secrets

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "calendar_stamps"
down_revision = "sign_in_browsers"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stamp", sa.String(length=16), server_default="", nullable=False))
    calendars = sa.table("calendars", sa.column("id", sa.Integer), sa.column("stamp", sa.String))
    connection = op.get_bind()
    for calendar_id in connection.execute(sa.select(calendars.c.id)).scalars().all():
        one = sa.update(calendars).where(calendars.c.id == calendar_id)
        connection.execute(one.values(stamp=secrets.token_hex(8)))


def downgrade():
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.drop_column("stamp")
