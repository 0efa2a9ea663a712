"""in which browser each of the last sign-ins was

Revision ID: sign_in_browsers
Revises: newest_release

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "sign_in_browsers"
down_revision = "newest_release"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(length=200), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_column("browser")
