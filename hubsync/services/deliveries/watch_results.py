"""Results of watching: what a delivery would have done in HubSpot, written down and counted.

A company or contact that an earlier watched delivery would have created counts as being there by then: ten
bookings of one new company create it once. What HubSync remembers of companies that exist learns nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hubsync.domain.email_address import other_form
from hubsync.domain.filling import FillOutcome, JoinOutcome
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.mapping import Draft, Section
from hubsync.domain.matching import company_keys
from hubsync.domain.outcomes import Expected
from hubsync.domain.remarks import RemarkKind
from hubsync.domain.searching import email_as_searched
from hubsync.services import now
from hubsync.services.deliveries.transitions import AsRead, day_of
from hubsync.services.posting.expected_records import ExistingPreview, ExpectedRecord
from hubsync.services.posting.shared_pace import rows_of_account
from hubsync.store import lock_in_order, run
from hubsync.store.connections import Connection
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.watching import ForeseenRecord, OmittedRow, WatchedDelivery

OMISSIONS = (RemarkKind.LEFT_OUT, RemarkKind.DROPPED)
"""Remarks about a row that would have been left out."""
MEMORY = "memory"
_FORESEE: Mapping[str, Executable] = {
    name: insert(ForeseenRecord.__table__)
    .on_conflict_do_nothing()
    .inline()
    .execution_options(preserve_rowcount=True)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
"""Whether a row was written has to be told on PostgreSQL too."""
_FORGET = delete(WatchedDelivery.__table__).where(WatchedDelivery.__table__.c.delivery_id == bindparam("this"))
_UNFORESEE = delete(ForeseenRecord.__table__).where(ForeseenRecord.__table__.c.delivery_id == bindparam("this"))
_THERE = {Expected.NEW, Expected.DUPLICATE, Expected.BY_THEN}


@dataclass(frozen=True)
class WatchResult:
    """What HubSpot, which was only read, says about the records of *draft* in the account *account_id*.

    *existing* is what would be done to those that it has. *plans_meeting*: one would be made with the contact.
    """

    account_id: str
    draft: Draft
    company: ExpectedRecord
    contact: ExpectedRecord
    existing: ExistingPreview
    plans_meeting: bool


def still_watches(session: Session, read: AsRead, account_id: str) -> bool:
    """Whether the team watches this account only, and does until the caller's transaction ends.

    Whoever goes live waits for that, and so finds what is written down of it. The rows are locked in the order in
    which every attempt locks them: the delivery first.
    """
    lock_in_order(session, LOCKED.where(Delivery.id == read.id))
    rows_of_account(session, account_id)
    query = select(Connection.watching_since).where(
        Connection.team_id == read.team_id, Connection.hubspot_account_id == account_id
    )
    return session.scalar(query) is not None


def keep(session: Session, read: AsRead, result: WatchResult, remarks: Iterable[Mapping[str, Any]]) -> None:
    """Write down what became of a watched delivery, with the *remarks* that it carries; the caller commits."""
    forget(session, read.id)
    run(session, _UNFORESEE, {"this": read.id})  # looked up once more, it is not its own forerunner
    company = _counted(session, read, result, result.company, _marks_of_company(result.draft))
    contact = _counted(session, read, result, result.contact, _marks_of_contact(result.draft))
    filled = sum(_foresee(session, read, result, (mark,)) for mark in sorted(_marks_of_fillings(result)))
    joins = result.existing.join is JoinOutcome.INTENT
    joined = joins and _foresee(session, read, result, (f"association {result.contact.record_id}",))
    omitted = [each for each in remarks if each["kind"] in OMISSIONS]
    session.execute(
        insert(WatchedDelivery).values(
            delivery_id=read.id,
            team_id=read.team_id,
            hubspot_account_id=result.account_id,
            day=day_of(read.created_at),
            watched_at=now(),
            company=company,
            company_id=result.company.record_id,
            company_by=MEMORY if result.company.remembered else result.company.by,
            company_code=result.company.code or result.company.unasked,
            contact=contact,
            contact_id=result.contact.record_id,
            contact_code=result.contact.code,
            associated=(contact == Expected.NEW and company in _THERE) or joined,
            filled=filled,
            meeting=result.plans_meeting and contact in _THERE,
            omitted=len(omitted),
        )
    )
    if omitted:
        rows = [
            {
                "delivery_id": read.id,
                "section": each["section"],
                "property_name": each["property"],
                "code": each["code"],
            }
            for each in omitted
        ]
        session.execute(insert(OmittedRow), rows)


def forget(session: Session, delivery_id: int) -> None:
    """Forget what would have become of a delivery that is posted now; the caller commits."""
    run(session, _FORGET, {"this": delivery_id})


def _counted(
    session: Session, read: AsRead, result: WatchResult, looked: ExpectedRecord, marks: Iterable[str]
) -> Expected:
    """What is counted of a record: one that HubSpot does not have is new once, and there by then ever after."""
    if looked.state != Expected.NEW:
        return looked.state
    return Expected.NEW if _foresee(session, read, result, marks) else Expected.BY_THEN


def _foresee(session: Session, read: AsRead, result: WatchResult, marks: Iterable[str]) -> bool:
    """Note what the delivery would do at HubSpot; whether no watched one before it would have done the same."""
    foresee = _FORESEE[session.get_bind().dialect.name]
    known = False
    for mark in sorted(fingerprint(each) for each in marks):  # in one order, so that no two wait for each other
        row = {
            "team_id": read.team_id,
            "hubspot_account_id": result.account_id,
            "mark": mark,
            "delivery_id": read.id,
        }
        known = run(session, foresee, row).rowcount == 0 or known
    return not known


def _marks_of_company(draft: Draft) -> tuple[str, ...]:
    return tuple(f"company {key}" for key in company_keys(draft.company or {}).texts())


def _marks_of_fillings(result: WatchResult) -> list[str]:
    """What is filled of records that HubSpot has, once each: after that it is not empty any more."""
    ids = {Section.COMPANIES: result.company.record_id, Section.CONTACTS: result.contact.record_id}
    return [
        f"filled {each.section} {ids[each.section]} {each.property_name}"
        for each, outcome in result.existing.fillings
        if outcome is FillOutcome.INTENT
    ]


def _marks_of_contact(draft: Draft) -> tuple[str, ...]:
    email = (draft.contact or {}).get("email", "")
    return tuple(f"contact {email_as_searched(form)}" for form in (email, other_form(email)) if form)
