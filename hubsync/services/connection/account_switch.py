"""Account switch: another HubSpot account than before is parked until somebody confirms it.

For ten minutes, for the person who authorized it. Then, or when the answer is no, they are revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.activation import AuthorizedAccount, activate, release_former
from hubsync.services.connection.parked_tokens import park, parked_account, parked_tokens_of, unpark
from hubsync.services.connection.revocation import RevocationResult, StoredTokens, revoke_unused
from hubsync.services.teams.members import require
from hubsync.store import changed, db, end_read, write_transaction
from hubsync.store.connections import ParkedConnection, connection_of
from hubsync.store.leases import REVOCATION
from hubsync.store.people import Person
from hubsync.store.teams import Team

GIVE_UP_AFTER = timedelta(hours=1)
REVOKE_SECONDS = 5.0


@dataclass(frozen=True)
class AuthorizationResult:
    """What came of authorizing an account; *asks* says that it is parked until somebody has answered."""

    asks: bool = False


def activate_or_park(team_id: int, person_id: int, authorized: AuthorizedAccount) -> AuthorizationResult:
    """Make *authorized* the team's connection, or park it when the team was connected to another account.

    Raises RoleTooLow when the person may not connect any more: HubSpot was asked since the page looked.
    """
    former = None
    with write_transaction() as session:
        _one_at_a_time(session, team_id)
        require(session, team_id, person_id, Action.CONNECT)
        superseded = unpark(session, team_id)
        connection = connection_of(team_id)
        asks = connection is not None and connection.hubspot_account_id != authorized.account_id
        if asks:
            park(session, team_id, person_id, authorized)
        else:
            former = activate(session, team_id, person_id, authorized)
    _tidy_up(former, superseded, authorized)
    return AuthorizationResult(asks)


def find_parked(team_id: int) -> ParkedConnection | None:
    """The account that waits for an answer of this team, None when there is none."""
    return db.session.scalar(
        select(ParkedConnection).where(ParkedConnection.team_id == team_id, ParkedConnection.expires_at > now()),
        execution_options={"populate_existing": True},
    )


def name_requester(parked: ParkedConnection) -> str:
    """Who authorized the account that waits for an answer."""
    person = db.session.get_one(Person, parked.person_id)
    return person.shown


def use_parked(team_id: int, person_id: int, account_id: str, former_account_id: str) -> AuthorizationResult:
    """The answer is yes: the parked account becomes the team's connection.

    *account_id* and *former_account_id* are the accounts that the question named. Raises Refused when it is no
    longer open, is somebody else's, or when the team was connected to a third account meanwhile, RoleTooLow, and
    SecretUnreadable when no key opens the tokens; nothing has changed then.
    """
    with write_transaction() as session:
        _one_at_a_time(session, team_id)
        require(session, team_id, person_id, Action.CONNECT)
        parked = _open_question(session, team_id, person_id, account_id)
        connection = connection_of(team_id)
        known = (former_account_id, parked.hubspot_account_id)
        if connection is not None and connection.hubspot_account_id not in known:
            raise Refused(_("Meanwhile the team was connected to yet another account. Read again what changes."))
        authorized = parked_account(parked)
        session.delete(parked)
        former = activate(session, team_id, person_id, authorized)
    _tidy_up(former, None, authorized)
    return AuthorizationResult()


def refuse_parked(team_id: int, person_id: int, account_id: str) -> RevocationResult:
    """The answer is no: the parked tokens are revoked and forgotten. Raises Refused as `use_parked` does.

    Returns what HubSpot was told. NOT_TOLD says that `drop_expired` tries again; nobody can use them meanwhile.
    """
    moment = now()
    with write_transaction() as session:
        parked = _open_question(session, team_id, person_id, account_id)
        session.execute(
            update(ParkedConnection)
            .where(ParkedConnection.id == parked.id)
            .values(expires_at=moment, **REVOCATION.taken(moment))
        )
    return _drop(parked.id, moment)[0]


def drop_expired() -> int:
    """Revoke and forget what was parked and not answered in time; return how many that were.

    Any number of workers may do this at once: each parked account is dropped by one of them. When HubSpot cannot
    be told, it is tried again for an hour; nobody can use what is parked meanwhile.
    """
    moment = now()
    over = ParkedConnection.expires_at <= moment
    due = db.session.scalars(select(ParkedConnection.id).where(over, REVOCATION.free(moment))).all()
    end_read()
    dropped = 0
    for parked_id in due:
        with write_transaction() as session:
            leased = REVOCATION.acquire(session, moment, ParkedConnection.id == parked_id, over)
        if leased:
            dropped += _drop(parked_id, moment)[1]
    return dropped


def _one_at_a_time(session: Session, team_id: int) -> None:
    """Let one Connect of a team at a time decide; on SQLite there is one writer anyway."""
    session.scalars(select(Team.id).where(Team.id == team_id).with_for_update()).one_or_none()


def _tidy_up(former: StoredTokens | None, superseded: StoredTokens | None, authorized: AuthorizedAccount) -> None:
    """After the commit: end at HubSpot what is no longer needed."""
    if superseded is not None:
        revoke_unused(superseded.account_id, superseded.refresh_token, Deadline.after(REVOKE_SECONDS))
    if former is not None:
        release_former(former, authorized)


def _drop(parked_id: int, leased_at: datetime) -> tuple[RevocationResult, bool]:
    """Revoke the tokens of a row that is over, then delete it: what became of them, and whether the row is gone.

    The lease taken at *leased_at* tells the row from a later one with its number: SQLite gives out numbers again.
    """
    mine = (ParkedConnection.id == parked_id, REVOCATION.taken_at(leased_at))
    parked = db.session.scalar(
        select(ParkedConnection).where(*mine), execution_options={"populate_existing": True}
    )
    if parked is None:
        return RevocationResult.NOT_TOLD, False
    held, over_since = parked_tokens_of(parked), parked.expires_at
    given = revoke_unused(held.account_id, held.refresh_token, Deadline.after(REVOKE_SECONDS), parked_id)
    if given is RevocationResult.NOT_TOLD and now() < over_since + GIVE_UP_AFTER:
        return given, False
    with write_transaction() as session:
        deleted = changed(session, delete(ParkedConnection).where(*mine))
    return given, deleted == 1


def _open_question(session: Session, team_id: int, person_id: int, account_id: str) -> ParkedConnection:
    parked = session.scalar(
        select(ParkedConnection).where(
            ParkedConnection.team_id == team_id,
            ParkedConnection.hubspot_account_id == account_id,
            ParkedConnection.expires_at > now(),
        )
    )
    if parked is None:
        raise _over()
    if parked.person_id != person_id:
        raise _somebody_elses()
    return parked


def _over() -> Refused:
    return Refused(
        _(
            "This question was answered already, or its ten minutes are over. "
            "Nothing has changed by this press; press Connect again if you want to."
        )
    )


def _somebody_elses() -> Refused:
    return Refused(_("Only the person who authorized the other account can answer this. Nothing has changed."))
