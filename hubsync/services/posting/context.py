"""Context of one attempt: how far it got, and how it asks HubSpot and writes records there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hubsync.domain.email_address import other_form
from hubsync.domain.mapping import Section
from hubsync.domain.matching import company_keys
from hubsync.domain.outcomes import Outcome
from hubsync.domain.owners import OwnerDecision
from hubsync.domain.pacing import CallCount
from hubsync.domain.remarks import FurtherStep, RemarkKind
from hubsync.errors import (
    HubSpotError,
    HubSyncError,
    NoReservation,
    RequiredPropertyMissing,
    Scope,
    ValuesRefused,
)
from hubsync.hubspot.client import HubSpotClient
from hubsync.services.connection.api_access import CachedAccess, with_access
from hubsync.services.connection.refused_properties import Key
from hubsync.services.posting.company_registry import Claim
from hubsync.services.posting.meeting_work import MeetingWork
from hubsync.services.posting.shared_pace import announce_if_shared
from hubsync.services.posting.task import Task
from hubsync.store import run
from hubsync.store.deliveries import Delivery

REPAIRS = 2
CALLS_SECONDS = 2.0
"""What is left of an attempt's time for its calls when their turn comes."""
ABOUT_THE_RECORD = (Scope.RECORD, Scope.PERMISSION)
"""The scopes of refusals that are answers: HubSpot is there, honours the access, and refuses what was sent."""
Result = TypeVar("Result")
_TABLE = Delivery.__table__
_OF_WORKER = update(_TABLE).where(
    _TABLE.c.id == bindparam("delivery_id"), _TABLE.c.lease_owner == bindparam("worker")
)

_SEE_WORKER = select(_TABLE.c.lease_owner).where(_TABLE.c.id == bindparam("delivery_id"))


