"""The driver of the crash test: the sandbox and the product as processes of their own, and one clock for both."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.kit.databases import Looking
from tests.kit.kill_switch import CALL_SENT
from tests.kit.settings import make_settings

ROOT = Path(__file__).parent.parent.parent
BASE_URL = "http://localhost:8000"
BOOKINGS = "bookings JOIN deliveries ON bookings.id = booking_id"
Command = list[str]


@dataclass(frozen=True)
class Booked:
    """A booking that the source handed over, and what HubSpot must hold for it in the end.

    *domain* is that of its company; *linked* says whether the contact must be associated with it, *contact*
    whether there is a contact at all, *states* in which of the final states its delivery may be.
    """

    team: str
    external_id: str
    email: str
    company: str
    linked: bool = True
    contact: bool = True
    states: tuple[str, ...] = ("posted", "duplicate")

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    def command(self) -> Command:
        return ["take_booking", self.team, self.external_id, self.email, self.company]

    def news(self) -> list[Command]:
        """What the source tells of it afterwards: it is moved, and then cancelled."""
        return [self._told("move"), self._told("cancellation")]

    def overtaken_news(self) -> list[Command]:
        """What the source tells of it when it is moved twice and the second move comes first."""
        return [self._told("second_move"), self._told("move")]

    def _told(self, change: str) -> Command:
        news = f"{change} of {self.external_id}"
        return [f"take_{change}", self.team, news, self.external_id, self.email, self.company]


@dataclass
class Run:
    """How one run ended: *killed* or by itself, and the boundaries it *passed*; at the last of them it died."""

    killed: bool
    passed: list[str]


@dataclass
class SystemUnderTest:
    """Product and sandbox, and all that happened so far: what was booked and told of it, what was answered."""

    url: str
    database: Looking
    hubspot: subprocess.Popen[str]
    product: subprocess.Popen[str] = field(init=False)
    booked: dict[str, Booked] = field(default_factory=dict)
    told: dict[str, Command] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    kills: int = 0
    later: float = 0.0

    def let_pass(self, seconds: float) -> None:
        """So much time passes, for the product and for HubSpot."""
        self.later += seconds
        self.tell("PUT", "settings", clock_offset_seconds=self.later)

    def run(
        self,
        *commands: Command,
        kill_at: int | None = None,
        hurried: bool = False,
        sleep: tuple[str, float] = ("", 0.0),
    ) -> Run:
        """The product starts, does *commands*, and is killed at boundary number *kill_at* unless it ended before.

        *sleep* names the boundary at which its machine is suspended, and for how many seconds.
        """
        began = self.later
        self.let_pass(sleep[1])
        order = {
            "as": "hurried" if hurried else "usual",
            "kill_at": kill_at,
            "later": began,
            "sleep": sleep,
            "commands": commands,
        }
        told = json.loads(ask(self.product, json.dumps(order)))
        assert told["mistakes"] == [], "\n".join(told["mistakes"])
        assert told["killed_by"] in (0, signal.SIGKILL)
        self.answered |= set(told["answered"])
        self.kills += bool(told["killed_by"])
        if told["killed_by"] and told["passed"][-1].startswith(CALL_SENT):
            # What was sent is done before more time passes than HubSpot can take for it.
            assert ask(self.hubspot, "settle") == "True"
        return Run(bool(told["killed_by"]), told["passed"])

    def book(self, *bookings: Booked) -> list[Command]:
        """The commands by which the source hands *bookings* over; it remembers them until each was answered."""
        self.booked |= {each.external_id: each for each in bookings}
        return [each.command() for each in bookings]

    def hear(self, news: list[Command]) -> list[Command]:
        """The commands by which the source tells *news* of a booking; remembered until each was answered."""
        self.told |= {each[2]: each for each in news}
        return news

    def send_again(self, team: str) -> list[Command]:
        """What the source has not been answered yet and sends once more."""
        unanswered = self.booked.keys() - self.answered
        bookings = [self.booked[each].command() for each in sorted(unanswered) if self.booked[each].team == team]
        news = [each for name, each in self.told.items() if name not in self.answered and each[1] == team]
        return [*bookings, *news]

    def first_commands(self, team: str) -> list[Command]:
        """A team is founded and connected, and a booking of it is posted."""
        connected = [["found", team], ["press_connect", team, self.service_key()]]
        booking = Booked(team, f"{team} 0", f"mika@{team}-0.co.jp", f"{team} 0")
        return [*connected, *self.book(booking), ["do_all_that_is_due"]]

    # ---- HubSync's database

    def open_deliveries(self, team: str = "") -> dict[str, str]:
        """The bookings, of one team if that is given, that are not in a state in which they must end, with it."""
        states = dict(self.read(f"SELECT external_id, state FROM {BOOKINGS}"))
        wanted = [each for each in self.booked.values() if team in ("", each.team)]
        found = [(each, states.get(each.external_id, "not there")) for each in wanted]
        return {each.external_id: state for each, state in found if state not in each.states}

    def is_lost(self, team: str) -> bool:
        """Whether the team's access to HubSpot is lost at this moment."""
        query = "SELECT state FROM connections JOIN teams ON teams.id = team_id WHERE name = ?"
        return self.read(query, team) == [("lost",)]

    def count_losses(self, team: str) -> int:
        """How often the team's access to HubSpot was lost."""
        query = "SELECT action FROM audit_entries JOIN teams ON teams.id = team_id WHERE name = ?"
        return self.read(query, team).count(("access_lost",))

    def read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that the query finds."""
        return self.database.rows(query, *values)

    # ---- the sandbox

    def code(self) -> str:
        """What HubSpot sends along when somebody has pressed Connect and agreed."""
        return ask(self.hubspot, "code")

    def service_key(self) -> str:
        key: str = self.tell("POST", "service-keys")["token"]
        return key

    def tell(self, verb: str, what: str, /, **body: Any) -> Any:
        answer = requests.request(verb, f"{self.url}/sandbox/api/{what}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def records(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.tell("GET", f"records/{kind}")["results"]
        return [each for each in found if not each["archived"]]

    def mails(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.tell("GET", "mails")["results"]
        return found


@contextmanager
def started_system(folder: Path, database: Mapping[str, str]) -> Iterator[SystemUnderTest]:
    """The sandbox and the product, both started; *database* are the settings that name the product's."""
    with program("tests.crash.hubspot_process", f"{BASE_URL}/integrations/hubspot/callback") as hubspot:
        told = json.loads(_read(hubspot))
        settings = make_settings(hubspot=told["url"], mail_port=told["smtp_port"], **database)
        system = SystemUnderTest(told["url"], Looking(settings["SQLALCHEMY_DATABASE_URI"]), hubspot)
        first = {name: system.first_commands(name) for name in ("usual", "hurried")}
        given = {"settings": settings, "instance_path": str(folder / "instance"), "first": first}
        with program("tests.crash.product_process", json.dumps(given)) as system.product:
            assert _read(system.product) == "ready"
            system.answered |= set(system.booked)
            yield system


@contextmanager
def program(module: str, argument: str) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-m", module, argument],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def ask(program: subprocess.Popen[str], line: str) -> str:
    assert program.stdin is not None
    program.stdin.write(line + "\n")
    program.stdin.flush()
    return _read(program)


def _read(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    line = program.stdout.readline()
    assert line, f"{program.args} has ended"
    return line.rstrip("\n")
