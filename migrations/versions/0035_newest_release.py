"""the newest release of HubSync, as far as it is known

Revision ID: newest_release
Revises: proved_sign_ins

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "newest_release"
down_revision = "proved_sign_ins"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "newest_release",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.String(length=50), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newest_release")),
    )


def downgrade():
    op.drop_table("newest_release")
