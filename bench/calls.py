"""How many calls to HubSpot each case costs, counted in the stand-in's log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from bench import switches
from bench.figures import table
from bench.grants import connect_by_oauth
from bench.installation import Guest, Installation, built, guest
from bench.progress import shown
from bench.report import Finding, Report
from bench.stand_in import Control
from hubspot_sandbox.server import SandboxServer
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.questions import Part
from hubsync.services import now
from hubsync.store import write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.mappings import MappingRecord
from tests.kit import rows
from tests.kit.sandboxes import sandbox_settings

Prepare = Callable[["Setup"], None]


@dataclass(frozen=True)
class Setup:
    """Where a case is prepared."""

    installation: Installation
    server: SandboxServer
    hubspot: Control
    who: Guest
    key: str

    def add_company(self) -> str:
        """HubSpot has the guest's company, made there by hand."""
        return self.hubspot.seed("companies", name=self.who.company, domain=self.who.email.rpartition("@")[2])

    def add_contact(self) -> None:
        """HubSpot has the guest already."""
        self.hubspot.seed("contacts", email=self.who.email)

    def remember_company(self) -> None:
        """A colleague booked before."""
        self.installation.book(Guest("Ito Ken", f"ken@{self.who.email.rpartition('@')[2]}", self.who.company))

    def lose_company(self) -> None:
        """HubSync remembers the company, and somebody has deleted it at HubSpot meanwhile."""
        self.remember_company()
        self.hubspot.archive_all("companies", self.key)

    def age_company(self) -> None:
        """HubSync knows the company for longer than it is believed."""
        self.remember_company()
        with self.installation.app.app_context(), write_transaction() as session:
            session.execute(update(KnownCompany).values(known_at=now() - timedelta(days=2)))

    def merge_company(self) -> None:
        """HubSync remembers the company, and somebody has merged it into another one."""
        self.remember_company()
        into = self.hubspot.seed("companies", name="Holding")
        self.hubspot.merge_all("companies", into)

    def map_bad_row(self) -> None:
        """A mapped property has been deleted at HubSpot."""
        with self.installation.app.app_context(), write_transaction() as session:
            mapping = session.scalars(select(MappingRecord)).one()
            row = ("contacts", "no_longer_there", f"question:{self.installation.question[Part.NAME]}")
            rows.add_mapping_row(session, mapping.id, *row)

    def use_oauth(self) -> None:
        """The team is connected by OAuth."""
        connect_by_oauth(self.installation, self.server)

    def let_token_expire(self) -> None:
        """The access token is good for less than two minutes."""
        self.use_oauth()
        with self.installation.app.app_context(), write_transaction() as session:
            session.execute(update(Connection).values(access_expires_at=now() + timedelta(seconds=5)))

    def book_before(self) -> None:
        """The guest booked before."""
        self.installation.book(self.who)


def on(switched: Callable[[Installation], None]) -> Prepare:
    """Something that can be switched on is."""
    return lambda setup: switched(setup.installation)


def both(*steps: Prepare) -> Prepare:
    """Prepare one step after the other."""

    def prepare(setup: Setup) -> None:
        for step in steps:
            step(setup)

    return prepare


def alone(section: str) -> Prepare:
    """Only one section is on."""
    sections = {"companies_on": section == "companies", "contacts_on": section == "contacts"}
    return on(lambda installation: switches.switch(installation, **sections))


def nothing(setup: Setup) -> None:
    """HubSpot has nothing, and HubSync knows nothing."""


