"""Expected records: whether HubSpot has a booking's company and contact already, asked without writing anything.

The same for a preview and for a booking that is watched only.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from hubsync.domain.email_address import other_form
from hubsync.domain.filling import FillOutcome, JoinOutcome, judge, judge_companies
from hubsync.domain.mapping import Draft, Filling, Section
from hubsync.domain.matching import CompanyKeys, company_keys
from hubsync.domain.outcomes import Expected
from hubsync.errors import HubSyncError
from hubsync.net.deadline import Deadline
from hubsync.services.posting import company_memory
from hubsync.services.posting.company_claims import posts_contact
from hubsync.services.posting.company_lookup import Ask, read_known, search_company, search_sent_name
from hubsync.services.posting.existing_records import read_existing
from hubsync.store import end_read

_HAS_COMPANY = (Expected.NEW, Expected.DUPLICATE, Expected.BY_THEN)


@dataclass(frozen=True)
class ExpectedRecord:
    """Whether a record would be registered.

    *code* is why that is unknown. *by* is domain, name, merged or email, *matches* how many companies fit;
    *remembered* says that HubSync knows the company by itself, *unasked* what HubSpot could not be asked for.
    """

    state: Expected
    code: str = ""
    record_id: str = ""
    by: str = ""
    matches: int = 0
    remembered: bool = False
    unasked: str = ""


@dataclass(frozen=True)
class ExistingPreview:
    """What would become of the values for records that HubSpot has, None where it could not be asked; and of the
    association of the contact, None where nothing is switched on. *other_company_id* is one that the contact has.
    """

    fillings: tuple[tuple[Filling, FillOutcome | None], ...] = ()
    join: JoinOutcome | None = None
    other_company_id: str = ""


def none_of_company(draft: Draft) -> ExpectedRecord | None:
    """What is to be said of the company without a look: nothing is posted; None where one is."""
    if draft.company is None:
        return ExpectedRecord(Expected.NONE)
    return None if company_keys(draft.company) else ExpectedRecord(Expected.NO_KEY)


def none_of_contact(draft: Draft) -> ExpectedRecord | None:
    """The same of the contact."""
    if draft.contact is None and not draft.lacks_address:
        return ExpectedRecord(Expected.NONE)
    return None if (draft.contact or {}).get("email") else ExpectedRecord(Expected.NO_KEY)


def look_for_company(
    ask: Ask, account_id: str, draft: Draft, deadline: Deadline, before_search: Callable[[], None] = lambda: None
) -> ExpectedRecord:
    """As `posting.company` does it: our memory first, then the same look-up."""
    properties = draft.company or {}
    keys = company_keys(properties)
    trusted = company_memory.trusted_for(posts_contact(draft))
    known = company_memory.recall(account_id, keys, trusted)
    end_read()
    if known is not None:
        return ExpectedRecord(Expected.DUPLICATE, record_id=known, matches=1, remembered=True)
    doubtful = company_memory.recall_doubtful(account_id, keys)
    by_name = company_memory.recall(account_id, CompanyKeys(name=keys.name), trusted) if keys.name else None
    end_read()
    before_search()
    looked = search_company(ask, properties, doubtful.ids, deadline)
    looked = search_sent_name(ask, properties, doubtful.sent_name, looked, deadline)
    if by_name is not None and (looked.match is None or looked.match.by == "name"):
        return ExpectedRecord(Expected.DUPLICATE, record_id=by_name, matches=1, remembered=True)
    if looked.match is None:
        looked = read_known(ask, properties, doubtful.ids, looked, deadline)
    match = looked.match
    if match is None:
        return ExpectedRecord(Expected.NEW, unasked=looked.unasked)
    return ExpectedRecord(Expected.DUPLICATE, record_id=match.company_id, by=match.by, matches=match.matches)


def look_for_contact(ask: Ask, email: str, deadline: Deadline) -> ExpectedRecord:
    """Whether HubSpot has a contact with this address, in either form of an international one."""
    end_read()
    contact = ask(lambda client: client.find_contact(email, deadline))
    if contact is None and (other := other_form(email)):
        contact = ask(lambda client: client.find_contact(other, deadline))
    if contact is None:
        return ExpectedRecord(Expected.NEW)
    return ExpectedRecord(Expected.DUPLICATE, record_id=contact.id, by="email")


def look_at_existing(
    ask: Ask, draft: Draft, company: ExpectedRecord, contact: ExpectedRecord, time: Callable[[], Deadline]
) -> ExistingPreview:
    """What a delivery would do to the records that were found; a call each, none where nothing is mapped so.

    Each call may take the *time* that it is given then.
    """
    told: list[tuple[Filling, FillOutcome | None]] = []
    join, other = None, ""
    for section, look in ((Section.COMPANIES, company), (Section.CONTACTS, contact)):
        wanted = [each for each in draft.fillings if each.section is section]
        joins = section is Section.CONTACTS and draft.associates_existing and company.state in _HAS_COMPANY
        if look.state != Expected.DUPLICATE or not (wanted or joins):
            continue
        record, deadline = None, time()
        end_read()
        with suppress(HubSyncError):
            record = read_existing(ask, section, look.record_id, wanted, deadline, companies=joins)
        if record is None:
            told += [(each, None) for each in wanted]
            continue
        told += [(each, judge(each, record, perhaps_sent=False)) for each in wanted]
        if joins:
            join = judge_companies(record, company.record_id, perhaps_sent=False)
            other = record.companies[0] if join is JoinOutcome.HAS_ANOTHER else ""
    return ExistingPreview(tuple(told), join, other)
