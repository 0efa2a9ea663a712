"""What stands in each of the matrix's two teams, and what an address can name of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from hubsync.domain.fingerprints import fingerprint
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import now, tools
from hubsync.services.calendars.source_calendars import add_default_questions
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.deliveries import transitions
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection, ParkedConnection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Identity, Person, PersonSession, SigninLink, UnconfirmedIdentity
from hubsync.store.teams import IntakeEndpoint, Invitation, InvitationClaim, Membership, Team
from hubsync.web.bookings.form_tokens import sign_booking

ROLES = {
    "acme": {"owner": "owner", "administrator": "administrator", "keeper": "member", "member": "member"},
    "globex": {"foreign owner": "owner", "foreign member": "member", "foreign third": "member"},
}
OUTSIDER = "outsider@nowhere.example"
"""Belongs to no team, and is invited to both."""
KEEPERS = {"acme": "keeper", "globex": "foreign member"}
INVOLVED = {"acme": "member", "globex": "foreign third"}
"""Whose membership the addresses of a team's members name."""


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
    parked_id: int
    slug: str
    signin_link: str
    confirmation: str
    intake_token: str
    invitation: str
    confirmed_identity: str
    claim: str
    provider: str = "google"
    static_file: str = "shell/shell.css"
    bootstrap_file: str = "css/bootstrap.min.css"


def settle(session: Session, slug: str, people: dict[str, int], grant: dict[str, str]) -> Things:
    """A new team with one of everything; *people* learns the ids of those who belong to it."""
    moment = now()
    team = Team(slug=slug, name=slug.title(), plan="premium", created_at=moment)
    session.add(team)
    session.flush()
    for who, role in ROLES[slug].items():
        person = add_person(session, f"{who.replace(' ', '.')}@{slug}.example")
        people[who] = person.id
        session.add(Membership(team_id=team.id, person_id=person.id, role=role))
    keeper = people[KEEPERS[slug]]
    calendar, copied = _calendar(team.id, keeper, f"{slug}-intro"), _calendar(team.id, keeper, f"{slug}-copied")
    session.add_all([calendar, copied])
    session.flush()
    questions = add_default_questions(session, calendar)
    budget = QuestionRow(calendar_id=calendar.id, position=9, label="Budget", kind="text", supplement="")
    session.add(budget)
    session.flush()
    email = next(row for row in questions if row.part == "email")
    copied_email = next(row for row in add_default_questions(session, copied) if row.part == "email")
    mapping, copied_mapping = _mapping(calendar.id, email.id), _mapping(copied.id, copied_email.id)
    booking = BookingRecord(
        team_id=team.id,
        calendar_id=calendar.id,
        source="page",
        external_id=f"{slug}-1",
        guest_name="Mika Sato",
        guest_email="mika@example.com",
        guest_time_zone="Asia/Tokyo",
        starts_at=moment,
        ends_at=moment + timedelta(minutes=30),
        answers={str(email.id): "mika@example.com"},
        created_at=moment,
    )
    invitation, confirming = f"invitation-of-{slug}".ljust(43, "x"), f"confirming-{slug}".ljust(43, "x")
    claim = f"claim-of-{slug}".ljust(43, "x")
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
    elsewhere = PersonSession(
        person_id=keeper, token_hash=fingerprint(f"session of {slug}"), created_at=moment, last_seen_at=moment
    )
    vault = tools().vault
    connection = Connection(
        team_id=team.id,
        state="connected",
        hubspot_account_id="1234567",
        account_name="Acme Trading (sandbox)",
        ui_domain="app.hubspot.com",
        scopes=list(SCOPES),
        connected_at=moment,
        access_sealed=vault.seal(sealed_place(team.id, "access token"), grant["access_token"]),
        refresh_sealed=vault.seal(sealed_place(team.id, "refresh token"), grant["refresh_token"]),
        access_expires_at=moment + timedelta(minutes=30),
    )
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
    endpoint = IntakeEndpoint(team_id=team.id, source="signed_json", token=intake, created_at=moment)
    session.add_all([mapping, copied_mapping, booking, invited, identity, elsewhere, connection, parked, endpoint])
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
    for kind in ("access", "refresh"):
        place = f"parked:{parked.id}:{kind} token"
        setattr(parked, f"{kind}_sealed", vault.seal(place, grant[f"{kind}_token"]))
    endpoint.secret_sealed = vault.seal(f"intake:{endpoint.id}", "secret of the intake")
    delivery = Delivery(
        team_id=team.id, calendar_id=calendar.id, booking_id=booking.id, state="failed", created_at=moment
    )
    transitions.begin(session, delivery)
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
        parked_id=parked.id,
        slug=calendar.slug,
        signin_link=link,
        confirmation=sign_booking(booking.id, as_sent=True),
        intake_token=intake,
        invitation=invitation,
        confirmed_identity=confirming,
        claim=claim,
    )


def add_person(session: Session, email: str) -> Person:
    person = Person(email=email, created_at=now())
    session.add(person)
    session.flush()
    return person


def _calendar(team_id: int, owner_id: int, slug: str) -> Calendar:
    return Calendar(
        team_id=team_id,
        owner_id=owner_id,
        slug=slug,
        name="Intro call",
        time_zone="Asia/Tokyo",
        external_id=slug,
        created_at=now(),
    )


def _mapping(calendar_id: int, email_id: int) -> MappingRecord:
    row = MappingRow(
        section="contacts",
        position=1,
        property_name="email",
        property_label="Email",
        property_type="string",
        information=f"question:{email_id}",
    )
    return MappingRecord(calendar_id=calendar_id, updated_at=now(), rows=[row])
