"""the name in a create whose answer may be lost, as it was typed

Revision ID: names_of_creates
Revises: watched_further_steps

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "names_of_creates"
down_revision = "watched_further_steps"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("known_companies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_name", sa.Text(), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("known_companies", schema=None) as batch_op:
        batch_op.drop_column("sent_name")