POSTED, DUPLICATE, SKIPPED = DeliveryState.POSTED, DeliveryState.DUPLICATE, DeliveryState.SKIPPED
FILL, ASSOCIATE, TIMELINE = on(switches.fill), on(switches.associate), on(switches.put_on_timeline)
OWNER, WATCH = on(switches.give_owner), on(switches.watch_alone)
CASES: tuple[tuple[str, Prepare, int, DeliveryState], ...] = (
    ("New company, new contact", nothing, 3, POSTED),
    ("Company exists, new contact", Setup.add_company, 2, POSTED),
    ("Company remembered, new contact", Setup.remember_company, 1, POSTED),
    ("New company, contact exists", Setup.add_contact, 3, POSTED),
    ("Company exists, contact exists", both(Setup.add_company, Setup.add_contact), 2, DUPLICATE),
    ("Company remembered, contact exists", both(Setup.remember_company, Setup.add_contact), 1, DUPLICATE),
    ("Contacts alone, new contact", alone("contacts"), 1, POSTED),
    ("Contacts alone, contact exists", both(alone("contacts"), Setup.add_contact), 1, DUPLICATE),
    ("Companies alone, new company", alone("companies"), 2, POSTED),
    ("Companies alone, company exists", both(alone("companies"), Setup.add_company), 1, DUPLICATE),
    ("New company, new contact, token to be refreshed", Setup.let_token_expire, 4, POSTED),
    ("New company, new contact, one value to be dropped", Setup.map_bad_row, 4, POSTED),
    ("Company known for two days, new contact", Setup.age_company, 2, POSTED),
    ("Company remembered but deleted at HubSpot", Setup.lose_company, 5, POSTED),
    ("Company remembered but merged at HubSpot", Setup.merge_company, 3, POSTED),
    (
        "Both exist, a value of each is filled",
        both(FILL, Setup.add_company, Setup.add_contact),
        6,
        DUPLICATE,
    ),
    ("Company remembered, nothing empty to be filled", both(FILL, Setup.remember_company), 2, POSTED),
    ("Company remembered and its value filled", both(Setup.remember_company, FILL), 3, POSTED),
    (
        "Company exists, contact exists and is associated",
        both(ASSOCIATE, Setup.add_company, Setup.add_contact),
        4,
        DUPLICATE,
    ),
    ("Meeting: new company, new contact", TIMELINE, 4, POSTED),
    ("Meeting: company exists, new contact", both(Setup.add_company, TIMELINE), 3, POSTED),
    ("Meeting: company remembered, new contact", both(Setup.remember_company, TIMELINE), 2, POSTED),
    ("Meeting: the guest booked before", both(Setup.book_before, TIMELINE), 2, DUPLICATE),
    (
        "Meeting: company remembered, contact made by somebody else",
        both(Setup.remember_company, Setup.add_contact, TIMELINE),
        3,
        DUPLICATE,
    ),
    ("Owner: new company, new contact, users to be read", OWNER, 5, POSTED),
    ("Owner: company remembered, users known", both(OWNER, Setup.remember_company), 1, POSTED),
    ("Watch only: new company, new contact", WATCH, 2, SKIPPED),
    (
        "Watch only: company exists, contact exists",
        both(Setup.add_company, Setup.add_contact, WATCH),
        2,
        SKIPPED,
    ),
    ("Watch only: company remembered, new contact", both(Setup.remember_company, WATCH), 1, SKIPPED),
)
"""What is posted, how it is prepared, the calls it may cost and how the delivery must end."""


def run(tiny: bool = False) -> Report:
    """Count the calls of every case; it takes so little time that *tiny* changes nothing."""
    found = [
        (name, _count(prepare, state), most) for name, prepare, most, state in shown("cases", CASES, len(CASES))
    ]
    head = ("Case", "Calls", "At most", "Which")
    rows = [(name, len(calls), most, ", ".join(calls)) for name, calls, most in found]
    over = [name for name, calls, most in found if len(calls) > most]
    finding = Finding(
        "Cases that cost more calls than they may",
        ", ".join(over) or "none",
        "none (3, 2, 1; contacts alone 1; with a meeting 4, 3, 2)",
        not over,
    )
    lines = ["Counted in the log of the stand-in; each case begins with an empty account.", ""]
    return Report("calls", [*lines, *table(head, rows)], [finding])


def _count(prepare: Prepare, state: DeliveryState) -> list[str]:
    settings = sandbox_settings()
    with SandboxServer(settings) as server, built(server.url) as installation:
        hubspot = Control(server.url)
        setup = Setup(installation, server, hubspot, guest(1), hubspot.begin())
        installation.connect(setup.key)
        prepare(setup)
        setup.hubspot.forget_calls()
        ended, _ = installation.book(setup.who)
        if ended != state:
            raise RuntimeError(f"the delivery ended as {ended} instead of {state}")
        return [_shortened(call["method"], call["path"], call["status"]) for call in setup.hubspot.calls()]


def _shortened(method: str, path: str, status: int) -> str:
    """A call as the table shows it: without versions and ids of records."""
    kept = [part for part in path.split("/") if part and not part[0].isdigit() and part not in ("crm", "objects")]
    return f"{method} {'/'.join(kept)} {status}"
