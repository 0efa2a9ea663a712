"""undone deliveries, and what became of the records that they had made

Revision ID: undoings
Revises: owners

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "undoings"
down_revision = "owners"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "undoings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.String(length=64), server_default="", nullable=False),
        sa.Column("worker_until", sa.DateTime(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_undoings_delivery_id_deliveries", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name="fk_undoings_asked_by_id_people", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_undoings"),
        sa.UniqueConstraint("delivery_id", name="uq_undoings_delivery_id"),
    )
    op.create_table(
        "undone_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("undoing_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=300), server_default="", nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("fate", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=255), server_default="", nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("code", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["undoing_id"], ["undoings.id"], name="fk_undone_parts_undoing_id_undoings", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_undone_parts"),
        sa.UniqueConstraint("undoing_id", "part", "place", name="uq_undone_parts_undoing_id"),
    )


def downgrade():
    op.drop_table("undone_parts")
    op.drop_table("undoings")
