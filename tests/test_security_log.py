"""Every event of the security log is written once by what it stands for, with ids and words of ours alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from hubsync.domain.roles import Role
from hubsync.domain.security_events import REFUSALS, SecurityEvent
from hubsync.errors import NotFound
from hubsync.identity import Proof
from hubsync.logs import SECURITY
from hubsync.services import security_log
from hubsync.services.bookings import booking_feed
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.limits import Limit, take_turns
from hubsync.services.operations.key_rotation import rotate_keys
from hubsync.services.signin import identities, links
from hubsync.services.teams import members
from hubsync.store import db, write_transaction
from hubsync.store.people import Identity, SignIn
from hubsync.store.teams import AuditEntry
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.provider_signin import wait_for_mails
from tests.kit.world import World, world

EXPORT = "/teams/acme/deliveries/export.csv"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GUEST = "ann@guest.example"
OWNERS_PROOF = Proof("google", "https://accounts.google.com", "subject-1", "owner@acme.example")


@dataclass
class Stage:
    app: Flask
    world: World

    def browser(self, role: str = "owner") -> Browser:
        return Browser(self.app, signed_in=self.world.sessions[role])

    def ask_for_a_link(self, email: str) -> None:
        Browser(self.app).post("/signin", email=email)
        wait_for_mails()

    def link_identity(self) -> None:
        with self.app.app_context():
            identities.link(self.world.people["owner"], OWNERS_PROOF)

    def unlink_identity(self) -> None:
        self.link_identity()
        with self.app.app_context():
            identities.unlink(self.world.people["owner"], db.session.scalars(select(Identity.id)).one())

    def exceed_a_limit(self) -> None:
        with self.app.app_context():
            assert take_turns("asking for mail", [Limit("network 192.0.2.7", 0)]) is not None

    def change_a_role(self) -> None:
        with self.app.app_context():
            owner, member = self.world.people["owner"], self.world.people["member"]
            members.change_role(self.world.team_id, member, Role.ADMINISTRATOR, by=owner)

    def make_a_feed(self) -> None:
        with self.app.app_context():
            booking_feed.make_address(self.world.people["owner"])

    def rotate(self) -> None:
        with self.app.app_context():
            rotate_keys()

    def erase(self) -> None:
        with self.app.app_context():
            with write_transaction() as session:
                booking = rows.add_booking(
                    session, self.world.team_id, self.world.calendars["intro"], guest_email=GUEST
                )
                rows.add_delivery(session, booking, "posted", search_email=GUEST)
            erase_guest(GUEST, self.world.team_id)

    def make_a_link(self) -> None:
        with self.app.app_context():
            links.make_link("owner@acme.example")


ACTS: dict[SecurityEvent, tuple[Callable[[Stage], object], str]] = {
    SecurityEvent.SIGNED_IN: (lambda on: Browser(on.app).sign_in_by_link("owner@acme.example"), "by_link"),
    SecurityEvent.SIGN_IN_REFUSED: (lambda on: on.ask_for_a_link("nobody@acme.example"), "nobodys_address"),
    SecurityEvent.LINK_MAILED: (lambda on: on.ask_for_a_link("owner@acme.example"), ""),
    SecurityEvent.LINK_MADE: (Stage.make_a_link, ""),
    SecurityEvent.LINK_SPENT: (lambda on: Browser(on.app).get("/signin/link/" + "x" * 43), "signin_link"),
    SecurityEvent.SIGNED_OUT: (lambda on: on.browser().post("/signout", page="/account"), ""),
    SecurityEvent.SESSIONS_ENDED: (
        lambda on: on.browser().post("/account/sessions/end-all", page="/account"),
        "all",
    ),
    SecurityEvent.IDENTITY_LINKED: (Stage.link_identity, "google"),
    SecurityEvent.IDENTITY_UNLINKED: (Stage.unlink_identity, "google"),
    SecurityEvent.ROLE_REFUSED: (lambda on: on.browser("member").get("/teams/acme/settings"), ""),
    SecurityEvent.PAGE_HIDDEN: (lambda on: on.browser().get("/teams/beta/deliveries"), ""),
    SecurityEvent.FORM_REFUSED: (lambda on: on.browser().send("/signout", {}), "no_token"),
    SecurityEvent.PROOF_REFUSED: (
        lambda on: Browser(on.app).send("/intake/json/nobodys", "{}"),
        "signed_json",
    ),
    SecurityEvent.RATE_LIMITED: (Stage.exceed_a_limit, "asking_for_mail"),
    SecurityEvent.EXPORTED: (
        lambda on: on.browser().get(EXPORT).text,
        "deliveries_exported",
    ),
    SecurityEvent.ACCESS_CHANGED: (Stage.change_a_role, "role_changed"),
    SecurityEvent.SECRET_CHANGED: (Stage.make_a_feed, "booking_feed_made"),
    SecurityEvent.KEYS_ROTATED: (Stage.rotate, ""),
    SecurityEvent.GUEST_ERASED: (Stage.erase, "guest_erased"),
}


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage(app, world(app, people=("owner", "member"), connected=None))


def written(caplog: pytest.LogCaptureFixture) -> list[tuple[logging.LogRecord, dict[str, object]]]:
    return [(each, each.facts) for each in caplog.records if each.name == SECURITY]  # type: ignore[attr-defined]


@pytest.mark.parametrize("event", list(SecurityEvent))
def test_each_event_is_written_once(stage: Stage, event: SecurityEvent, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, SECURITY)
    act, what = ACTS[event]
    act(stage)
    ((record, facts),) = [(each, facts) for each, facts in written(caplog) if facts["event"] == event]
    assert facts.get("what", "") == what
    assert record.levelno == (logging.WARNING if event in REFUSALS else logging.INFO)
    assert set(facts) <= {"event", "person", "team", "about", "what"}
    for text in ("@", "acme", "Ann", "Owner"):
        assert text not in f"{record.getMessage()} {facts}"


def test_what_is_not_kept_is_not_told_of(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, SECURITY)
    with stage.app.app_context():
        with pytest.raises(NotFound), write_transaction() as session:
            security_log.write_after_commit(session, SecurityEvent.SIGNED_IN)
            raise NotFound("not this time")
        with write_transaction():
            pass
    assert written(caplog) == []


def test_no_text_of_anybody_gets_into_an_event(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, SECURITY)
    for text in (GUEST, "Ann Lee", "a\nb", "山田"):
        security_log.write(SecurityEvent.EXPORTED, what=text)
    assert [facts for _record, facts in written(caplog)] == [{"event": "exported"}] * 4


def test_sign_ins_links_and_exports_are_in_the_trail_of_every_team(stage: Stage) -> None:
    owner = stage.world.people["owner"]
    with stage.app.app_context(), write_transaction() as session:
        rows.add_member(session, rows.add_team(session, "beta").id, owner)
    browser = Browser(stage.app).sign_in_by_link("owner@acme.example")
    stage.unlink_identity()
    assert browser.get(EXPORT).text
    of_both = ["person_signed_in", "identity_linked", "identity_unlinked"]
    with stage.app.app_context():
        entries = db.session.execute(select(AuditEntry.team_id, AuditEntry.action)).all()
    assert [action for team, action in entries if team == stage.world.team_id] == [*of_both, "deliveries_exported"]
    assert [action for team, action in entries if team != stage.world.team_id] == of_both
    told = words(browser.open("/teams/acme/settings/audit-trail"))
    assert "owner@acme.example signed in by a mailed link." in told
    assert "owner@acme.example linked an account at Google, which signs them in." in told
    assert "owner@acme.example exported the deliveries, with guests' names and addresses." in told


def test_the_account_page_says_when_somebody_signed_in_last(stage: Stage) -> None:
    assert "Last signed in" not in words(stage.browser().open("/account"))
    for _ in range(11):
        browser = Browser(stage.app)
        browser.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
        browser.sign_in_by_link("owner@acme.example")
    page = browser.open("/account")
    assert "by a mailed link: Firefox on Linux." in words(page)
    assert len(page.select("#sessions ~ details li")) == 9
    with stage.app.app_context():
        assert len(db.session.scalars(select(SignIn)).all()) == 10, "no more than the page shows"
