"""The ways with what a team has switched on: filling, the timeline, owners."""

from __future__ import annotations

from tests.crash.driver import BOOKINGS, Booked, Command, Run, SystemUnderTest
from tests.crash.ways import CHANGE, COMMIT, CONTACT, DUE, FILL, MEETING, OWNERS, NewCompany


class Filling(NewCompany):
    """HubSpot has company and contact, which lack a value and their association: both are filled, then associated.

    Killed is where something is written; what comes before is as on other ways.
    """

    name = "filling"
    reached = COMMIT | FILL
    bookings = 20
    boundaries = (18, 19, 20, 22, 29, 30, 31, 32, 33, 34, 35, 36)

    def begin(self, system: SystemUnderTest) -> None:
        super().begin(system)
        system.run(["fill_and_associate", self.team])

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        booking = self.booking(number)
        system.tell("POST", "records/companies", properties={"name": "Acme", "domain": booking.domain})
        system.tell("POST", "records/contacts", properties={"email": booking.email})
        return super().prepare(system, number)

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        """Each value was written once and is known as ours at one delivery; the contact has its company."""
        booking = self.booking(number)
        for kind, name, key in (("companies", "city", booking.domain), ("contacts", "jobtitle", booking.email)):
            (record,) = (each for each in system.records(kind) if key in each["properties"].values())
            assert record["properties"].get(name) == "Intro call", (kind, [each.passed for each in runs])
            history = [each["sourceType"] for each in record["history"][name]]
            assert history == ["INTEGRATION"]
            found = system.read(
                "SELECT outcome FROM filled_values WHERE record_id = ? AND property_name = ?", record["id"], name
            )
            assert found.count(("filled",)) == 1
        query = f"SELECT existing_associations.outcome FROM {BOOKINGS} JOIN existing_associations "
        joined = system.read(query + "ON delivery_id = deliveries.id WHERE external_id = ?", booking.external_id)
        assert joined == [("made",)]


class Timeline(NewCompany):
    """The booking is put on the timeline, for a guest whose company is remembered: two calls."""

    name = "timeline"
    reached = COMMIT | CONTACT | MEETING
    bookings = 11
    outcome, day = "SCHEDULED", "2030-01-07"

    def begin(self, system: SystemUnderTest) -> None:
        super().begin(system)
        system.run(["put_on_timeline", self.team])

    def booking(self, number: int) -> Booked:
        return Booked(self.team, f"{self.name}-{number}", f"guest{number}@{self.name}-0.co.jp", f"{self.name} 0")

    def colleague(self, number: int) -> list[Booked]:
        return []

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        """One meeting, as the booking is by now, known by its id."""
        booking = self.booking(number)
        titled = (each for each in system.records("meetings") if booking.email in str(each["properties"]))
        told = [(each["id"], each["properties"]["hs_meeting_outcome"]) for each in titled if not each["archived"]]
        query = f"SELECT meeting_id, outcome FROM {BOOKINGS} JOIN meetings ON delivery_id = deliveries.id "
        assert told == system.read(query + "WHERE external_id = ?", booking.external_id), [
            each.passed[-3:] for each in runs
        ]
        assert [outcome for _id, outcome in told] == [self.outcome]
        (start,) = (
            each["properties"]["hs_meeting_start_time"]
            for each in system.records("meetings")
            if each["id"] == told[0][0]
        )
        assert start.startswith(self.day)


class TimelineChanged(Timeline):
    """What is on the timeline is moved, then cancelled; killed is the run that is told so and tells HubSpot."""

    name = "rescheduled"
    reached = COMMIT | CHANGE
    bookings = 7
    boundaries = (2, 4, 6, 10, 11, 12, 13)
    outcome, day = "CANCELED", "2030-01-08"

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.run(*super().prepare(system, number))
        return [*system.hear(self.booking(number).news()), DUE]


class Owned(NewCompany):
    """New records belong to a user of HubSpot, whose users are read behind the search and before the create."""

    name = "owned"
    reached = COMMIT | OWNERS
    bookings = 14
    boundaries = (6, 7, 8, 13, 14, 15, 18)
    """Of the reading, of what is written down before the create, and its answer; others are as elsewhere."""
    owner = "71001"

    def begin(self, system: SystemUnderTest) -> None:
        super().begin(system)
        system.run(["give_owner", self.team, self.owner])

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.run(["forget_owners", self.team])
        return super().prepare(system, number)

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        """Company and contact have their owner, who was written with them and never again."""
        booking = self.booking(number)
        for kind, key in (("companies", booking.domain), ("contacts", booking.email)):
            (record,) = (each for each in system.records(kind) if key in each["properties"].values())
            history = [(each["value"], each["sourceType"]) for each in record["history"]["hubspot_owner_id"]]
            assert history == [(self.owner, "INTEGRATION")], [each.passed for each in runs]
