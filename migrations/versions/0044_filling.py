"""filling of records that exist

Revision ID: filling
Revises: unanswered_attempts

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "filling"
down_revision = "unanswered_attempts"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("mapping_rows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("when_exists", sa.String(length=16), server_default="leave", nullable=False))
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("associates_existing", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_table(
        "filled_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("property_name", sa.String(length=255), nullable=False),
        sa.Column("property_label", sa.String(length=500), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=100), server_default="", nullable=False),
        sa.Column("value_sealed", sa.String(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_filled_values_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filled_values")),
        sa.UniqueConstraint("delivery_id", "section", "property_name", name=op.f("uq_filled_values_delivery_id")),
    )
    op.create_table(
        "existing_associations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=100), server_default="", nullable=False),
        sa.Column("other_company_id", sa.String(length=32), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_existing_associations_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_existing_associations")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_existing_associations_delivery_id")),
    )
    op.create_table(
        "record_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hubspot_account_id", sa.String(length=32), nullable=False),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("claim_owner", sa.String(length=64), nullable=False),
        sa.Column("claim_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_claims")),
        sa.UniqueConstraint(
            "hubspot_account_id", "section", "record_id", name=op.f("uq_record_claims_hubspot_account_id")
        ),
    )


def downgrade():
    op.drop_table("record_claims")
    op.drop_table("existing_associations")
    op.drop_table("filled_values")
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.drop_column("associates_existing")
    with op.batch_alter_table("mapping_rows", schema=None) as batch_op:
        batch_op.drop_column("when_exists")
