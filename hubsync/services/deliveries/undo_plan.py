"""What undoing a delivery would do, record by record, as HubSpot has them at this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import func, select

from hubsync.domain.filling import ExistingRecord, JoinOutcome
from hubsync.domain.mapping import Section
from hubsync.domain.meetings import MeetingState
from hubsync.domain.outcomes import Outcome
from hubsync.domain.undoing import (
    DONE,
    UNDOABLE,
    Maker,
    UndoFate,
    UndoPart,
    Verdict,
    judge,
    judge_association,
    judge_value,
)
from hubsync.errors import PermissionMissing, WatchOnly
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline
from hubsync.services import tools
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.tokens import usable_connection
from hubsync.services.deliveries.known_maker import is_in_doubt, read_known_maker
from hubsync.services.posting.existing_records import read_named
from hubsync.services.posting.filled_values import MADE_OR_SENT, SENT, kept_join, list_values, value_place
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import ExistingAssociation
from hubsync.store.meetings import Meeting
from hubsync.store.sealed_text import Sealed
from hubsync.store.undoings import Undoing

PLAN_SECONDS = 15.0
"""For all reads together; so long somebody waits for the page."""
OBJECTS: Mapping[UndoPart, Literal["companies", "contacts", "meetings"]] = {
    UndoPart.MEETING: "meetings",
    UndoPart.CONTACT: "contacts",
    UndoPart.COMPANY: "companies",
}
SECTIONS: Mapping[UndoPart, Section] = {
    UndoPart.CONTACT: Section.CONTACTS,
    UndoPart.ASSOCIATION: Section.CONTACTS,
    UndoPart.COMPANY: Section.COMPANIES,
}
OF_SECTION: Mapping[Section, Literal["companies", "contacts"]] = {
    Section.CONTACTS: "contacts",
    Section.COMPANIES: "companies",
}
Key = tuple[UndoPart, str]
"""What names a thing of a delivery: a record by its part alone, a value by its place too."""


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A value that a delivery filled in, as it is kept."""

    section: Section
    property_name: str
    sealed: Sealed = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeThing:
    """A record that a delivery made, or a *value* that it filled in, at its *place*: section and property.

    Of an association *record_id* is the contact, *place* the company.
    """

    part: UndoPart
    record_id: str
    place: str = ""
    value: FilledIn | None = None

    @property
    def key(self) -> Key:
        return self.part, self.place

    @property
    def section(self) -> Section | None:
        """The kind of record that bookings may fill, or associate; None for a meeting, which is one booking's."""
        return self.value.section if self.value is not None else SECTIONS.get(self.part)


@dataclass(frozen=True, slots=True)
class Made:
    """What a delivery made, in the order in which it is undone.

    The meeting comes first, then the contact or its association: a company without them has nothing left that is
    ours. *associated* is the contact, which HubSpot had, that the delivery itself associated with its company.
    """

    delivery_id: int
    team_id: int
    account_id: str
    things: tuple[MadeThing, ...]
    contact_id: str
    company_id: str
    meeting_id: str = ""
    associated: str = ""

    def own(self, part: UndoPart, done: Mapping[Key, UndoFate]) -> dict[str, frozenset[str]]:
        """What may be associated with *part* without its being somebody else's doing."""
        contact, company = frozenset({self.contact_id}), frozenset({self.company_id})
        if part is UndoPart.MEETING:
            return {"contacts": contact, "companies": company}
        meetings = frozenset({self.meeting_id} if done.get((UndoPart.MEETING, "")) in DONE else ())
        if part is UndoPart.CONTACT:
            return {"companies": company, "meetings": meetings}
        is_gone = done.get((UndoPart.CONTACT, "")) in DONE
        is_apart = done.get((UndoPart.ASSOCIATION, self.company_id)) in DONE
        contacts = (contact if is_gone else frozenset()) | ({self.associated} if is_apart else frozenset())
        return {"contacts": contacts, "meetings": meetings}


