"""erasures of guests, and what stays of them as a receipt

Revision ID: guest_erasures
Revises: calendar_stamps

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "guest_erasures"
down_revision = "calendar_stamps"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "guest_erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("email_sealed", sa.String(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_guest_erasures_team_id_teams"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["people.id"],
            name=op.f("fk_guest_erasures_asked_by_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_erasures")),
    )
    with op.batch_alter_table("guest_erasures", schema=None) as batch_op:
        batch_op.create_index("ix_guest_erasures_team", ["team_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guest_erasures_finished_at"), ["finished_at"], unique=False)


def downgrade():
    op.drop_table("guest_erasures")
