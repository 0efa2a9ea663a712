"""How a run is killed: the boundaries there are, and the way of a new company, on which the others are built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from hubsync.domain.mails import RETRIES, MailKind
from tests.crash.driver import Booked, Command, Run, SystemUnderTest
from tests.kit.kill_switch import (
    AFTER_CALL,
    AFTER_COMMIT,
    AFTER_MAIL,
    BEFORE_CALL,
    BEFORE_COMMIT,
    BEFORE_MAIL,
    CALL_SENT,
    MAIL_SENT,
)

DUE: Command = ["do_all_that_is_due"]
TOKEN = "POST /oauth/2026-09/token"
COMMIT = frozenset({BEFORE_COMMIT, AFTER_COMMIT})
MAIL = frozenset({BEFORE_MAIL, MAIL_SENT, AFTER_MAIL})
LEASES_ENDED = 125.0
"""Longer than any lease, and than a company whose create has lost its answer is left alone."""
NEXT_TRY = RETRIES[MailKind.NOTICE].pauses[0].total_seconds() + 1.0


def calling(call: str) -> frozenset[str]:
    """The boundaries of a call: before it, when it is sent, and when its answer begins."""
    return frozenset(when + call for when in (BEFORE_CALL, CALL_SENT, AFTER_CALL))


SEARCH = calling("POST /crm/objects/2026-09/companies/search")
COMPANY = calling("POST /crm/objects/2026-09/companies")
CONTACT = calling("POST /crm/objects/2026-09/contacts")
RENEWAL = calling(TOKEN)
RECORDS = "/crm/objects/2026-09"
MEETING = calling("POST /crm/objects/2026-09/meetings")
CHANGE = calling("PATCH /crm/objects/2026-09/meetings/…")
OWNERS = calling("GET /crm/owners/2026-09")
FILL = frozenset().union(
    *(calling(f"PATCH {RECORDS}/{kind}/…") for kind in ("companies", "contacts")),
    calling(f"PUT {RECORDS}/contacts/…/associations/default/companies/…"),
)


class NewCompany:
    """A new company, then a new contact with its association; right after the kill a colleague books too."""

    name = "new"
    boundaries: Sequence[int] = range(1, 100)
    """At which of them to kill, if there are as many."""
    reached: ClassVar[frozenset[str]] = COMMIT | SEARCH | COMPANY | CONTACT
    """Which boundaries must be among them."""
    bookings = 33
    """How many are made on this way, at least."""
    sleep = ("", 0.0)
    """Where the machine is suspended in the run that is killed, and for how many seconds."""
    at_once = 0.5
    """Seconds after which the process is there again: HubSpot's search does not see yet what it wrote before."""

    @property
    def team(self) -> str:
        return self.name

    def begin(self, system: SystemUnderTest) -> None:
        system.run(*system.first_commands(self.team))

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        """Let everything come to be that is needed, and return what the run does that is killed."""
        return system.book(self.booking(number))

    def booking(self, number: int) -> Booked:
        word = f"{self.name}-{number}"
        return Booked(self.team, word, f"mika@{word}.co.jp", f"Company {word}")

    def colleague(self, number: int) -> list[Booked]:
        first = self.booking(number)
        return [replace(first, external_id=f"{first.external_id} too", email=f"ren@{first.domain}")]

    def mend(self, system: SystemUnderTest) -> list[Command]:
        """What people do afterwards, over and over, until nothing waits for them."""
        return []

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        """Look at what only this way has to prove."""
