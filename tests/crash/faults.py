"""The ways on which HubSpot is not there, does not answer, or refuses for good."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.crash.driver import Booked, Command, Run, SystemUnderTest
from tests.crash.ways import COMMIT, CONTACT, DUE, LEASES_ENDED, MAIL, NEXT_TRY, SEARCH, NewCompany
from tests.kit.kill_switch import AFTER_COMMIT


class Unavailable(NewCompany):
    """HubSpot answered the contact with 503, and the retry is killed."""

    name = "unavailable"
    reached = COMMIT | CONTACT
    bookings = 16
    fault: ClassVar[dict[str, Any]] = {"action": "status", "status": 503, "method": "POST", "path": "/contacts"}

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.tell("POST", "faults", **self.fault)
        system.run(*super().prepare(system, number))
        system.let_pass(LEASES_ENDED)
        return [DUE]


class LostAnswer(Unavailable):
    """HubSpot made the company, its answer was lost, and the run is killed that looks what became of it."""

    name = "unanswered"
    reached = COMMIT | SEARCH | CONTACT
    bookings = 20
    fault: ClassVar[dict[str, Any]] = {
        "action": "drop",
        "when": "after",
        "method": "POST",
        "path": "/companies",
        "except_path": "/search",
    }


class Notice(NewCompany):
    """HubSpot refuses the contact for good, and the run is killed that tells the team; each time another team.

    No mail is the worst for a team, so that a run that died before it wrote down that it hands the mail over is
    made up for.
    """

    name = "notice"
    reached = COMMIT | MAIL
    bookings = 24
    number = 0

    @property
    def team(self) -> str:
        return f"{self.name}-{self.number}"

    def begin(self, system: SystemUnderTest) -> None:
        """Each kill has a team of its own."""

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        self.number = number
        system.run(*system.first_commands(self.team), *super().prepare(system, number))
        return [DUE]

    def booking(self, number: int) -> Booked:
        # HubSpot takes no address whose top-level domain does not exist.
        word = f"refused-{number}"
        return Booked(self.team, word, f"mika@{word}.test", f"Company {word}", contact=False, states=("partial",))

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        system.let_pass(NEXT_TRY)
        system.run(DUE)
        told = sum(f"owner@{self.team}.example" in mail["recipients"] for mail in system.mails())
        # The mail is put, perhaps in the run before; then it is taken, then it is about to be handed over.
        in_doubt = any(each.killed and each.passed.count(AFTER_COMMIT) >= 2 for each in runs)
        assert told == 1 or (told == 0 and in_doubt)
