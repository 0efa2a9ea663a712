"""Unsent mails of a team, as Team Settings > Mails shows them, and sending one of them again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select

from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.bookings.repeated_mails import can_be_repeated, put_repeated
from hubsync.services.outbox.unsent import can_be_hurried, find_unsent, hurry, list_repeated, list_unsent
from hubsync.services.teams.mail_limits import allow_repeated
from hubsync.services.teams.members import require
from hubsync.store import db, retry_on_conflict, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.outbox import OutboxMail

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UnsentMail:
    """A *mail* that has not left, or may not have arrived; *delivery_id* is of the booking that it tells of.

    *is_repeated*: somebody has sent it again. *can_be_sent_again* says whether anybody can.
    """

    mail: OutboxMail
    delivery_id: int | None
    is_repeated: bool
    can_be_sent_again: bool


def list_unsent_mails(team_id: int) -> list[UnsentMail]:
    """Those of the team, of the last days; the newest first."""
    mails = list_unsent(team_id)
    repeated = list_repeated(mails)
    bookings = {each.booking_id for each in mails if each.booking_id is not None}
    found = db.session.execute(select(Delivery.booking_id, Delivery.id).where(Delivery.booking_id.in_(bookings)))
    deliveries = {row.booking_id: row.id for row in found}
    return [
        UnsentMail(
            mail=each,
            delivery_id=deliveries.get(each.booking_id or 0),
            is_repeated=each.id in repeated,
            can_be_sent_again=each.id not in repeated and (can_be_hurried(each) or can_be_repeated(each)),
        )
        for each in mails
    ]


def send_again(team_id: int, mail_id: int, *, by: int) -> None:
    """Try a mail at once that waits for its next try, or put another one in the place of one that was settled.

    Pressed twice, one more mail leaves. Raises NotFound for a mail that is another team's or has left meanwhile,
    Refused for one that is of no use any more, or is not sent by hand, and when there were too many.
    """
    allow_repeated(team_id)
    retry_on_conflict(partial(_send_again, team_id, mail_id, by))


def _send_again(team_id: int, mail_id: int, by: int) -> None:
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        mail = find_unsent(session, team_id, mail_id)
        if can_be_hurried(mail):
            hurry(session, mail)
        elif not can_be_repeated(mail):
            raise Refused(_("This mail is of no use any more, so it is not sent again."))
        elif not put_repeated(session, mail):
            raise Refused(_("This mail was sent again already."))
        log.info("Mail %d (%s) is sent again, as a person wants.", mail.id, mail.kind)
