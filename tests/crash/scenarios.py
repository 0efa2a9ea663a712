"""The ways a delivery can go, each with the run in which it is to be killed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from hubsync.domain.mails import RETRIES, MailKind
from tests.crash.driver import BOOKINGS, Booked, Command, Run, SystemUnderTest
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


def _calling(call: str) -> frozenset[str]:
    """The boundaries of a call: before it, when it is sent, and when its answer begins."""
    return frozenset(when + call for when in (BEFORE_CALL, CALL_SENT, AFTER_CALL))


SEARCH = _calling("POST /crm/objects/2026-09/companies/search")
COMPANY = _calling("POST /crm/objects/2026-09/companies")
CONTACT = _calling("POST /crm/objects/2026-09/contacts")
RENEWAL = _calling(TOKEN)
RECORDS = "/crm/objects/2026-09"
MEETING = _calling("POST /crm/objects/2026-09/meetings")
CHANGE = _calling("PATCH /crm/objects/2026-09/meetings/…")
OWNERS = _calling("GET /crm/owners/2026-09")
FILL = frozenset().union(
    *(_calling(f"PATCH {RECORDS}/{kind}/…") for kind in ("companies", "contacts")),
    _calling(f"PUT {RECORDS}/contacts/…/associations/default/companies/…"),
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


class Refresh(NewCompany):
    """The access token has expired; HubSpot renews it and lets the refresh token stay.

    Twelve boundaries reach beyond the renewal; what follows is the same as on other ways.
    """

    name = "refresh"
    reached = COMMIT | RENEWAL
    bookings = 24
    boundaries = range(1, 13)
    rotates = False

    def begin(self, system: SystemUnderTest) -> None:
        system.tell("PUT", "settings", access_token_seconds=150, rotate_refresh_tokens=self.rotates)
        system.run(["found", self.team], ["press_connect", self.team, system.code()])

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        assert system.count_losses(self.team) == 0, "a kill ended the access to HubSpot"


class Rotation(Refresh):
    """HubSpot answers a refresh with another refresh token, and the former one is dead.

    Killed between HubSpot's answer and the commit of it, nobody has a token that is good. Nothing can be done
    about that: access is lost, the bookings wait, and one Connect and one button post them. No other kill may end
    access.
    """

    name = "rotation"
    rotates = True
    losses = 0

    def mend(self, system: SystemUnderTest) -> list[Command]:
        if not system.is_lost(self.team):
            return []
        return [["press_connect", self.team, system.code()], ["press_replay", self.team]]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        self.losses += any(_held_the_only_token(each) for each in runs)
        assert system.count_losses(self.team) == self.losses, [each.passed[-3:] for each in runs]


def _held_the_only_token(run: Run) -> bool:
    """Whether it died after HubSpot had renewed the token and before that was written down."""
    died_at = run.passed[-1:] if run.killed else []
    if died_at == [BEFORE_COMMIT]:
        return run.passed[-2:-1] == [AFTER_CALL + TOKEN]
    return died_at in ([CALL_SENT + TOKEN], [AFTER_CALL + TOKEN])


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


class Changed(Unavailable):
    """HubSpot was not there yet; killed is the run that is told of a move, then of a cancellation, and posts.

    The booking is posted all the same, and each change is there once.
    """

    name = "changed"
    bookings = 24

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        due = super().prepare(system, number)
        return [*system.hear(self.booking(number).news()), *due]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        word = self.booking(number).external_id
        of_it = "FROM {} JOIN bookings ON bookings.id = booking_id WHERE bookings.external_id = ? ORDER BY {}.id"
        lines = system.read("SELECT event, reason " + of_it.format(*["booking_history"] * 2), word)
        assert lines == [("moved", f"move of {word}"), ("cancelled", f"cancellation of {word}")]
        names = system.read("SELECT booking_names.external_id " + of_it.format(*["booking_names"] * 2), word)
        assert names == [(word,), (f"{word} moved",)]
        [(starts_at, is_cancelled, remarks)] = system.read(
            f"SELECT starts_at, cancelled_at IS NOT NULL, remarks FROM {BOOKINGS} WHERE external_id = ?", word
        )
        assert (starts_at[:10], is_cancelled) == ("2030-01-08", True)
        assert '"cancelled"' in remarks


class Overtaken(NewCompany):
    """A booking is posted, and so is the second move that overtook its first one; killed is who joins the two."""

    name = "overtaken"
    reached = COMMIT
    bookings = 6

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.run(*super().prepare(system, number))
        second, first = system.hear(self.booking(number).overtaken_news())
        system.run(second)
        return [first]

    def look(self, system: SystemUnderTest, number: int, runs: list[Run]) -> None:
        word = self.booking(number).external_id
        starts = system.read("SELECT starts_at FROM bookings WHERE external_id LIKE ?", f"{word} moved%")
        assert starts == []
        [(booking_id, starts_at)] = system.read("SELECT id, starts_at FROM bookings WHERE external_id = ?", word)
        assert starts_at[:10] == "2030-01-09"
        names = system.read("SELECT external_id, replaced FROM booking_names WHERE booking_id = ?", booking_id)
        assert sorted(names) == [(word, 1), (f"{word} moved", 1), (f"{word} moved twice", 0)]
        assert system.read("SELECT event FROM booking_history WHERE booking_id = ?", booking_id) == [("moved",)]
        attempts = "SELECT attempts.outcome FROM attempts JOIN deliveries ON deliveries.id = delivery_id"
        outcomes = system.read(f"{attempts} WHERE booking_id = ?", booking_id)
        assert outcomes == [("posted",), ("duplicate",)]


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


class Replay(NewCompany):
    """Access was lost and is there again; killed is the run in which somebody presses the button."""

    name = "replay"
    reached = COMMIT | SEARCH | COMPANY | CONTACT
    bookings = 30

    def begin(self, system: SystemUnderTest) -> None:
        system.tell("PUT", "settings", access_token_seconds=1800, rotate_refresh_tokens=False)
        system.run(["found", self.team], ["press_connect", self.team, system.code()])

    def prepare(self, system: SystemUnderTest, number: int) -> list[Command]:
        system.tell("POST", "uninstall")
        system.run(*super().prepare(system, number), *system.book(*self.colleague(number)))
        assert system.is_lost(self.team)
        system.run(["press_connect", self.team, system.code()])
        return [*self.mend(system), DUE]

    def mend(self, system: SystemUnderTest) -> list[Command]:
        return [["press_replay", self.team]]


class Undone(NewCompany):
    """A posted booking is undone, and the run is killed that undoes it; whoever presses again ends it.

    Then it is posted again, so that HubSpot has each record once, and the first ones are archived.
    """

    name = "undone"
    reached = COMMIT | _calling("DELETE /crm/objects/2026-09/contacts/…")
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
        query = (
            "SELECT 1 FROM connections JOIN teams ON teams.id = team_id WHERE name = ? AND watching_since NOT NULL"
        )
        return system.read(query, self.team) != []

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


WAYS = (
    NewCompany,
    KnownCompany,
    Suspended,
    RememberedCompany,
    DuplicateContact,
    Filling,
    Timeline,
    TimelineChanged,
    Owned,
    Refresh,
    Rotation,
    Unavailable,
    LostAnswer,
    Changed,
    Overtaken,
    Notice,
    Replay,
    Undone,
    Watched,
    GoingLive,
)
