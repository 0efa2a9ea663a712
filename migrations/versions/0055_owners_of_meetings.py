"""whom a meeting on the timeline was sent with

Revision ID: owners_of_meetings
Revises: import_settings

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "owners_of_meetings"
down_revision = "import_settings"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.String(32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("owner_name", sa.String(255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("owner_problem", sa.String(16), nullable=True))


def downgrade():
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_column("owner_problem")
        batch_op.drop_column("owner_name")
        batch_op.drop_column("owner_id")
