"""HubSpot"s own sentences about an attempt, sealed

Revision ID: hubspots_own_words
Revises: notes_and_second_questions

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "hubspots_own_words"
down_revision = "notes_and_second_questions"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("said_sealed", sa.String(), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("said_sealed")
