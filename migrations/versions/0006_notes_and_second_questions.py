"""notes of bookings, and questions that share a label

Revision ID: notes_and_second_questions
Revises: browser_of_signin_link

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "notes_and_second_questions"
down_revision = "browser_of_signin_link"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notes", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_label", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("source_number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("renamed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_column("renamed")
        batch_op.drop_column("source_number")
        batch_op.drop_column("source_label")
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_column("notes")
