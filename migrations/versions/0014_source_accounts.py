"""accounts at booking sources, comparisons with their lists, and their silences

Revision ID: source_accounts
Revises: keys_of_questions

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "source_accounts"
down_revision = "keys_of_questions"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "source_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("token_sealed", sa.String(), nullable=False),
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("shown", sa.String(length=255), nullable=False),
        sa.Column("scope", sa.String(length=255), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("connected_by_id", sa.Integer(), nullable=True),
        sa.Column("connected_at", UtcDateTime(), nullable=False),
        sa.Column("intent", sa.String(length=16), nullable=False),
        sa.Column("subscription_id", sa.String(length=255), nullable=False),
        sa.Column("subscription_state", sa.String(length=16), nullable=True),
        sa.Column("former_id", sa.String(length=255), nullable=False),
        sa.Column("renewed_at", UtcDateTime(), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("next_check_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem_code", sa.String(length=64), nullable=False),
        sa.Column("problem_said", sa.String(length=255), nullable=False),
        sa.Column("problem_at", UtcDateTime(), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("worker_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["connected_by_id"], ["people.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["intake_endpoints.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("endpoint_id"),
    )
    op.create_index("ix_source_accounts_next_check_at", "source_accounts", ["next_check_at"], unique=False)
    op.create_table(
        "source_comparisons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("page_at", UtcDateTime(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("found_in_all", sa.Integer(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=True),
        sa.Column("compared_at", UtcDateTime(), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault_code", sa.String(length=64), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("worker_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["endpoint_id"], ["intake_endpoints.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("endpoint_id"),
    )
    op.create_index("ix_source_comparisons_next_at", "source_comparisons", ["next_at"], unique=False)
    op.create_table(
        "source_silences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("noticed_at", UtcDateTime(), nullable=True),
        sa.Column("next_look_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "source"),
    )
    op.create_index("ix_bookings_of_source", "bookings", ["team_id", "source", "created_at"], unique=False)
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("former_token", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint("uq_intake_endpoints_former_token", ["former_token"])


def downgrade():
    with op.batch_alter_table("intake_endpoints", schema=None) as batch_op:
        batch_op.drop_constraint("uq_intake_endpoints_former_token", type_="unique")
        batch_op.drop_column("former_token")
    op.drop_index("ix_bookings_of_source", table_name="bookings")
    for table in ("source_silences", "source_comparisons", "source_accounts"):
        op.drop_table(table)
