"""the responsible name and the privacy notice of a team

Revision ID: public_details
Revises: outbox

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "public_details"
down_revision = "outbox"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("responsible_name", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("privacy_notice", sa.String(length=500), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_column("privacy_notice")
        batch_op.drop_column("responsible_name")
