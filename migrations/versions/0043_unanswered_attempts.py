"""attempts in a row that HubSpot did not answer

Revision ID: unanswered_attempts
Revises: languages

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "unanswered_attempts"
down_revision = "languages"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unanswered", sa.Integer(), server_default="0", nullable=False))


def downgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("unanswered")
