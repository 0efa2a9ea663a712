"""Filling and meetings in the random sequences, each switched on and off by people."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from hubsync.domain.mapping import WhenExists
from hubsync.domain.meeting_template import DEFAULT_TITLE
from hubsync.domain.meetings import MeetingState, hubspot_time, outcome_of
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.store import db, end_read, write_transaction
from hubsync.store.fillings import ExistingAssociation, FilledValue
from hubsync.store.mappings import MappingRecord
from hubsync.store.meetings import Meeting
from tests.stateful.observations import FINAL, Looking


class Switch(StrEnum):
    """What a calendar has of its own."""

    FILL = "fill if empty"
    ASSOCIATE = "associate an existing contact"
    MEET = "meeting on the timeline"


KEPT: dict[Switch, Any] = {
    Switch.FILL: FilledValue,
    Switch.ASSOCIATE: ExistingAssociation,
    Switch.MEET: Meeting,
}
"""Where it is written down what became of each."""
FILLED = {"companies": "city", "contacts": "phone"}
"""What is filled where a record has none: of the company what several guests may say, of the contact another."""
BETWEEN = (
    {"method": "POST"},
    {"method": "POST", "when": "after"},
    {"method": "GET"},
    {"method": "PATCH", "when": "after"},
    {"method": "PUT"},
)
"""When somebody else changes a record: before or after a call."""


class FurtherSteps(Looking):
    """Mixed into a play that begins with some of the switches on.

    *spared* are by switch the deliveries for which it was off at any time until they were finished, *seen* all
    that the last look found: what has come since was made with the switches as they are.
    """

    on: set[Switch]
    spared: dict[Switch, set[int]]
    seen: set[int]

    @initialize(on=st.sampled_from((frozenset(), frozenset(Switch))))
    def these_are_switched_on(self, on: frozenset[Switch]) -> None:
        self.on, self.spared, self.seen = set(on), {each: set() for each in Switch}, set()
        with write_transaction() as session:
            session.query(MappingRecord).update({"meeting_title": ""})
        self._save_switches()

    @rule(which=st.sampled_from(Switch))
    def somebody_uses_a_switch(self, which: Switch) -> None:
        self.on ^= {which}
        self._save_switches()

    def _save_switches(self) -> None:
        with write_transaction() as session:
            mapping = session.query(MappingRecord).filter_by(calendar_id=self.acme.calendar_id).one()
            mapping.associates_existing = Switch.ASSOCIATE in self.on
            mapping.meetings_on = Switch.MEET in self.on
            if mapping.meetings_on:
                mapping.meeting_title = DEFAULT_TITLE
            for row in mapping.rows:
                if FILLED.get(row.section) == row.property_name:
                    row.when_exists = WhenExists.FILL if Switch.FILL in self.on else WhenExists.LEAVE

    @precondition(lambda self: self.kept_records())
    @rule(data=st.data(), value=st.sampled_from(("by hand", "")), when=st.sampled_from(("now", *BETWEEN)))
    def somebody_changes_what_may_be_filled(self, data: st.DataObject, value: str, when: Any) -> None:
        """Now, or while a call is under way.

        Not between our read and our write of the same record: HubSpot has no conditional write.
        """
        kind, which = data.draw(st.sampled_from(self.kept_records()))
        values = {FILLED[kind]: value}
        if when == "now":
            self.change_in_hubspot(kind, which, values)
        else:
            self.acme.fault(action="edit", object=kind, record=which, properties=values, **when)

    @precondition(lambda self: self.meetings())
    @rule(data=st.data())
    def somebody_deletes_a_meeting(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from(sorted(each["id"] for each in self.meetings())))
        self.delete_in_hubspot("meetings", which)

    @invariant()
    def what_is_switched_off_is_not_done(self) -> None:
        deliveries = {each.id: each.state for each in self.deliveries()}
        for switch, kept in KEPT.items():
            done = {each for (each,) in db.session.query(kept.delivery_id)}
            end_read()
            if switch not in self.on:
                self.spared[switch] |= deliveries.keys() - self.seen
            assert not done & self.spared[switch], switch
            self.met[switch] += len(done)
            if switch in self.on:
                self.spared[switch] &= {each for each, state in deliveries.items() if state in FINAL}
            else:
                self.spared[switch] |= deliveries.keys() - done
            self.spared[switch] -= self.undone
        self.seen = set(deliveries)
        plain = set.intersection(*self.spared.values())
        self.met["known guest, all off"] += sum(deliveries[each] == "duplicate" for each in plain)

    @invariant()
    def no_booking_has_two_meetings(self) -> None:
        marks = Counter(each["properties"].get("hs_internal_meeting_notes", "") for each in self.meetings())
        assert [mark for mark, number in marks.items() if number > 1] == []

    @invariant()
    def nothing_is_overwritten_or_emptied_and_nothing_filled_twice(self) -> None:
        """What a booking wrote into a record that was there came where nothing was, and is known as ours once."""
        values = db.session.query(FilledValue).filter_by(outcome="filled").all()
        end_read()
        for kind, name in FILLED.items():
            for each in self.records(kind):
                history = each["history"].get(name, [])
                for new, old in pairwise([*history, {"value": ""}]):
                    undone = new["value"] == "" and old.get("sourceType") == "INTEGRATION"
                    assert new["sourceType"] != "INTEGRATION" or old["value"] == "" or undone, each
                written = sum(new["sourceType"] == "INTEGRATION" for new in history)
                ours = [one for one in values if (one.section, one.record_id) == (kind, each["id"])]
                assert len(ours) <= written

    def meetings(self) -> list[dict[str, Any]]:
        return [each for each in self.records("meetings") if not each["archived"]]

    def the_meetings_stand_as_their_bookings(self) -> None:
        """Each that was made and that nobody deleted has the time and the outcome of its booking."""
        there = {each["id"]: each["properties"] for each in self.meetings()}
        run_due_meetings()
        for kept in db.session.query(Meeting):
            booking = read_delivery(kept.delivery_id).booking
            if kept.state == MeetingState.CREATED and kept.meeting_id in there and not kept.reason:
                told = there[kept.meeting_id]
                assert told["hs_meeting_start_time"] == hubspot_time(booking.starts_at)
                assert told["hs_meeting_outcome"] == outcome_of(booking.cancelled_at, booking.no_show_at)
        end_read()
