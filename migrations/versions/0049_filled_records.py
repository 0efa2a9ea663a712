"""index of filled records

Revision ID: filled_records
Revises: watch_only

"""
from alembic import op


# revision identifiers, used by Alembic.
revision = "filled_records"
down_revision = "watch_only"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("filled_values", schema=None) as batch_op:
        batch_op.create_index("ix_filled_values_record", ["record_id"])


def downgrade():
    with op.batch_alter_table("filled_values", schema=None) as batch_op:
        batch_op.drop_index("ix_filled_values_record")
