"""What stands in each of the matrix's two teams, and what an address can name of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.booking import BookingEvent
from hubsync.domain.busy_times import UnreadReason
from hubsync.domain.chat_alerts import AlertKind
from hubsync.domain.comparisons import ComparisonState
from hubsync.domain.csv_files.records import Record
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.imports.states import ImportState
from hubsync.domain.mails import MailKind
from hubsync.domain.questions import Part
from hubsync.domain.received import Result
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.domain.subscriptions import Intent, SubscriptionState
from hubsync.errors import FeedBusy, MailFailure
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import import_files, now, tools
from hubsync.services.bookings.booking_links import sign_booking, sign_change
from hubsync.services.busy_calendars.access import Access, seal_access
from hubsync.services.sources.accounts import token_place
from hubsync.sources.registry import SOURCES
from hubsync.store.booking_feeds import BookingFeed
from hubsync.store.bookings import BookingHistory, BookingName
from hubsync.store.busy_calendars import BusyTimes
from hubsync.store.calendars import QuestionRow
from hubsync.store.chat_alerts import ChatAddress, ChatAlert
from hubsync.store.connections import ParkedConnection
from hubsync.store.guest_erasures import GuestErasure
from hubsync.store.imports import BookingImport, ImportedBooking
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Identity, PersonSession, SignIn, SigninLink, UnconfirmedIdentity
from hubsync.store.sealed_text import NOTHING
from hubsync.store.sources import (
    IntakeEndpoint,
    ReceivedWebhook,
    RemovedNumber,
    SourceAccount,
    SourceComparison,
    SourceSilence,
)
from hubsync.store.teams import Invitation, InvitationClaim
from tests.kit import rows
from tests.kit.world import store_tokens

ROLES = {
    "acme": {"owner": "owner", "administrator": "administrator", "keeper": "member", "member": "member"},
    "globex": {"foreign owner": "owner", "foreign member": "member", "foreign third": "member"},
}
OUTSIDER = "outsider@nowhere.example"
"""Belongs to no team, and is invited to both."""
KEEPERS = {"acme": "keeper", "globex": "foreign member"}
INVOLVED = {"acme": "member", "globex": "foreign third"}
"""Whose membership the addresses of a team's members name."""

NUMBERS = {"acme": 2, "globex": 3}
"""Which of a source's addresses each team has, where a team may have several."""
RECEIVING = "signed_json"
"""The source that has sent something."""
FIRST_DELIVERY = """{"ref": "b-7", "who": {"mail": "mika@acme.example", "name": "Sato Mika"}, "open": null,
    "when": "2030-01-15T10:00:00+09:00", "fields": [{"label": "Topic", "value": "Price"}], "paid": false}"""
"""What a sender has sent whose fields nobody has taught yet."""


@dataclass(frozen=True)
class Things:
    """What an address can name in one team; the tokens are good."""

    team_slug: str
    calendar_id: int
    question_id: int
    source_id: int
    delivery_id: int
    person_id: int
    invitation_id: int
    identity_id: int
    session_id: int
    busy_calendar_id: int
    address_id: int
    parked_id: int
    mail_id: int
    erasure_id: int
    import_id: int
    number: int
    slug: str
    signin_link: str
    confirmation: str
    move: str
    cancellation: str
    intake_token: str
    invitation: str
    confirmed_identity: str
    claim: str
    booking_feed: str
    provider: str = "google"
    static_file: str = "shell/shell.css"
    bootstrap_file: str = "css/bootstrap.min.css"


def _add_import(session: Session, team_id: int, calendar_id: int, delivery_id: int) -> BookingImport:
    """An import whose rows are checked, and of which one is a booking already."""
    imported = BookingImport(
        team_id=team_id,
        calendar_id=calendar_id,
        started_at=now(),
        file_name="bookings.csv",
        size=40,
        state=ImportState.READY,
        encoding="utf-8",
        delimiter=",",
        columns=["", ""],
        rows=2,
        known=1,
        fresh=1,
    )
    session.add(imported)
    session.flush()
    imported.headings_sealed = import_files.seal_headings(imported.id, ["Name", "Email"])
    import_files.add_piece(session, imported.id, 0, b"Name,Email")
    import_files.add_block(session, imported.id, 0, [Record(2, 2, ("Sato Mika", "mika@example.com"))])
    session.add(ImportedBooking(delivery_id=delivery_id, import_id=imported.id, row=3))
    return imported


