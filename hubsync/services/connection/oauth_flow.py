"""OAuth authorization flow: from the press on Connect to sealed tokens.

Calls to HubSpot run between transactions: what is needed is read before, what came of them is written after.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from hubsync.config import settings
from hubsync.domain.connections import ConnectMethod
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.plans import posts
from hubsync.domain.reasons import Reason
from hubsync.errors import PermissionMissing, Refused
from hubsync.hubspot.app_project import takes_redirect
from hubsync.hubspot.oauth import SCOPES
from hubsync.net.deadline import Deadline
from hubsync.phrases import enumerated
from hubsync.services import now, tools
from hubsync.services.connection.account_switch import AuthorizationResult, activate_or_park
from hubsync.services.connection.activation import AuthorizedAccount
from hubsync.services.connection.clients import client_for, oauth_client
from hubsync.services.connection.revocation import revoke_unused
from hubsync.store import changed, end_read, write_transaction
from hubsync.store.connections import ConnectAttempt
from hubsync.store.teams import Team

ATTEMPT_LIFE = timedelta(minutes=10)
CONNECT_SECONDS = 15.0  # gunicorn gives a silent worker up after 30 s
GIVE_BACK_SECONDS = 5.0


def redirect_uri() -> str:
    """Where HubSpot sends people back to; it has to be in the app's settings exactly like this."""
    return f"{settings().base_url}/integrations/hubspot/callback"


def find_connect_blocker(team: Team) -> str | None:
    """Why Connect cannot be offered: ``plan``, ``settings``, ``base_url``, or None when it can."""
    if not posts(team.plan):
        return Reason.PLAN
    if tools().oauth is None:
        return "settings"
    if not takes_redirect(redirect_uri()):
        return "base_url"
    return None


def begin_attempt(team_id: int, person_id: int, state: str, *, watch_only: bool = False) -> None:
    """Remember who pressed Connect for which team, and how, before the browser leaves for HubSpot."""
    moment = now()
    with write_transaction() as session:
        session.execute(delete(ConnectAttempt).where(ConnectAttempt.created_at < moment - timedelta(days=1)))
        session.add(
            ConnectAttempt(
                state_hash=fingerprint(state),
                team_id=team_id,
                person_id=person_id,
                created_at=moment,
                watch_only=watch_only,
            )
        )


class TakenAttempt(NamedTuple):
    """Whose Connect it was, and whether HubSync is to look first and write nothing."""

    team: Team
    watch_only: bool


def take_attempt(state: str, person_id: int) -> TakenAttempt:
    """Use up the attempt with this state and return it.

    Raises Refused for a state that is unknown, was used, is older than ten minutes, or belongs to another person.
    """
    moment = now()
    with write_transaction() as session:
        open_attempt = update(ConnectAttempt).where(
            ConnectAttempt.state_hash == fingerprint(state),
            ConnectAttempt.person_id == person_id,
            ConnectAttempt.used_at.is_(None),
            ConnectAttempt.created_at > moment - ATTEMPT_LIFE,
        )
        if not changed(session, open_attempt.values(used_at=moment)):
            raise Refused(
                _("This answer from HubSpot belongs to no Connect that is under way. Press Connect again.")
            )
        row = session.execute(
            select(Team, ConnectAttempt.watch_only)
            .join(ConnectAttempt, ConnectAttempt.team_id == Team.id)
            .where(ConnectAttempt.state_hash == fingerprint(state))
        ).one()
        return TakenAttempt(*row)


def connect(
    team_id: int, person_id: int, code: str, code_verifier: str, *, watch_only: bool = False
) -> AuthorizationResult:
    """Turn HubSpot's code into a connection of this team, or park it when it is another account than before.

    Raises PermissionMissing when HubSpot granted less than we need, RoleTooLow when the person may not connect any
    more, and the other errors of `hubsync.errors`; nothing is stored then, a connection from before stays
    as it is, and the tokens are revoked unless a connection here lives by them.
    """
    oauth = oauth_client()
    deadline = Deadline.after(CONNECT_SECONDS)
    end_read()
    asked_at = now()
    tokens = oauth.exchange(code, redirect_uri(), code_verifier, deadline)
    account_id = tokens.hub_id
    try:
        client = client_for(tokens.access_token)
        account = client.read_account(deadline)
        account_id = account.id
        facts = oauth.introspect(tokens.access_token, "access_token", deadline)
        scopes = tokens.scopes or facts.scopes
        if missing := tuple(scope for scope in SCOPES if scope not in scopes):
            message = _("HubSpot did not grant: %(scopes)s.", scopes=enumerated(missing))
            raise PermissionMissing(message, scopes=missing)
        authorized = AuthorizedAccount(
            method=ConnectMethod.OAUTH,
            account_id=account.id,
            account_name=facts.hub_domain or "",
            ui_domain=account.ui_domain or "",
            time_zone=account.time_zone or "",
            scopes=tuple(scopes),
            at=asked_at,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            access_expires_at=asked_at + timedelta(seconds=tokens.expires_in),
            watch_only=watch_only,
        )
        return activate_or_park(team_id, person_id, authorized)
    except Exception:
        revoke_unused(account_id, tokens.refresh_token, Deadline.after(GIVE_BACK_SECONDS))
        raise
