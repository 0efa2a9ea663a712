"""what each process has called, on the connection

Revision ID: pace_of_each_process
Revises: refused_properties

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "pace_of_each_process"
down_revision = "refused_properties"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pace", sa.Text(), server_default="", nullable=False))
        batch_op.create_index("ix_connections_hubspot_account_id", ["hubspot_account_id"], unique=False)


def downgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_index("ix_connections_hubspot_account_id")
        batch_op.drop_column("pace")
