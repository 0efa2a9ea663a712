"""imports of bookings that came before

Revision ID: imports
Revises: companies_without_legal_forms

"""

from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "imports"
down_revision = "companies_without_legal_forms"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "booking_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.Column("likely", sa.JSON(), nullable=False),
        sa.Column("delimiter", sa.String(length=1), nullable=False),
        sa.Column("headings_sealed", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("day_order", sa.String(length=16), nullable=False),
        sa.Column("order_open", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(length=32), nullable=False),
        sa.Column("problem_row", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("worker_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendars.id"],
            name=op.f("fk_booking_imports_calendar_id_calendars"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["people.id"],
            name=op.f("fk_booking_imports_confirmed_by_id_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"],
            ["people.id"],
            name=op.f("fk_booking_imports_started_by_id_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_booking_imports_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_imports")),
    )
    with op.batch_alter_table("booking_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_imports_calendar_id"), ["calendar_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_imports_state"), ["state"], unique=False)
        batch_op.create_index("ix_booking_imports_team", ["team_id", "id"], unique=False)
        batch_op.create_index(
            "uq_booking_imports_open",
            ["team_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "import_blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rows_sealed", sa.String(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["booking_imports.id"],
            name=op.f("fk_import_blocks_import_id_booking_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_blocks")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_import_blocks_import_id")),
    )
    op.create_table(
        "import_pieces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["booking_imports.id"],
            name=op.f("fk_import_pieces_import_id_booking_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_pieces")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_import_pieces_import_id")),
    )
    op.create_table(
        "imported_bookings",
        sa.Column("delivery_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_imported_bookings_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["booking_imports.id"],
            name=op.f("fk_imported_bookings_import_id_booking_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_imported_bookings")),
    )
    with op.batch_alter_table("imported_bookings", schema=None) as batch_op:
        batch_op.create_index("ix_imported_bookings_import", ["import_id", "delivery_id"], unique=False)


def downgrade():
    op.drop_table("imported_bookings")
    op.drop_table("import_pieces")
    op.drop_table("import_blocks")
    op.drop_table("booking_imports")
