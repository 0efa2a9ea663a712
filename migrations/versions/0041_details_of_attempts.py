"""what exactly happened in an attempt, as a code with values, to be worded for whoever reads it

Revision ID: details_of_attempts
Revises: chat_alerts

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "details_of_attempts"
down_revision = "chat_alerts"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("detail", sa.JSON(), server_default="{}", nullable=False))


def downgrade():
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("detail")
