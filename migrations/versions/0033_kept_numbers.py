"""what all processes count together, and the last rounds of background work

Revision ID: kept_numbers
Revises: sign_ins

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "kept_numbers"
down_revision = "sign_ins"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "kept_numbers",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "label", name=op.f("pk_kept_numbers")),
    )
    op.create_table(
        "background_rounds",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_background_rounds")),
    )


def downgrade():
    op.drop_table("background_rounds")
    op.drop_table("kept_numbers")