def made_by(delivery: Delivery) -> Made:
    """What *delivery* made and could be undone; nothing while it is on its way."""
    things: list[MadeThing] = []
    meeting_id = _meeting_of(delivery.id)
    join = kept_join(delivery.id)
    if join is not None and join.outcome not in MADE_OR_SENT:
        join = None
    if delivery.state in UNDOABLE:
        things += [MadeThing(UndoPart.MEETING, meeting_id)] if meeting_id else []
        if delivery.contact == Outcome.CREATED and delivery.contact_id:
            things.append(MadeThing(UndoPart.CONTACT, delivery.contact_id))
        if join is not None:
            things.append(MadeThing(UndoPart.ASSOCIATION, join.contact_id, join.company_id))
        if delivery.company == Outcome.CREATED and delivery.company_id:
            things.append(MadeThing(UndoPart.COMPANY, delivery.company_id))
        things += [
            MadeThing(
                UndoPart.VALUE,
                each.record_id,
                place_of(Section(each.section), each.property_name),
                FilledIn(Section(each.section), each.property_name, each.value_sealed),
            )
            for each in list_values([delivery.id])
            if each.outcome in SENT
        ]
    return Made(
        delivery.id,
        delivery.team_id,
        delivery.hubspot_account_id,
        tuple(things),
        delivery.contact_id,
        delivery.company_id,
        meeting_id,
        join.contact_id if join is not None else "",
    )


def place_of(section: Section, property_name: str) -> str:
    """What names a value that was filled in, among the parts of an undoing."""
    return f"{section.value}:{property_name}"


def _meeting_of(delivery_id: int) -> str:
    """The meeting that the delivery made on the timeline; "" for none."""
    made = (Meeting.delivery_id == delivery_id, Meeting.state == MeetingState.CREATED)
    return db.session.scalar(select(Meeting.meeting_id).where(*made)) or ""


def plan(made: Made) -> list[tuple[MadeThing, Verdict]]:
    """What undoing would do to each. Raises what keeps HubSync from asking HubSpot, or from writing."""
    refuse_while_watching(made.team_id, made.account_id)
    deadline = Deadline.after(PLAN_SECONDS)

    def look(client: HubSpotClient) -> list[tuple[MadeThing, Verdict]]:
        client.require_writing()
        judge_thing, found, done = Judge(client, deadline, only_looks=True), [], dict[Key, UndoFate]()
        for thing in made.things:
            verdict = judge_thing(made, thing, done)
            done[thing.key] = verdict.fate
            found.append((thing, verdict))
        return found

    return with_access(made.team_id, deadline, look, made.account_id)


def refuse_while_watching(team_id: int, account_id: str) -> None:
    """Raise WatchOnly while the team watches only, and as `usable_connection` where there is no access."""
    watching = usable_connection(team_id, account_id).watching_since is not None
    end_read()
    if watching:
        raise WatchOnly("undoing would write")


