"""What undoing a delivery would do, record by record, as HubSpot has them at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import func, select

from hubsync.domain.outcomes import Outcome
from hubsync.domain.undoing import DONE, UNDOABLE, UndoFate, UndoPart, Verdict, judge
from hubsync.errors import PermissionMissing
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline
from hubsync.services.connection.api_access import with_access
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery
from hubsync.store.undoings import Undoing

PLAN_SECONDS = 15.0
"""For all reads together; so long somebody waits for the page."""
OBJECTS: Mapping[UndoPart, Literal["companies", "contacts"]] = {
    UndoPart.CONTACT: "contacts",
    UndoPart.COMPANY: "companies",
}


@dataclass(frozen=True, slots=True)
class MadeRecord:
    """A record that a delivery made."""

    part: UndoPart
    record_id: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a delivery made, the contact first: a company without its contact has nothing left that is ours.

    *associated* are the ids that the delivery itself associated with each.
    """

    delivery_id: int
    team_id: int
    account_id: str
    records: tuple[MadeRecord, ...]
    contact_id: str
    company_id: str

    def own(self, part: UndoPart, done: Mapping[UndoPart, UndoFate]) -> dict[str, frozenset[str]]:
        """What may be associated with *part* without its being somebody else's doing."""
        if part is UndoPart.CONTACT:
            return {"companies": frozenset({self.company_id})}
        return {"contacts": frozenset({self.contact_id} if done.get(UndoPart.CONTACT) in DONE else ())}


def made_by(delivery: Delivery) -> Made:
    """What *delivery* made and could be undone; nothing while it is on its way."""
    outcomes = (
        (UndoPart.CONTACT, delivery.contact, delivery.contact_id),
        (UndoPart.COMPANY, delivery.company, delivery.company_id),
    )
    made = [MadeRecord(part, its_id) for part, became, its_id in outcomes if became == Outcome.CREATED and its_id]
    return Made(
        delivery.id,
        delivery.team_id,
        delivery.hubspot_account_id,
        tuple(made) if delivery.state in UNDOABLE else (),
        delivery.contact_id,
        delivery.company_id,
    )


def plan(made: Made) -> list[tuple[MadeRecord, Verdict]]:
    """What undoing would do to each record. Raises what keeps HubSync from asking HubSpot."""
    deadline = Deadline.after(PLAN_SECONDS)

    def look(client: HubSpotClient) -> list[tuple[MadeRecord, Verdict]]:
        judge_record, found, done = Judge(client, deadline), [], dict[UndoPart, UndoFate]()
        for record in made.records:
            verdict = judge_record(made, record, done)
            done[record.part] = verdict.fate
            found.append((record, verdict))
        return found

    return with_access(made.team_id, deadline, look, made.account_id)


@dataclass
class Judge:
    """Reads records and judges them; each kind's properties are asked for once."""

    client: HubSpotClient
    deadline: Deadline
    _editable: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, made: Made, record: MadeRecord, done: Mapping[UndoPart, UndoFate]) -> Verdict:
        if others := count_others(made, record):
            return Verdict(UndoFate.USED, number=others)
        kind = OBJECTS[record.part]
        try:
            links = self.client.read_links(kind, record.record_id, self.deadline)
        except PermissionMissing:
            links = self.client.read_links(kind, record.record_id, self.deadline, further=False)
        if links is None or links.id != record.record_id:
            return judge(record.record_id, links, (), {})
        if kind not in self._editable:
            self._editable[kind] = self.client.list_editable(kind, self.deadline)
        past = self.client.read_past(kind, record.record_id, self._editable[kind], self.deadline)
        return judge(record.record_id, links, past, made.own(record.part, done))


def count_others(made: Made, record: MadeRecord) -> int:
    """How many other deliveries into this account, of whichever team, met the record, and are not undone."""
    column = Delivery.contact_id if record.part is UndoPart.CONTACT else Delivery.company_id
    undone = select(Undoing.delivery_id).where(Undoing.undone_at.is_not(None))
    query = select(func.count(Delivery.id)).where(
        Delivery.hubspot_account_id == made.account_id,
        column == record.record_id,
        Delivery.id != made.delivery_id,
        Delivery.id.not_in(undone),
    )
    number = db.session.scalars(query).one()
    end_read()
    return number
