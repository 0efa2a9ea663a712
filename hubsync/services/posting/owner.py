"""Owner of the records that an attempt creates: whom the calendar's rule means, and what became of it.

Only a new company and a new contact get one; what HubSpot has already keeps its own. Nothing here holds a booking
back: who cannot be found, or read, or is refused by HubSpot, is left out, and the delivery says so. What a record
is sent with is written down before (`store/owners.GivenOwner`): an attempt that only finds what an earlier one
created can tell by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import bindparam, delete, insert, select

from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Outcome
from hubsync.domain.owners import (
    OWNER_PROPERTY,
    Owner,
    OwnerChoice,
    OwnerDecision,
    OwnerProblem,
    owner_with_address,
    owner_with_id,
)
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import HubSyncError, PermissionMissing, RecordRefused
from hubsync.hubspot.client import HubSpotClient
from hubsync.services.connection import owners
from hubsync.services.posting.context import Posting, create_repaired
from hubsync.store import db, end_read, retry_on_conflict, run, write_transaction
from hubsync.store.owners import GivenOwner
from hubsync.store.people import Person

READING_SECONDS = 3.0
_GIVEN = GivenOwner.__table__
_KEPT = select(_GIVEN).where(_GIVEN.c.delivery_id == bindparam("delivery_id"))
Create = Callable[[HubSpotClient, dict[str, str]], str]


def decide_meeting(posting: Posting) -> OwnerDecision:
    """Whom the calendar's rule means for the meeting of this booking; nobody without a rule."""
    return _decision(posting) if posting.task.owner.rule else OwnerDecision()


def refused_for_meeting(posting: Posting) -> OwnerDecision:
    """What a meeting is sent with once HubSpot has refused its owner: nobody; the owners are read again."""
    owners.doubt(posting.task.account_id)
    return OwnerDecision(problem=OwnerProblem.REFUSED)


def decide(posting: Posting, section: Section) -> OwnerDecision:
    """Whom the record of *section* that is about to be sent will belong to, written down; once an attempt.

    A contact that was sent by an earlier attempt, and not answered, is sent again as it was.
    """
    if section in posting.owners:
        return posting.owners[section]
    if section is Section.CONTACTS and posting.contact == Outcome.INTENT:
        kept = _kept(posting).get(section)
        if kept is not None:
            posting.owners[section] = kept
            return kept
    decision = _decision(posting)
    decided = {section: decision}
    if section is Section.COMPANIES and posting.task.draft.contact and posting.contact == Outcome.UNTRIED:
        decided[Section.CONTACTS] = decision  # in one transaction
    _write_down(posting, decided)
    return decision


def create_with_owner(posting: Posting, section: Section, properties: dict[str, str], create: Create) -> str:
    """`create_repaired`, with the owner where the calendar has a rule and no row of its mapping writes one.

    An owner that HubSpot refuses is left out like any bad value. So is one with which HubSpot refuses the record
    and names no value at all: how it words this is not documented.
    """
    if not posting.task.owner.rule or OWNER_PROPERTY in properties:
        return create_repaired(posting, section, properties, create)
    decision = decide(posting, section)
    if not decision.owner_id:
        return create_repaired(posting, section, properties, create)

    def create_noting(client: HubSpotClient, sent: dict[str, str]) -> str:
        if OWNER_PROPERTY not in sent:
            _note_refused(posting, section)
        return create(client, sent)

    with_owner = {**properties, OWNER_PROPERTY: decision.owner_id}
    try:
        return create_repaired(posting, section, with_owner, create_noting)
    except HubSyncError as fault:
        if type(fault) is not RecordRefused or posting.owners[section].problem is not None:
            raise
        posting.hear(fault)
        return create_repaired(posting, section, properties, create_noting)
    finally:
        posting.remarks = [each for each in posting.remarks if not _is_dropped_owner(each, section)]


def note_owner(posting: Posting, section: Section, outcome: Outcome) -> None:
    """Say of a record that was created, by this attempt or an earlier one, why it has not the owner it should.

    Said once: where an earlier attempt has noted it, it stands.
    """
    if not posting.task.owner.rule or outcome != Outcome.CREATED or _is_noted(posting, section):
        return
    decision = posting.owners.get(section) or _kept(posting).get(section)
    if decision is not None and decision.problem is not None:
        posting.remarks.append(
            {"kind": RemarkKind.NO_OWNER, "section": section.value, "code": decision.problem.value}
        )


