"""The ways that depend on which companies and contacts HubSpot and HubSync know."""

from __future__ import annotations

from dataclasses import replace

from tests.crash.driver import Booked, Command, SystemUnderTest
from tests.crash.ways import COMMIT, COMPANY, CONTACT, SEARCH, NewCompany


class KnownCompany(NewCompany):
    """HubSpot has the company already, under another name: the search finds its domain."""

    name = "known"
    reached = COMMIT | SEARCH | CONTACT
    bookings = 27

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        domain = self.booking(number).domain
        system.tell("POST", "records/companies", properties={"name": f"Of {domain}", "domain": domain})
        return super().prepare(system, number)


class Suspended(NewCompany):
    """The machine was suspended between search and create, so that the claim on the company ends with the run.

    Only what was written down before the create keeps the colleague's booking from creating the company again.
    """

    name = "suspended"
    reached = COMMIT | COMPANY
    bookings = 14
    boundaries = range(6, 13)
    sleep = ("answered POST /crm/objects/2026-09/companies/search", 59.0)
    at_once = 1.3


class RememberedCompany(NewCompany):
    """All guests are of one company, which HubSync remembers: one call."""

    name = "remembered"
    reached = COMMIT | CONTACT
    bookings = 8

    def booking(self, number: int) -> Booked:
        return Booked(self.team, f"{self.name}-{number}", f"guest{number}@remembered-0.co.jp", f"{self.name} 0")

    def colleague(self, number: int) -> list[Booked]:
        return []


class DuplicateContact(NewCompany):
    """HubSpot has the contact already: it answers 409, and nothing is associated."""

    name = "duplicate"

    def booking(self, number: int) -> Booked:
        return replace(super().booking(number), linked=False)

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.tell("POST", "records/contacts", properties={"email": self.booking(number).email})
        return super().prepare(system, number)

    def colleague(self, number: int) -> list[Booked]:
        return [replace(each, linked=True) for each in super().colleague(number)]