@dataclass
class Judge:
    """Reads records and judges them; each kind's properties, and who makes ours, are asked for once.

    Who *only_looks*, and writes nothing in between, reads what was filled in a record at once.
    """

    client: HubSpotClient
    deadline: Deadline
    only_looks: bool = False
    _editable: dict[str, list[str]] = field(default_factory=dict)
    _makers: dict[tuple[int, int, str], Maker | None] = field(default_factory=dict)
    _filled: dict[tuple[Section, str], ExistingRecord | None] = field(default_factory=dict)

    def __call__(self, made: Made, thing: MadeThing, done: Mapping[Key, UndoFate]) -> Verdict:
        if thing.value is not None:
            return self._judge_value(made, thing, thing.value)
        if others := count_others(made, thing):
            return Verdict(UndoFate.USED, number=others)
        if thing.part is UndoPart.ASSOCIATION:
            links = self.client.read_company_links(thing.record_id, self.deadline)
            return judge_association(thing.record_id, links, thing.place)
        return self._judge_record(made, thing, done)

    def _judge_record(self, made: Made, thing: MadeThing, done: Mapping[Key, UndoFate]) -> Verdict:
        kind = OBJECTS[thing.part]
        # Before the look at the record itself: whatever somebody changes after that goes with it.
        maker = self._maker_wanted(made, thing)
        if kind not in self._editable:
            self._editable[kind] = self.client.list_editable(kind, self.deadline)
        try:
            links = self.client.read_links(kind, thing.record_id, self.deadline)
        except PermissionMissing:
            links = self.client.read_links(kind, thing.record_id, self.deadline, further=False)
        if links is None or links.id != thing.record_id:
            return judge(thing.record_id, links, (), {})
        past = self.client.read_past(kind, thing.record_id, self._editable[kind], self.deadline)
        maker_alone = thing.part is UndoPart.MEETING
        verdict = judge(thing.record_id, links, past, made.own(thing.part, done), maker_alone=maker_alone)
        is_of_another_app = maker is not None and links.maker != maker
        return Verdict(UndoFate.DOUBTFUL) if verdict.fate is UndoFate.ARCHIVED and is_of_another_app else verdict

    def _maker_wanted(self, made: Made, thing: MadeThing) -> Maker | None:
        """Who must have made the record for it to be ours, where another app's may have come up in its place."""
        if not is_in_doubt(made.delivery_id, thing.part):
            return None
        this = (made.delivery_id, made.team_id, made.account_id)
        if this not in self._makers:
            self._makers[this] = read_known_maker(self.client, *this, self.deadline)
        return self._makers[this]

    def _judge_value(self, made: Made, thing: MadeThing, value: FilledIn) -> Verdict:
        name = value.property_name
        ours = tools().vault.open(value_place(made.delivery_id, value.section, name), value.sealed)
        return judge_value(thing.record_id, self._read_filled(made, thing, value), name, ours)

    def _read_filled(self, made: Made, thing: MadeThing, value: FilledIn) -> ExistingRecord | None:
        """The record that the value is in; with all that the delivery filled in it for who only looks."""
        this = (value.section, thing.record_id)
        if this not in self._filled or not self.only_looks:
            of_record = [each.value for each in made.things if each.value and each.record_id == thing.record_id]
            names = [each.property_name for each in of_record if each.section is value.section]
            wanted = names if self.only_looks else [value.property_name]
            self._filled[this] = read_named(lambda call: call(self.client), *this, wanted, self.deadline)
        return self._filled[this]


def undoer(client: HubSpotClient, thing: MadeThing, deadline: Deadline) -> Callable[[], object]:
    """The one call that undoes *thing*."""
    if thing.value is not None:
        kind, emptied = OF_SECTION[thing.value.section], {thing.value.property_name: ""}
        return lambda: client.update_record(kind, thing.record_id, emptied, deadline)
    if thing.part is UndoPart.ASSOCIATION:
        return lambda: client.dissociate(thing.record_id, thing.place, deadline)
    return lambda: client.archive_record(OBJECTS[thing.part], thing.record_id, deadline)


def count_others(made: Made, thing: MadeThing) -> int:
    """How many other deliveries into this account, of whichever team, met the record, and are not undone.

    A meeting is one booking's; and of a value it does not matter: what others fill, they fill where it is empty.
    An association is met by who would have made it, had it not been there.
    """
    if thing.part in (UndoPart.VALUE, UndoPart.MEETING):
        return 0
    undone = select(Undoing.delivery_id).where(Undoing.undone_at.is_not(None))
    query = select(func.count(Delivery.id)).where(
        Delivery.hubspot_account_id == made.account_id,
        Delivery.id != made.delivery_id,
        Delivery.id.not_in(undone),
    )
    if thing.part is UndoPart.ASSOCIATION:
        query = query.join(ExistingAssociation, ExistingAssociation.delivery_id == Delivery.id).where(
            ExistingAssociation.contact_id == thing.record_id,
            ExistingAssociation.company_id == thing.place,
            ExistingAssociation.outcome == JoinOutcome.WAS_THERE,
        )
    else:
        column = Delivery.contact_id if thing.part is UndoPart.CONTACT else Delivery.company_id
        query = query.where(column == thing.record_id)
    number = db.session.scalars(query).one()
    end_read()
    return number
