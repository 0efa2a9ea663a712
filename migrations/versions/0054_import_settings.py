"""by which settings of its calendar the rows of an import were checked

Revision ID: import_settings
Revises: names_of_creates

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "import_settings"
down_revision = "names_of_creates"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("booking_imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_by", sa.JSON(), server_default="{}", nullable=False))


def downgrade():
    with op.batch_alter_table("booking_imports", schema=None) as batch_op:
        batch_op.drop_column("read_by")
