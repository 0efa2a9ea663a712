"""the numbers of addresses that were removed

Revision ID: removed_intake_numbers
Revises: blocked_guests

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "removed_intake_numbers"
down_revision = "blocked_guests"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "removed_intake_numbers",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "source"),
    )


def downgrade():
    op.drop_table("removed_intake_numbers")
