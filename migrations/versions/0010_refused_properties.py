"""properties that HubSpot refuses whatever their value is

Revision ID: refused_properties
Revises: emails_read_again

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "refused_properties"
down_revision = "emails_read_again"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused_properties", sa.JSON(), server_default="[]", nullable=False))


def downgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("refused_properties")