def add_full_team(session: Session, slug: str, people: dict[str, int], grant: Mapping[str, Any]) -> Things:
    """A new team with one of everything; *people* learns the ids of those who belong to it."""
    moment = now()
    team = rows.add_team(session, slug)
    for who, role in ROLES[slug].items():
        people[who] = rows.add_person(session, f"{who.replace(' ', '.')}@{slug}.example").id
        rows.add_member(session, team.id, people[who], role)
    keeper = people[KEEPERS[slug]]
    calendar, copied = (
        rows.add_calendar(session, team.id, keeper, f"{slug}-{name}") for name in ("intro", "copied")
    )
    budget = rows.add_question(session, calendar.id, "Budget")
    email, copied_email = (_email_question(session, each.id) for each in (calendar, copied))
    rows.add_mapping(session, calendar.id, ("contacts", "email", f"question:{email}", "Email"))
    rows.add_mapping(session, copied.id, ("contacts", "email", f"question:{copied_email}", "Email"))
    booking = rows.add_booking(
        session,
        team.id,
        calendar.id,
        external_id=f"{slug}-1",
        guest_email="mika@example.com",
        guest_time_zone="Asia/Tokyo",
        starts_at=moment + timedelta(days=3),
        answers={str(email): "mika@example.com"},
        created_at=moment,
    )
    invitation, confirming = f"invitation-of-{slug}".ljust(43, "x"), f"confirming-{slug}".ljust(43, "x")
    claim, feed = f"claim-of-{slug}".ljust(43, "x"), f"feed-of-{slug}".ljust(43, "x")
    intake, link = f"intake-of-{slug}".ljust(32, "x"), f"link-of-{slug}".ljust(43, "x")
    invited = Invitation(
        team_id=team.id,
        email=OUTSIDER,
        role="member",
        token_hash=fingerprint(invitation),
        invited_by_id=keeper,
        created_at=moment,
        expires_at=moment + timedelta(days=7),
    )
    identity = Identity(person_id=keeper, issuer="https://accounts.google.com", subject=slug, shown="a@b.example")
    session.add(SignIn(person_id=keeper, at=moment, way=SignInWay.LINK))
    elsewhere = PersonSession(
        proved_at=now(),
        person_id=keeper,
        token_hash=fingerprint(f"session of {slug}"),
        created_at=moment,
        last_seen_at=moment,
    )
    account = {"account_name": "Acme Trading (sandbox)", "ui_domain": "app.hubspot.com", "scopes": list(SCOPES)}
    store_tokens(rows.add_connection(session, team.id, **account), grant)
    parked = ParkedConnection(
        team_id=team.id,
        person_id=people[next(iter(ROLES[slug]))],
        method="oauth",
        hubspot_account_id="7654321",
        account_name="Blue Harbour (sandbox)",
        scopes=list(SCOPES),
        access_expires_at=moment + timedelta(minutes=30),
        created_at=moment,
        expires_at=moment + timedelta(minutes=10),
    )
    endpoints = [
        IntakeEndpoint(
            team_id=team.id,
            source=source.name,
            number=NUMBERS[slug] if source.takes_several else 1,
            token=intake if source.name == RECEIVING else f"{source.name}-{intake}",
            created_at=moment,
        )
        for source in SOURCES.values()
    ]
    booking_feed = BookingFeed(person_id=keeper, token_hash=fingerprint(feed), made_at=moment)
    session.add_all([invited, identity, elsewhere, parked, booking_feed, *endpoints])
    # Its server has asked for a pause, so that nobody asks it when *Read now* is pressed.
    busy = rows.add_busy_calendar(
        session,
        keeper,
        read_at=moment - timedelta(hours=2),
        fault_code=FeedBusy.code,
        faulty_since=moment - timedelta(hours=1),
        failures=1,
        next_read_at=moment + timedelta(hours=12),
    )
    busy.access_sealed = seal_access(busy.id, Access(f"https://calendar.example/secret-of-{slug}/work.ics"))
    times = [[int((moment + timedelta(hours=hour)).timestamp()) for hour in (1, 2)]]
    reach = {"from_at": moment - timedelta(days=1), "until": moment + timedelta(days=750)}
    unread = [[UnreadReason.NO_START, ""]]
    session.add(BusyTimes(busy_calendar_id=busy.id, times=times, unread=unread, **reach))
    session.add(
        SigninLink(
            person_id=keeper,
            token_hash=fingerprint(link),
            created_at=moment,
            expires_at=moment + timedelta(hours=1),
        )
    )
    session.add(
        UnconfirmedIdentity(
            issuer="https://accounts.google.com",
            subject=f"unconfirmed {slug}",
            email=f"owner@{slug}.example",
            token_hash=fingerprint(confirming),
            browser_hash=fingerprint("no browser"),
            created_at=moment,
            expires_at=moment + timedelta(hours=1),
        )
    )
    session.flush()
    session.add(
        InvitationClaim(
            invitation_id=invited.id,
            invitation_hash=fingerprint(invitation),
            token_hash=fingerprint(claim),
            browser_hash=fingerprint("no browser"),
            created_at=moment,
            expires_at=moment + timedelta(hours=1),
        )
    )
    vault = tools().vault
    for kind in ("access", "refresh"):
        place = f"parked:{parked.id}:{kind} token"
        setattr(parked, f"{kind}_sealed", vault.seal(place, grant[f"{kind}_token"]))
    for endpoint in endpoints:
        endpoint.secret_sealed = vault.seal(f"intake:{endpoint.id}", "secret of the intake")
        if SOURCES[endpoint.source].teachable is not None:
            endpoint.sample_sealed = vault.seal(f"intake:{endpoint.id}:sample", FIRST_DELIVERY)
            endpoint.sample_at = moment
    receiving = next(each for each in endpoints if each.source == RECEIVING)
    delivery = rows.add_delivery(session, booking, "failed")
    mail = OutboxMail(
        kind=MailKind.GUEST_CONFIRMATION,
        key=f"mail of {slug}",
        team_id=team.id,
        booking_id=booking.id,
        content_sealed=NOTHING,
        created_at=moment,
        settled_at=moment,
        fault=MailFailure.REFUSED,
    )
    session.add(mail)
    erasure = GuestErasure(
        team_id=team.id,
        asked_by_id=keeper,
        asked_at=moment,
        salt="5a17" * 8,
        email_hash="0" * 64,
        bookings=1,
        erased_here_at=moment,
        finished_at=moment,
    )
    session.add(erasure)
    imported = _add_import(session, team.id, calendar.id, delivery.id)
    chat = ChatAddress(
        team_id=team.id,
        service="Slack",
        shown="slack://…",
        address_sealed=vault.seal("nowhere", f"slack://secret-of-{slug}"),
        added_at=moment,
    )
    session.add(chat)
    session.flush()
    session.add(
        ChatAlert(
            address_id=chat.id,
            key=f"{chat.id}:notice",
            kind=AlertKind.TROUBLE,
            title="Bookings have not reached HubSpot",
            body="1 booking was not posted.",
            created_at=moment,
            tried_at=moment,
        )
    )
    session.add_all(
        [
            BookingName(team_id=team.id, source=booking.source, external_id="moved", booking_id=booking.id),
            BookingHistory(
                booking_id=booking.id,
                event=BookingEvent.MOVED,
                at=moment,
                started_before=moment - timedelta(days=1),
                starts_after=moment,
                reason="Illness",
            ),
            ReceivedWebhook(
                endpoint_id=receiving.id,
                received_at=moment,
                last_at=moment,
                result=Result.BOOKED,
                event="booking.completed",
                delivery_id=delivery.id,
            ),
            *(
                SourceAccount(
                    endpoint_id=each.id,
                    token_sealed=vault.seal(token_place(each.id), f"token of {slug}"),
                    account=slug,
                    shown=f"Host of {slug}",
                    scope="organization",
                    details={"organization": "organization-1", "user": "user-1"},
                    connected_at=moment,
                    intent=Intent.SUBSCRIBE,
                    subscription_id=f"subscription of {slug}",
                    subscription_state=SubscriptionState.ACTIVE,
                    checked_at=moment,
                    next_check_at=moment + timedelta(days=1),
                )
                for each in endpoints
                if SOURCES[each.source].api is not None
            ),
            SourceComparison(
                endpoint_id=endpoints[0].id, state=ComparisonState.RESTING, next_at=moment + timedelta(days=1)
            ),
            RemovedNumber(team_id=team.id, source=endpoints[0].source, number=1),
            SourceSilence(team_id=team.id, source=endpoints[0].source, next_look_at=moment + timedelta(hours=6)),
        ]
    )
    return Things(
        team_slug=slug,
        calendar_id=calendar.id,
        question_id=budget.id,
        source_id=copied.id,
        delivery_id=delivery.id,
        person_id=people[INVOLVED[slug]],
        invitation_id=invited.id,
        identity_id=identity.id,
        session_id=elsewhere.id,
        busy_calendar_id=busy.id,
        address_id=chat.id,
        parked_id=parked.id,
        mail_id=mail.id,
        erasure_id=erasure.id,
        import_id=imported.id,
        number=NUMBERS[slug],
        slug=calendar.slug,
        signin_link=link,
        confirmation=sign_booking(booking.id, as_sent=True),
        move=sign_change(booking.id, BookingEvent.MOVED),
        cancellation=sign_change(booking.id, BookingEvent.CANCELLED),
        intake_token=intake,
        invitation=invitation,
        confirmed_identity=confirming,
        claim=claim,
        booking_feed=feed,
    )


def _email_question(session: Session, calendar_id: int) -> int:
    asked = select(QuestionRow.id).where(QuestionRow.calendar_id == calendar_id, QuestionRow.part == Part.EMAIL)
    return session.scalars(asked).one()
