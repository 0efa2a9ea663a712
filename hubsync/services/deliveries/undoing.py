"""Undo of a delivery: what it made at HubSpot, and nobody has touched since, is archived; what it filled, emptied.

What is about to be done is written down before each call, so that a killed process leaves no doubt about what may
have happened: whoever presses again looks first, and goes on where it ended. One person at a time has a delivery.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, selectinload

from hubsync.domain.audit import AuditAction
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.meetings import MeetingState
from hubsync.domain.undoing import DONE, TO_DO, UndoFate, UndoPart, Verdict, undone_fate
from hubsync.errors import AnswerLost, HubSyncError, RecordBusy, RecordGone, Scope
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.api_access import with_access
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.undo_plan import (
    Judge,
    Key,
    Made,
    MadeThing,
    count_others,
    made_by,
    refuse_while_watching,
    undoer,
)
from hubsync.services.posting import forgotten_companies, record_claims
from hubsync.services.teams.audit import record as record_audit
from hubsync.store import db, end_read, lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.leases import UNDOING
from hubsync.store.meetings import Meeting
from hubsync.store.undoings import Undoing, UndonePart

UNDOING_SECONDS = 25.0
"""For all calls together; so long somebody waits for the page."""
COUNTS_AS_UNDONE = Undoing.undone_at.is_not(None)


def undo(delivery_id: int, person_id: int) -> bool:
    """Undo the delivery as far as that may be; False when somebody else is at it, or nothing can be undone.

    What became of each record stands in `read_undoing` then; no refusal of HubSpot's is raised. Raises WatchOnly
    while the team watches only, and what says that there is no access; nothing is written down then.
    """
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None:
        return False
    refuse_while_watching(delivery.team_id, delivery.hubspot_account_id)
    worker = secrets.token_hex(8)
    made = retry_on_conflict(lambda: _take(delivery_id, person_id, worker))
    if made is None:
        return False
    try:
        _undo_all(made)
    finally:
        with write_transaction() as session:
            held = (Undoing.delivery_id == delivery_id, UNDOING.held_by(worker))
            session.execute(update(Undoing).where(*held).values(finished_at=now(), **UNDOING.released()))
    return True


def read_undoing(delivery_id: int) -> Undoing | None:
    """What became of the delivery's undoing, as it is stored now; None when nobody asked for it."""
    query = select(Undoing).where(Undoing.delivery_id == delivery_id).options(selectinload(Undoing.parts))
    return db.session.scalar(query, execution_options={"populate_existing": True})


def undone_among(delivery_ids: Sequence[int]) -> set[int]:
    """Those of the deliveries that count as undone."""
    query = select(Undoing.delivery_id).where(Undoing.delivery_id.in_(delivery_ids), COUNTS_AS_UNDONE)
    return set(db.session.scalars(query))


def keeps_from_retrying(session: Session, delivery: Delivery) -> bool:
    """Whether the delivery was undone, or somebody is at it; nobody begins before the caller commits."""
    lock_in_order(session, LOCKED.where(Delivery.id == delivery.id))
    busy = ~UNDOING.free(now())
    query = select(Undoing.id).where(Undoing.delivery_id == delivery.id, or_(COUNTS_AS_UNDONE, busy))
    return session.scalar(query) is not None


def is_under_way(undoing: Undoing) -> bool:
    """Whether somebody is at it at this moment."""
    return UNDOING.is_held(undoing, now())


def _take(delivery_id: int, person_id: int, worker: str) -> Made | None:
    """Write down that the person undoes the delivery, and what there is to undo."""
    moment = now()
    with write_transaction() as session:
        lock_in_order(session, LOCKED.where(Delivery.id == delivery_id))
        delivery = session.get(Delivery, delivery_id, populate_existing=True)
        made = made_by(delivery) if delivery is not None else None
        if made is None or not made.things:
            return None
        undoing = session.scalar(select(Undoing).where(Undoing.delivery_id == delivery_id))
        if undoing is None:
            undoing = Undoing(delivery_id=delivery_id, asked_at=moment)
            session.add(undoing)
            session.flush()
        if not UNDOING.acquire(session, moment, Undoing.id == undoing.id, worker=worker):
            return None
        asked = {"asked_by_id": person_id, "asked_at": moment, "finished_at": None}
        session.execute(update(Undoing).where(Undoing.id == undoing.id).values(asked))
        _begin_parts(session, undoing.id, made)
        record_audit(session, made.team_id, person_id, AuditAction.DELIVERY_UNDONE, delivery=delivery_id)
        return made


def _begin_parts(session: Session, undoing_id: int, made: Made) -> None:
    stored = session.scalars(select(UndonePart).where(UndonePart.undoing_id == undoing_id))
    known = {(part.part, part.place): part for part in stored}
    for thing in made.things:
        part = known.get(thing.key)
        if part is None:
            named = {"part": thing.part, "place": thing.place, "record_id": thing.record_id}
            session.add(UndonePart(undoing_id=undoing_id, fate=UndoFate.OPEN, **named))
        elif part.fate not in (*DONE, UndoFate.SENT):
            part.fate, part.about, part.number, part.code = UndoFate.OPEN, "", 0, ""


