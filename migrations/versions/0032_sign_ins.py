"""the last sign-ins of each person

Revision ID: sign_ins
Revises: query_names

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "sign_ins"
down_revision = "query_names"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_person_id"), ["person_id"], unique=False)


def downgrade():
    op.drop_table("sign_ins")
    # Another version does not know what these are called.
    entries = sa.table("audit_entries", sa.column("action", sa.String))
    new = ("person_signed_in", "identity_linked", "identity_unlinked", "deliveries_exported")
    op.execute(entries.delete().where(entries.c.action.in_(new)))