@dataclass
class Posting:
    """How far one attempt got with its *task*.

    *company*, *contact* and *association* say what became of each; *answered* says that HubSpot answered at least
    once, *recalled* that the company's id comes from our memory or from an earlier attempt, so that HubSpot may
    no longer have it; *refused_companies* are those of which it said so. *stored_remarks* are those in the
    delivery's row when the attempt began; of them only what is still true is among the *remarks*. *said* are
    HubSpot's own sentences about what it refused, *newly_refused* the properties that this attempt found to be
    refused whatever the value is.
    *claim* is what was got of the company when the delivery was taken, *meeting* what was got of the meeting.
    *owner* is whom the calendar's rule means, once that was looked for, and *owners* what each record is sent with
    (`services/posting/owner`).
    """

    task: Task
    company: Outcome = Outcome.UNTRIED
    company_id: str = ""
    company_matches: int = 0
    contact: Outcome = Outcome.UNTRIED
    contact_id: str = ""
    association: Outcome = Outcome.UNTRIED
    remarks: list[dict[str, Any]] = field(default_factory=list)
    stored_remarks: list[dict[str, Any]] = field(default_factory=list)
    step: str = "company"
    answered: bool = False
    recalled: bool = False
    found_by_name: bool = False
    refused_companies: list[str] = field(default_factory=list)
    claim: Claim | None = None
    meeting: MeetingWork | None = None
    held: CachedAccess = field(default_factory=CachedAccess, repr=False)
    said: dict[str, None] = field(default_factory=dict, repr=False)
    newly_refused: dict[Key, str] = field(default_factory=dict)
    owner: OwnerDecision | None = None
    owners: dict[Section, OwnerDecision] = field(default_factory=dict)
    _has_noted: bool = field(default=False, init=False, repr=False)

    def ask(self, call: Callable[[HubSpotClient], Result]) -> Result:
        """Call HubSpot with live access; what HubSpot says ABOUT_THE_RECORD counts as an answer.

        Raises NotConnected when the team is connected to another account than this attempt began in.
        """
        try:
            result = with_access(
                self.task.team_id, self.task.deadline, self._counted(call), self.task.account_id, self.held
            )
        except HubSpotError as fault:
            self.answered = self.answered or fault.scope in ABOUT_THE_RECORD
            raise
        self.answered = True
        return result

    def reserve(self, need: CallCount) -> None:
        """Wait until HubSpot's limits have room for *need* calls, those included that there is room for.

        Raises NoReservation when that is not within the attempt's time.
        """
        if self.task.reservation.suffices(need):
            return
        if not self.task.reservation.widen(need, max(0.0, self.task.deadline.left() - CALLS_SECONDS)):
            raise NoReservation("HubSpot's limits left no room for a call within the time of the attempt")
        announce_if_shared(self.task.reservation)

    def widen_at_once(self, need: CallCount) -> None:
        """Swap the room that is left for room for *need*, in the transaction that announces it; wait for nothing.

        If there is none, nothing is left, and `reserve` waits for it later: whoever waits for a search holds
        nobody up.
        """
        if not self.task.reservation.suffices(need):
            self.task.reservation.widen(need, 0.0)

    def _counted(self, call: Callable[[HubSpotClient], Result]) -> Callable[[HubSpotClient], Result]:
        def counted(client: HubSpotClient) -> Result:
            client.counting = self.task.reservation
            return call(client)

        return counted

    def hear(self, fault: HubSyncError | None) -> None:
        """Keep what HubSpot itself said of a refusal, each sentence once."""
        if isinstance(fault, HubSpotError):
            self.said.update(dict.fromkeys(fault.said.text.splitlines()))

    def note_dropped(self, section: Section, codes: Mapping[str, str]) -> None:
        """Keep which rows of *section* HubSpot did not take, with its codes; each once, however often sent."""
        remarks = (
            {"kind": RemarkKind.DROPPED, "section": section.value, "property": name, "code": codes[name]}
            for name in codes
        )
        self.remarks += [each for each in remarks if each not in self.remarks]

    def note_refusal(self, section: str, fault: HubSyncError) -> None:
        """Keep why *section* was refused, with the properties HubSpot named; later attempts do not repeat it."""
        self.hear(fault)
        named: tuple[str, ...] = ()
        if isinstance(fault, ValuesRefused):
            named = tuple(fault.refused)
        elif isinstance(fault, RequiredPropertyMissing):
            named = fault.required
        self.remarks.append(
            {"kind": RemarkKind.REFUSED, "section": section, "code": fault.code, "properties": list(named)}
        )

    def begin_further(self, step: FurtherStep, section: str = "") -> None:
        """Begin a further step; what an earlier attempt noted of it is to be found out anew."""
        self.step = step
        which = (RemarkKind.NOT_DONE, step, section)
        self.remarks = [
            each for each in self.remarks if (each["kind"], each.get("step"), each.get("section")) != which
        ]

    def note_not_done(self, step: FurtherStep, section: str, fault: HubSyncError) -> None:
        """Keep why a further step came to nothing, which changes nothing of what stands at HubSpot."""
        self.begin_further(step, section)
        self.hear(fault)
        self.remarks.append(
            {"kind": RemarkKind.NOT_DONE, "step": step.value, "section": section, "code": fault.code}
        )

    def write_down(self, session: Session, **foreseen: Outcome) -> bool:
        """Store how far the steps are, what is *foreseen* of one, and what is noted by now; the caller commits.

        What is written down as done is not done again: its remarks have to stand beside it, and no refusal that is
        over. Returns whether the delivery is still this worker's.
        """
        taken = self.task.delivery
        if taken is None:
            return True
        which = {"delivery_id": taken.id, "worker": taken.worker}
        noted = {"remarks": self.remarks} if self.has_noted else {}
        return run(session, _OF_WORKER, {**which, **self.reached(), **foreseen, **noted}).rowcount == 1

    @property
    def has_noted(self) -> bool:
        """Whether this attempt has remarks other than those in the row when it began, or had some since."""
        self._has_noted = self._has_noted or self.remarks != self.stored_remarks
        return self._has_noted

    def is_taken(self, session: Session) -> bool:
        """Whether the delivery is still this worker's."""
        taken = self.task.delivery
        return taken is None or run(session, _SEE_WORKER, {"delivery_id": taken.id}).scalar() == taken.worker

    def reached(self) -> dict[str, Any]:
        """How far the steps are, as columns of the delivery."""
        return {
            "hubspot_account_id": self.task.account_id,
            "company": self.company,
            "company_id": self.company_id,
            "company_matches": self.company_matches,
            "contact": self.contact,
            "contact_id": self.contact_id,
            "association": self.association,
        }


