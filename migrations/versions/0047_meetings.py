"""meetings on the timeline

Revision ID: meetings
Revises: undoings

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "meetings"
down_revision = "undoings"
branch_labels = None
depends_on = None

def upgrade():
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("meetings_on", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("meeting_title", sa.String(1000), server_default="", nullable=False))
        batch_op.add_column(sa.Column("meeting_body", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("hubspot_account_id", sa.String(32), nullable=False),
        sa.Column("meeting_id", sa.String(32), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=True),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("former_ids", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(64), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_meetings_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_meetings_delivery_id")),
    )
    for name, columns, condition in (
        ("ix_meetings_due", ["due_at"], "due_at IS NOT NULL"),
        ("ix_meetings_of_hubspot", ["hubspot_account_id", "meeting_id"], "meeting_id <> ''"),
    ):
        only = sa.text(condition)
        op.create_index(name, "meetings", columns, sqlite_where=only, postgresql_where=only)


def downgrade():
    op.drop_table("meetings")
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        for name in ("meeting_body", "meeting_title", "meetings_on"):
            batch_op.drop_column(name)