def _undo_all(made: Made) -> None:
    deadline = Deadline.after(UNDOING_SECONDS)
    undoing = read_undoing(made.delivery_id)
    done = {(part.part, part.place): part.fate for part in undoing.parts} if undoing is not None else {}
    end_read()
    for thing in made.things:
        if done[thing.key] not in DONE:
            done[thing.key] = _Undone(made, thing, deadline).undo(done)


class _Undone:
    """One record or value on its way to being undone."""

    def __init__(self, made: Made, thing: MadeThing, deadline: Deadline) -> None:
        self.made, self.thing, self.deadline = made, thing, deadline

    def undo(self, done: Mapping[Key, UndoFate]) -> UndoFate:
        """Undo it if that may be, and write down what became of it."""
        before, code = done[self.thing.key], ""
        try:
            verdict = with_access(
                self.made.team_id,
                self.deadline,
                lambda client: self._ask(client, done, asked_before=before is UndoFate.SENT),
                self.made.account_id,
            )
        except HubSyncError as fault:
            verdict, code = Verdict(self._after(fault, before)), fault.code
        with write_transaction() as session:
            self._store(session, verdict, code)
        return verdict.fate

    def _ask(self, client: HubSpotClient, done: Mapping[Key, UndoFate], *, asked_before: bool) -> Verdict:
        client.require_writing()
        section = self.thing.section
        if section is None:
            return self._look_and_undo(client, done, "", asked_before=asked_before)
        account_id, record_id = self.made.account_id, self.thing.record_id
        with record_claims.claimed(account_id, section, record_id, self.deadline) as holder:
            return self._look_and_undo(client, done, holder, asked_before=asked_before)

    def _look_and_undo(
        self, client: HubSpotClient, done: Mapping[Key, UndoFate], holder: str, *, asked_before: bool
    ) -> Verdict:
        """Undo what a look at it allows, while no booking of ours writes to it, for *holder* has it."""
        judge = Judge(client, self.deadline)
        verdict = judge(self.made, self.thing, done)
        if verdict.fate is UndoFate.GONE and asked_before:  # the answer was lost, or we were killed
            return Verdict(undone_fate(self.thing.part))
        if verdict.fate not in TO_DO:
            return verdict
        self._write_before(holder)
        try:
            undoer(client, self.thing, self.deadline)()
        except RecordGone:
            if judge(self.made, self.thing, done).fate is not UndoFate.GONE:
                raise
        # A booking may have met it in this very moment: whoever reads the page is told so.
        return Verdict(verdict.fate, number=count_others(self.made, self.thing))

    def _after(self, fault: HubSyncError, before: UndoFate) -> UndoFate:
        """What a fault makes of it: whoever cannot know whether it was undone says so."""
        if isinstance(fault, AnswerLost) or (before is UndoFate.SENT and not fault.permanent):
            return UndoFate.SENT
        return UndoFate.REFUSED if fault.permanent and fault.scope is not Scope.ACCESS else UndoFate.OPEN

    def _write_before(self, holder: str) -> None:
        """Write down that it may be undone from now on, and that the delivery counts as undone.

        Raises RecordBusy when the claim of *holder* ended meanwhile.
        """
        with write_transaction() as session:
            if holder and not record_claims.is_held(session, holder):
                raise RecordBusy("this worker was away for so long that its claim on the record ended")
            delivery = session.get_one(Delivery, self.made.delivery_id, populate_existing=True)
            undoing = session.scalars(select(Undoing).where(Undoing.delivery_id == delivery.id)).one()
            undoing.undone_at = undoing.undone_at or now()
            if delivery.state == DeliveryState.PARTIAL and undoing.asked_by_id is not None:
                transitions.dismiss(session, [delivery], undoing.asked_by_id, states=(DeliveryState.PARTIAL,))
            self._store(session, Verdict(UndoFate.SENT), "")

    def _store(self, session: Session, verdict: Verdict, code: str) -> None:
        """Store it, and let nobody take an archived company from HubSync's memory."""
        values = {"fate": verdict.fate, "about": verdict.about, "number": verdict.number, "code": code}
        mine = UndonePart.undoing_id.in_(select(Undoing.id).where(Undoing.delivery_id == self.made.delivery_id))
        this = and_(mine, UndonePart.part == self.thing.part, UndonePart.place == self.thing.place)
        session.execute(update(UndonePart).where(this).values(values))
        if self.thing.part is UndoPart.MEETING and verdict.fate in DONE:  # nor is it told of a move any more
            ours = (Meeting.delivery_id == self.made.delivery_id, Meeting.meeting_id == self.thing.record_id)
            session.execute(update(Meeting).where(*ours).values(state=MeetingState.GONE, due_at=None))
        if self.thing.part is UndoPart.COMPANY and verdict.fate in (UndoFate.SENT, *DONE):
            forgotten_companies.forget_archived(session, self.made.account_id, self.thing.record_id)
