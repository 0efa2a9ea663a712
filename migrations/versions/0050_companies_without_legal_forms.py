"""company names that the log is searched for, without the legal form that Japanese ones begin or end with

Revision ID: companies_without_legal_forms
Revises: filled_records

"""

from alembic import op
import sqlalchemy as sa

# The reader itself, not a copy as it is today: a row has to be found by what is looked for at this moment.
from hubsync.domain.searching import LEGAL_FORMS, company_as_searched

# revision identifiers, used by Alembic.
revision = "companies_without_legal_forms"
down_revision = "filled_records"
branch_labels = None
depends_on = None

AT_ONCE = 1_000

DELIVERIES = sa.table("deliveries", sa.column("id", sa.Integer), sa.column("search_company", sa.String))


def upgrade():
    connection, last = op.get_bind(), 0
    name = DELIVERIES.c.search_company
    with_form = sa.or_(*(name.startswith(form) | name.endswith(form) for form in LEGAL_FORMS))
    while rows := connection.execute(
        sa.select(DELIVERIES).where(DELIVERIES.c.id > last, with_form).order_by(DELIVERIES.c.id).limit(AT_ONCE)
    ).all():
        last = rows[-1].id
        connection.execute(
            sa.update(DELIVERIES)
            .where(DELIVERIES.c.id == sa.bindparam("delivery"))
            .values(search_company=sa.bindparam("company")),
            [{"delivery": row.id, "company": company_as_searched(row.search_company)} for row in rows],
        )


def downgrade():
    """The names stay: as texts to search for they are as good to the HubSync of before, but for the legal form."""