def _is_noted(posting: Posting, section: Section) -> bool:
    about = (RemarkKind.NO_OWNER, section.value)
    return any((each["kind"], each.get("section")) == about for each in posting.remarks)


def _decision(posting: Posting) -> OwnerDecision:
    """Whom the rule means, looked for once an attempt."""
    if posting.owner is None:
        found = _find(posting)
        end_read()
        if isinstance(found, Owner):
            posting.owner = OwnerDecision(found.id, found.shown)
        else:
            posting.owner = OwnerDecision(problem=found)
    return posting.owner


def _find(posting: Posting) -> Owner | OwnerProblem:
    wish, account_id = posting.task.owner, posting.task.account_id
    by_host = wish.rule.choice is OwnerChoice.HOST
    host_email = _host_email(posting) if by_host else ""
    if by_host and not host_email:
        return OwnerProblem.NO_HOST
    if not by_host and not wish.rule.owner_id:
        return OwnerProblem.NOT_CHOSEN
    if not wish.may_read:
        return OwnerProblem.PERMISSION
    reading = owners.reading_of(account_id)
    if not owners.is_fresh(reading):
        met = owners.lately_met(reading) or _read(posting)
        if met:
            return OwnerProblem.PERMISSION if met == PermissionMissing.code else OwnerProblem.UNREAD
    known = owners.find_owners(account_id, wish.rule, host_email)
    return owner_with_address(host_email, known) if by_host else owner_with_id(wish.rule.owner_id, known)


def _read(posting: Posting) -> str:
    """Read the owners as a part of this attempt; the code of what it met, which is no fault of the booking."""
    end_read()
    deadline = posting.task.deadline.within(READING_SECONDS)
    try:
        owners.read_and_keep(posting.task.team_id, posting.task.account_id, posting.ask, deadline)
    except HubSyncError as fault:
        return fault.code
    return ""


def _host_email(posting: Posting) -> str:
    wish = posting.task.owner
    if wish.host_id is not None:
        return db.session.scalar(select(Person.email).where(Person.id == wish.host_id)) or ""
    return wish.host_email if "@" in wish.host_email else ""


def _note_refused(posting: Posting, section: Section) -> None:
    """Write down that the record is sent without its owner now, and have the owners read again."""
    if posting.owners[section].problem is None:
        _write_down(posting, {section: OwnerDecision(problem=OwnerProblem.REFUSED)})
        owners.doubt(posting.task.account_id)


def _write_down(posting: Posting, decided: Mapping[Section, OwnerDecision]) -> None:
    posting.owners.update(decided)
    if posting.task.delivery is not None:
        end_read()
        retry_on_conflict(partial(_store, posting.task.delivery.id, decided))


def _store(delivery_id: int, decided: Mapping[Section, OwnerDecision]) -> None:
    rows = [
        {
            "delivery_id": delivery_id,
            "section": section,
            "owner_id": each.owner_id,
            "owner_name": each.owner_name[:255],
            "problem": each.problem,
        }
        for section, each in decided.items()
    ]
    with write_transaction() as session:
        run(
            session,
            delete(_GIVEN).where(_GIVEN.c.delivery_id == delivery_id, _GIVEN.c.section.in_(list(decided))),
        )
        run(session, insert(_GIVEN), rows)


def _kept(posting: Posting) -> dict[Section, OwnerDecision]:
    """What earlier attempts sent the records with."""
    if posting.task.delivery is None:
        return {}
    kept = given_owners(posting.task.delivery.id)
    end_read()
    return kept


def given_owners(delivery_id: int) -> dict[Section, OwnerDecision]:
    """What the delivery's new records were sent with, by HubSpot's names of that time; HubSpot is not asked."""
    rows = run(db.session(), _KEPT, {"delivery_id": delivery_id}).all()
    return {
        Section(row.section): OwnerDecision(
            row.owner_id, row.owner_name, OwnerProblem(row.problem) if row.problem else None
        )
        for row in rows
    }


def _is_dropped_owner(remark: Mapping[str, object], section: Section) -> bool:
    """Whether the remark is about the owner as if it were a row."""
    about = (remark["kind"], remark.get("section"), remark.get("property"))
    return about == (RemarkKind.DROPPED, section.value, OWNER_PROPERTY)