def create_repaired(
    posting: Posting,
    section: Section,
    properties: dict[str, str],
    create: Callable[[HubSpotClient, dict[str, str]], str],
) -> str:
    """Create the record; a value that HubSpot names as bad is dropped and the rest is posted.

    One bad value makes HubSpot refuse the whole record.
    https://developers.hubspot.com/docs/api-reference/error-handling
    An international address that HubSpot calls invalid is sent once more in its other form, as which of the two
    HubSpot takes is not documented.
    What HubSpot is known to refuse whatever its value is, is not sent at all.
    Raises ValuesRefused when what makes the record (e-mail; name and domain) is among the bad values.
    """

    def stands(left: Mapping[str, str]) -> bool:
        return _stands(section, left)

    def drop(codes: dict[str, str]) -> None:
        posting.note_dropped(section, codes)

    properties = without_refused(posting, section, properties)
    return send_repaired(posting, section, properties, create, stands=stands, drop=drop)


def send_repaired(
    posting: Posting,
    section: Section,
    properties: dict[str, str],
    send: Callable[[HubSpotClient, dict[str, str]], Result],
    *,
    stands: Callable[[Mapping[str, str]], bool],
    drop: Callable[[dict[str, str]], None],
) -> Result:
    """Send *properties*, again without those that HubSpot names as bad, of which *drop* is told with its codes.

    Raises ValuesRefused when what is left no longer *stands*.
    """
    repairs = 0
    other = other_form(properties.get("email", "")) if section is Section.CONTACTS else ""
    while True:
        try:
            return posting.ask(_filled(send, properties))
        except ValuesRefused as refused:
            named = [name for name in refused.refused if name in properties]
            properties = {name: value for name, value in properties.items() if name not in named}
            if other and "email" in named and "INVALID" in refused.refused["email"]:
                properties["email"], other = other, ""
            gone = {name: refused.refused[name] for name in named if name not in properties}
            posting.newly_refused |= {
                (section.value, name): gone[name] for name in gone if name in refused.for_good
            }
            if not named or not stands(properties) or repairs == REPAIRS:
                raise
            repairs += 1
            if gone:  # nothing is to be told of a form that the other one stood in for
                posting.hear(refused)
                drop(gone)


def without_refused(posting: Posting, section: Section, properties: dict[str, str]) -> dict[str, str]:
    """*properties* without those that are known to be refused, if what makes the record is among the rest.

    Which are left out is noted.
    """
    keys = {name: (section.value, name) for name in properties}
    known = {name: posting.task.refused[key] for name, key in keys.items() if key in posting.task.refused}
    left = {name: value for name, value in properties.items() if name not in known}
    if not known or not _stands(section, left):
        return properties
    posting.note_dropped(section, known)
    return left


def _stands(section: Section, properties: Mapping[str, str]) -> bool:
    """Whether *properties* hold what makes a record of the section."""
    return bool(properties.get("email") if section is Section.CONTACTS else company_keys(properties))


def _filled(
    send: Callable[[HubSpotClient, dict[str, str]], Result], properties: dict[str, str]
) -> Callable[[HubSpotClient], Result]:
    return lambda client: send(client, properties)
