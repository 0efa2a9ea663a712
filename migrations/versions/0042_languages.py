"""languages of calendars and teams, and the one in which a person read last

Revision ID: languages
Revises: details_of_attempts

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "languages"
down_revision = "details_of_attempts"
branch_labels = None
depends_on = None

COLUMNS = (("people", "browser_language"), ("calendars", "language"), ("teams", "language"))


def upgrade():
    for table, column in COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.String(length=16), server_default="", nullable=False))


def downgrade():
    for table, column in COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
