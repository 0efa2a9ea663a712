"""A soak: an hour of bookings, retries, feeds and mails at five bookings a second, and what grows meanwhile.

Afterwards HubSpot's records and the guests' mails are compared with the bookings that were confirmed.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr

import requests
from sqlalchemy import func, select

from bench.installation import Installation, built
from bench.ledger import Ledger
from bench.progress import say
from bench.report import Report
from bench.resources import Sample, Samples
from bench.serving import Serving, served
from bench.soak_report import (
    CALLS,
    FAULT_EVERY,
    FEED_EVERY,
    LATENCY_MS,
    LOOK_EVERY,
    METRICS_EVERY,
    PAGE_EVERY,
    SEARCHES,
    WEBHOOK_EVERY,
    Soaked,
    report,
)
from bench.stand_in import StandIn
from bench.traffic import Pace, Schedule, Traffic, let_calls_fail
from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.domain.delivery_states import DeliveryState
from hubsync.services import now
from hubsync.services.busy_calendars import own_calendars
from hubsync.services.tally import CALLS as CALLS_BY_STATUS
from hubsync.store import db, end_read
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.kept_numbers import KeptNumber
from hubsync.store.outbox import OutboxMail
from scheduler_sandbox.calendars import Account, CalendarServer, PersonalCalendar, write_event
from tests.kit.mail_server import MailServer

MINUTES = 60.0
BUSY_CALENDARS, EVENTS = 10, 50
DRAIN_SECONDS = 1_200.0
"""A delivery that failed twice is tried again after five minutes."""
UNDER_WAY = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRYING)
TOKEN = "m" * 32


@dataclass
class Rounds:
    """The longest round of background work and the longest wait of due work, as `/metrics` told them."""

    url: str
    longest: dict[str, float] = field(default_factory=dict)
    oldest: float = 0.0
    """Of the deliveries that go on by themselves, as it was told last: seconds since it began."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> None:
        """Ask once."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        text = requests.get(f"{self.url}/metrics", headers=headers, timeout=60).text
        going_on = re.findall(r'^hubsync_oldest_delivery_seconds{state="(?:pending|retrying)"} (\S+)$', text, re.M)
        self.oldest = max(map(float, going_on), default=0.0)
        names = "background_round_seconds|delivery_overdue_seconds|mail_overdue_seconds"
        wanted = rf'^hubsync_({names})(?:{{work="(\w+)"}})? (\S+)$'
        with self._lock:
            for name, work, value in re.findall(wanted, text, re.MULTILINE):
                told = work or name.removesuffix("_overdue_seconds")
                self.longest[told] = max(self.longest.get(told, 0.0), float(value))


def run(tiny: bool = False, minutes: float = MINUTES) -> Report:
    """Go on for so many *minutes*, or, *tiny*, for some seconds, and wait until all is posted and mailed."""
    seconds = 2.0 if tiny else minutes * 60
    feeds = [
        PersonalCalendar(f"Work {number}", f"work{number}") for number in range(2 if tiny else BUSY_CALENDARS)
    ]
    for feed in feeds:
        _fill(feed)
    # Guests are mailed at addresses of their own; what else is mailed goes to the owner.
    with StandIn() as stand_in, MailServer() as mail, CalendarServer(Account(calendars=feeds)) as provider:
        given = {
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(mail.port),
            "MAIL_DEFAULT_SENDER": "HubSync <hubsync@acme.example>",
            "FEED_PRIVATE_HOSTS": "127.0.0.0/8,localhost",
        }
        with built(stand_in.url, **given) as installation:
            return Report("soak", *report(_soak(installation, stand_in, mail, provider, feeds, seconds)))


def _fill(feed: PersonalCalendar) -> None:
    """Times that nobody books: beyond what the page offers."""
    first = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=400)
    for number in range(EVENTS):
        begin = first + timedelta(days=number * 5)
        feed.put(write_event(begin, begin + timedelta(hours=1), "A meeting"), f"event-{number}")


def _soak(
    installation: Installation,
    stand_in: StandIn,
    mail: MailServer,
    provider: CalendarServer,
    feeds: list[PersonalCalendar],
    seconds: float,
) -> Soaked:
    installation.connect(stand_in.begin(LATENCY_MS))
    stand_in.switch(burst_limit_per_ten_seconds=CALLS, search_limit_per_second=SEARCHES)
    installation.open_always()
    with installation.app.app_context():
        for feed in feeds:
            address = provider.feed_url(feed.path)
            own_calendars.add_feed(installation.owner_id, address, feed.name, WhenUnreadable.SHOW_TIMES)
    ledger = Ledger()
    with served(
        installation, LOG_FORMAT="json", METRICS_TOKEN=TOKEN, FEED_CONTACT="https://bench.example"
    ) as serving:
        traffic = Traffic(installation, serving.url, ledger)
        traffic.open_calendar()
        rounds, loads = Rounds(serving.url), []
        samples = Samples(serving.worker, installation.database)

        def look() -> None:
            rounds.look()
            loads.append(os.getloadavg()[0])
            say(_progress(ledger, samples.taken[-1], seconds, rounds))

        schedule = Schedule(
            [
                Pace(PAGE_EVERY, traffic.book_on_the_page),
                Pace(WEBHOOK_EVERY, traffic.send_a_webhook),
                Pace(FEED_EVERY, traffic.read_the_feed),
                Pace(LOOK_EVERY, traffic.look_at_a_page),
                Pace(FAULT_EVERY, let_calls_fail(stand_in, LATENCY_MS)),
                Pace(METRICS_EVERY, look),
            ]
        )
        with samples.watched():
            schedule.run(seconds)
        stand_in.end_faults()
        drained = _drain(installation)
        rounds.look()  # which has what was counted since the last round written down
        contacts, companies = stand_in.records("contacts"), stand_in.records("companies")
        log = _read_log(serving)
    recipients = Counter(_recipient(each) for each in mail.mails)
    of_the_owner = recipients.pop("mika@demo.example", 0)
    say(f"  {of_the_owner} mails went to the owner, who is the host")
    return Soaked(
        seconds=seconds,
        late=schedule.late,
        ledger=ledger,
        samples=samples,
        rounds=rounds.longest,
        contacts=ledger.compare_contacts(contacts),
        companies=ledger.compare_companies(companies),
        mails=ledger.compare_mails(recipients),
        alone=ledger.count_unassociated(contacts, companies),
        **_kept(installation),
        drained=drained,
        log=log,
        loads=loads,
    )


def _progress(ledger: Ledger, sample: Sample, seconds: float, rounds: Rounds) -> str:
    return (
        f"  {sample.at:.0f} of {seconds:.0f} s: {len(ledger.made)} bookings, {ledger.failed.total()} failed, "
        f"{sample.resident:.0f} MB, {sample.descriptors} files, WAL {sample.wal:.1f} MB, "
        f"oldest open delivery {rounds.oldest:.0f} s"
    )


def _recipient(mail: EmailMessage) -> str:
    return parseaddr(str(mail["To"]))[1]


def _drain(installation: Installation) -> float:
    """Wait until nothing is left to post or to mail; the seconds it took."""
    began = said = time.monotonic()
    while time.monotonic() - began < DRAIN_SECONDS:
        with installation.app.app_context():
            open_states = select(func.count(Delivery.id)).where(Delivery.state.in_(UNDER_WAY))
            to_post = db.session.scalars(open_states).one()
            unsent = select(func.count(OutboxMail.id)).where(OutboxMail.settled_at.is_(None))
            to_mail = db.session.scalars(unsent.where(OutboxMail.next_try_at.is_not(None))).one()
            end_read()
        if not to_post and not to_mail:
            break
        if time.monotonic() - said > 10:
            said = time.monotonic()
            say(f"  {to_post} to post, {to_mail} to mail")
        time.sleep(0.5)
    return time.monotonic() - began


def _read_log(serving: Serving) -> Counter[str]:
    """Lines of level WARNING and above by logger and words, numbers and addresses left out."""
    serving.said.seek(0)
    found: Counter[str] = Counter()
    for line in serving.said:
        try:
            told = json.loads(line)
        except ValueError:
            found["no line of the log"] += 1
            continue
        if told["level"] not in ("DEBUG", "INFO"):
            words = re.sub(r"\b[0-9a-f-]*\d[0-9a-f-]*\b", "#", told["message"])[:100]
            found[f"{told['level']} {told['logger']}: {words}"] += 1
    return found


def _kept(installation: Installation) -> dict[str, object]:
    """What the database has of it in the end."""
    with installation.app.app_context():
        counted = db.session.execute(select(Delivery.state, func.count(Delivery.id)).group_by(Delivery.state))
        states = {str(row[0]): row[1] for row in counted}
        times = db.session.execute(select(Delivery.created_at, Delivery.finished_at)).all()
        tried = select(Attempt.outcome, Attempt.code, func.count(Attempt.id)).group_by(
            Attempt.outcome, Attempt.code
        )
        attempts = Counter({f"{row[0]} {row[1]}".strip(): row[2] for row in db.session.execute(tried)})
        told = select(KeptNumber.label, KeptNumber.number).where(KeptNumber.name == CALLS_BY_STATUS)
        calls = Counter({row[0]: int(row[1]) for row in db.session.execute(told)})
        read = db.session.scalars(select(func.count(BusyCalendar.id)).where(BusyCalendar.fault_code == "")).one()
        end_read()
    return {
        "states": states,
        "posted_after": [(row[1] - row[0]).total_seconds() for row in times if row[1]],
        "attempts": attempts,
        "calls": calls,
        "readings": read,
    }
