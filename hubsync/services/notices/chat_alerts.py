"""Chat alerts of notices: what a notice tells, put beside its mail, and one line when what failed posts again.

They are under the throttle of the mail, because they are put in the unit that puts it. They name no guest.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.chat_alerts import AlertKind
from hubsync.domain.connections import ConnectionState
from hubsync.services import now
from hubsync.services.alerts.addresses import list_addresses
from hubsync.services.alerts.delivery import put_alerts
from hubsync.services.isolation import log_unexpected
from hubsync.services.notices.message import say_to_team
from hubsync.services.notices.open_failures import OpenFailures, read_open_failures
from hubsync.services.people.languages import team_language
from hubsync.store import db, end_read, write_transaction
from hubsync.store.chat_alerts import ChatAddress
from hubsync.store.connections import Connection
from hubsync.store.teams import Team


def put_notice_alerts(session: Session, team: Team, failures: OpenFailures, key: str) -> None:
    """Put what the notice *key* tells for each address of the team, within the unit that puts the notice."""
    rows = list_addresses(team.id)
    if not rows:
        return
    words = say_to_team(team, failures)
    to_do = (f"{each.sentence} {each.address}" for each in words.to_do)
    lines = [words.lead, *(f"- {line}" for line in words.failed), *to_do]
    kind = AlertKind.TROUBLE if failures.any_of_hubspot else AlertKind.NEWS
    put_alerts(session, rows, kind, key, words.subject, "\n".join(lines))


def put_works_again(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Put *works again* for every address that was told of trouble of which nothing is open any more.

    Something must have been posted since. Returns the slugs of the teams.
    """
    alarmed = select(ChatAddress.team_id).where(ChatAddress.alarmed_at.is_not(None)).distinct()
    team_ids = db.session.scalars(alarmed.order_by(ChatAddress.team_id)).all()
    end_read()
    slugs = []
    for team_id in team_ids:
        if stopped():
            break
        with log_unexpected(f"telling team {team_id} that it works again"):
            if _works_again(team_id):
                slugs += [slug] if (slug := _put(team_id)) else []
    return slugs


def _works_again(team_id: int) -> bool:
    works = bool(_list_alarmed(db.session(), team_id)) and not read_open_failures(team_id, now()).any_of_hubspot
    end_read()
    return works


def _list_alarmed(session: Session, team_id: int, *, held: bool = False) -> list[ChatAddress]:
    """The team's addresses that were told of trouble after which something was posted, *held* against others."""
    posted_since = (
        ChatAddress.team_id == team_id,
        Connection.team_id == team_id,
        Connection.state == ConnectionState.CONNECTED,
        Connection.last_posted_at > ChatAddress.alarmed_at,
    )
    query = select(ChatAddress).join(Connection, Connection.team_id == ChatAddress.team_id).where(*posted_since)
    query = query.with_for_update(of=ChatAddress) if held else query
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _put(team_id: int) -> str:
    with write_transaction() as session:
        rows = _list_alarmed(session, team_id, held=True)
        if not rows or read_open_failures(team_id, now()).any_of_hubspot:
            return ""
        team = session.get_one(Team, team_id)
        with force_locale(team_language(team.id)):
            title = _("Bookings reach HubSpot again")
            body = _(
                "Works again: bookings of the team %(team)s are posted, and none needs somebody.",
                team=" ".join(team.name.split()),
            )
        log = f"{settings().base_url}/teams/{team.slug}/deliveries"
        for row in rows:
            since = row.alarmed_at.isoformat() if row.alarmed_at is not None else ""
            put_alerts(session, [row], AlertKind.WORKS_AGAIN, f"again:{since}", title, f"{body} {log}")
            row.alarmed_at = None
        return team.slug
