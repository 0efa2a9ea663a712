"""e-mail addresses of bookings as they are read now, so that the log and erasing find them

Revision ID: emails_read_again
Revises: invitation_claims

"""

import re

from alembic import op
import sqlalchemy as sa

# The reader itself, not a copy as it is today: a row has to be found by what is looked for at this moment.
from hubsync.domain.email_address import kept_email
from hubsync.domain.searching import email_as_searched

# revision identifiers, used by Alembic.
revision = "emails_read_again"
down_revision = "invitation_claims"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
# Nearly all rows are these, and are read as they are.
PLAIN = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")

BOOKINGS = sa.table("bookings", sa.column("id", sa.Integer), sa.column("guest_email", sa.String))
DELIVERIES = sa.table("deliveries", sa.column("booking_id", sa.Integer), sa.column("search_email", sa.String))


def upgrade():
    """Bookings of before kept what a source sent: display names, ``mailto:``, full width, line ends."""
    connection, last = op.get_bind(), 0
    while rows := connection.execute(
        sa.select(BOOKINGS).where(BOOKINGS.c.id > last).order_by(BOOKINGS.c.id).limit(AT_ONCE)
    ).all():
        last = rows[-1].id
        for row in rows:
            if row.guest_email and not PLAIN.fullmatch(row.guest_email):
                read = kept_email(row.guest_email)[:320].lower()
                connection.execute(sa.update(BOOKINGS).where(BOOKINGS.c.id == row.id).values(guest_email=read))
                of_booking = sa.update(DELIVERIES).where(DELIVERIES.c.booking_id == row.id)
                connection.execute(of_booking.values(search_email=email_as_searched(read)))


def downgrade():
    """The addresses stay: the reader of before finds them as well."""
