"""The ways on which people decide what becomes of bookings: undone, watched only, gone live with."""

from __future__ import annotations

from tests.crash.driver import BOOKINGS, Booked, Command, Run, SystemUnderTest
from tests.crash.further_steps import Filling
from tests.crash.ways import COMMIT, DUE, RECORDS, NewCompany, calling


class Undone(NewCompany):
    """A posted booking is undone, and the run is killed that undoes it; whoever presses again ends it.

    Then it is posted again, so that HubSpot has each record once, and the first ones are archived.
    """

    name = "undone"
    reached = COMMIT | calling("DELETE /crm/objects/2026-09/contacts/…")
    bookings = 7
    boundaries = range(12, 19)
    """From before the note that the contact may be archived until after it is; the company's are the same."""

    def begin(self, system: SystemUnderTest) -> None:
        super().begin(system)
        self.number, self.first = 0, set[str]()

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        self.number = number
        system.run(*super().prepare(system, number))
        self.first = set(self._records(system, "company_id, contact_id"))
        return [["press_undo", self.team, self.booking(number).external_id]]

    def colleague(self, number: int) -> list[Booked]:
        return []  # another booking would need the company

    def mend(self, system: SystemUnderTest) -> list[Command]:
        word = self.booking(self.number).external_id
        return [[press, self.team, word] for press in ("press_undo", "press_post_again")]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        assert self._records(system, "company, contact") == ["created", "created"]
        assert self.first.isdisjoint(self._records(system, "company_id, contact_id"))
        there = {each["id"] for kind in ("companies", "contacts") for each in system.records(kind)}
        assert self.first.isdisjoint(there)
        assert system.read("SELECT id FROM undoings") == []

    def _records(self, system: SystemUnderTest, columns: str) -> list[str]:
        word = self.booking(self.number).external_id
        [found] = system.read(f"SELECT {columns} FROM {BOOKINGS} WHERE external_id = ?", word)
        return list(found)


class Apart(Filling):
    """HubSpot had company and contact, which were filled and associated; all of that is undone, and done again."""

    name = "apart"
    reached = COMMIT | calling(f"DELETE {RECORDS}/contacts/…/associations/companies/…")
    bookings = 7
    boundaries = range(8, 15)
    """From before the note that the association may be removed until after it is; the values are emptied alike."""

    def begin(self, system: SystemUnderTest) -> None:
        super().begin(system)
        self.number = 0

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        self.number = number
        system.run(*super().prepare(system, number))
        return [["press_undo", self.team, self.booking(number).external_id]]

    def mend(self, system: SystemUnderTest) -> list[Command]:
        word = self.booking(self.number).external_id
        return [[press, self.team, word] for press in ("press_undo", "press_post_again")]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        """The contact has its company once more, and each value is ours again."""
        assert system.read("SELECT id FROM undoings") == []
        booking = self.booking(number)
        (contact,) = (each for each in system.records("contacts") if booking.email in each["properties"].values())
        assert len(contact["associated"]) == 1
        assert contact["properties"].get("jobtitle") == "Intro call"
        query = f"SELECT existing_associations.outcome FROM {BOOKINGS} JOIN existing_associations "
        joined = system.read(query + "ON delivery_id = deliveries.id WHERE external_id = ?", booking.external_id)
        assert joined == [("made",)]


class Watched(NewCompany):
    """The team watches only, and a run is killed that looks what a booking would do; then the team goes live."""

    name = "watched"
    reached = COMMIT
    bookings = 11
    boundaries = (2, 4, 7, 9, 10)
    """Taken; searching; looking at the contact; before and after the outcome is committed: five of ten."""
    written = 0

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.run(["press_watch_only", self.team])
        self.written = self.count_records(system)
        return super().prepare(system, number)

    def mend(self, system: SystemUnderTest) -> list[Command]:
        assert self.count_records(system) == self.written or not self.is_watching(system)
        return [["press_go_live", self.team]]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        assert not self.is_watching(system)
        assert system.read("SELECT delivery_id FROM watched_deliveries") == []
        assert system.read("SELECT id FROM foreseen_records") == []

    def is_watching(self, system: SystemUnderTest) -> bool:
        query = "SELECT watching_since FROM connections JOIN teams ON teams.id = team_id WHERE name = ?"
        return system.read(query, self.team) not in ([], [(None,)])

    def count_records(self, system: SystemUnderTest) -> int:
        return sum(len(system.records(kind)) for kind in ("companies", "contacts"))


class GoingLive(Watched):
    """Two bookings of one new company were watched, and the run is killed that goes live and posts them."""

    name = "live"
    bookings = 12
    boundaries = range(2, 40, 6)
    """Of some fifty; all of them took a minute and a half."""

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.run(*super().prepare(system, number), *system.book(*self.colleague(number)))
        assert self.count_records(system) == self.written
        return [["press_go_live", self.team], DUE]
