"""The page behind an invitation's link: it shows first, lets in once, and says plainly as whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.signin import links
from hubsync.services.teams import invitations
from hubsync.services.teams import members as team_members
from hubsync.store import db, end_read
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, Team
from tests.kit.browser import Browser
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.provider_signin import wait_for_mails
from tests.kit.settings import OWNER
from tests.kit.world import create_team

KENJI, AIKO = "kenji@acme.example", "aiko@acme.example"


@pytest.fixture
def link(app: Flask, team: Team, smtp: MailServer) -> str:
    """Where the mail to Kenji leads."""
    return invite(app, team, smtp)


def invite(app: Flask, team: Team, smtp: MailServer, email: str = KENJI, role: Role = Role.MEMBER) -> str:
    with app.app_context():
        by = team_members.list_members(team.id)[0].person_id
        end_read()
        invitations.invite(team.id, email, role, by=by)
    sent = re.search(r"http://localhost:8000(/invitations/\S+)", smtp.mails[-1].get_content())
    assert sent is not None
    return sent[1]


def roles(app: Flask, team: Team) -> dict[str, str]:
    with app.app_context():
        members = {member.person.email: member.role for member in team_members.list_members(team.id)}
        end_read()
        return members


def test_the_page_tells_team_inviter_and_role_and_opening_it_changes_nothing(
    app: Flask, team: Team, link: str
) -> None:
    visitor = Browser(app)
    for _ in range(3):
        page = words(visitor.open(link))
    for told in ("Acme", OWNER, "Member", KENJI):
        assert told in page
    assert visitor.client.head(link, base_url="http://localhost:8000").status_code == 200
    assert roles(app, team) == {OWNER: "owner"}
    assert visitor.get(link).headers["Cache-Control"] == "no-store"


def claim_link(smtp: MailServer) -> str:
    """The link that was mailed last to prove an invited address."""
    wait_for_mails()
    sent = re.search(r"http://localhost:8000(/signin/join/\S+)", smtp.mails[-1].get_content())
    assert sent is not None
    return sent[1]


def test_somebody_new_joins_by_a_link_mailed_now_and_lands_in_the_team(
    app: Flask, team: Team, link: str, smtp: MailServer
) -> None:
    kenji = Browser(app)
    page = kenji.open(link)
    assert [button.text.strip() for button in page.select("main button")] == ["Join"]
    answer = kenji.post(link, page=link, time_zone="Asia/Tokyo")
    assert f"A link is on its way to {KENJI}." in words(answer)
    assert "at most 5 such mails" in words(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert roles(app, team) == {OWNER: "owner"}, "the link of the invitation alone lets nobody in"
    claim = claim_link(smtp)
    assert smtp.mails[-1]["To"] == KENJI
    assert f"Join as {KENJI}" in words(kenji.open(claim))
    answer = kenji.post(claim, page=claim, time_zone="Asia/Tokyo")
    assert answer.headers["Location"] == "/teams/acme/calendars"
    assert "Welcome to Acme." in words(kenji.open("/teams/acme/calendars"))
    assert roles(app, team) == {OWNER: "owner", KENJI: "member"}
    again = kenji.get(claim)
    assert again.status_code == 410
    assert "does not work any more" in words(again)


@pytest.mark.parametrize("finder_is", ["nobody", "somebody"])
def test_an_invitation_that_was_passed_on_is_of_no_use_without_the_invited_mailbox(
    app: Flask, team: Team, link: str, smtp: MailServer, finder_is: str
) -> None:
    create_team(app, "Beta", "bob@beta.test")
    finder, kenji = Browser(app), Browser(app)
    if finder_is == "somebody":
        finder.sign_in("bob@beta.test")
    for _ in range(3):
        finder.post(link, page=link)
    assert finder.get("/teams/acme/calendars").status_code in {302, 404}
    claim = claim_link(smtp)
    assert {mail["To"] for mail in smtp.mails} == {KENJI}
    for page in (kenji.get(claim), kenji.post(claim, page=link)):  # its owner presses whatever there is
        assert page.status_code == 403
        assert "Open this link where you asked for it" in words(page)
    assert roles(app, team) == {OWNER: "owner"}


def test_joining_starts_a_session_that_knows_nothing_of_the_one_before(
    app: Flask, link: str, smtp: MailServer
) -> None:
    kenji = Browser(app)
    with kenji.client.session_transaction(base_url="http://localhost:8000") as session:
        session["planted"] = "by somebody else"
    kenji.post(link, page=link)
    claim = claim_link(smtp)
    kenji.post(claim, page=claim)
    with kenji.client.session_transaction(base_url="http://localhost:8000") as session:
        assert "planted" not in session
        assert "claiming" not in session
        assert "signed_in" in session


def test_opening_the_mailed_link_uses_nothing_up(app: Flask, team: Team, link: str, smtp: MailServer) -> None:
    kenji = Browser(app)
    kenji.post(link, page=link)
    claim = claim_link(smtp)
    for visitor in (kenji, Browser(app), kenji):
        visitor.get(claim)
    assert roles(app, team) == {OWNER: "owner"}
    kenji.post(claim, page=claim)
    assert roles(app, team)[KENJI] == "member"


def test_who_signs_in_or_out_after_asking_asks_again(app: Flask, team: Team, link: str, smtp: MailServer) -> None:
    create_team(app, "Other", AIKO)
    aiko = Browser(app)
    aiko.post(link, page=link)
    claim = claim_link(smtp)
    aiko.sign_in(AIKO)
    assert aiko.get(claim).status_code == 403
    aiko.post(link, page=link)
    claim = claim_link(smtp)
    aiko.post("/signout", page="/account")
    assert aiko.get(claim).status_code == 403
    assert roles(app, team) == {OWNER: "owner"}


def test_who_is_signed_in_under_the_address_joins_as_that(app: Flask, team: Team, link: str) -> None:
    create_team(app, "Other", KENJI)
    kenji = Browser(app).sign_in(KENJI)
    page = kenji.open(link)
    assert f"Join as {KENJI}" in words(page)
    assert "The invitation is for" not in words(page)
    kenji.post(link, page=link)
    assert roles(app, team)[KENJI] == "member"


def test_who_is_signed_in_under_another_address_joins_by_a_link_mailed_to_the_invited_one(
    app: Flask, team: Team, link: str, smtp: MailServer
) -> None:
    create_team(app, "Other", AIKO)
    aiko = Browser(app).sign_in(AIKO)
    page = words(aiko.open(link))
    assert f"The invitation is for {KENJI}, and you are signed in as {AIKO}" in page
    assert f"Mail a link to {KENJI}" in page
    assert f"Join as {AIKO}" not in page
    assert f"{AIKO} belongs to Acme then" in words(aiko.post(link, page=link))
    assert roles(app, team) == {OWNER: "owner"}
    claim = claim_link(smtp)
    assert f"Join as {AIKO}" in words(aiko.open(claim))
    aiko.post(claim, page=claim)
    assert roles(app, team) == {OWNER: "owner", AIKO: "member"}
    with app.app_context():
        assert db.session.query(Person).filter_by(email=KENJI).count() == 0
    owner = Browser(app).sign_in()
    trail = words(owner.open("/teams/acme/settings/audit-trail"))
    assert f"{AIKO} joined the team as Member by the invitation of {KENJI}" in trail


def test_who_is_in_the_team_already_has_nothing_to_press(owner: Browser, link: str) -> None:
    page = owner.open(link)
    assert "You belong to this team already" in words(page)
    assert page.select("main form") == []


def test_the_second_press_and_the_old_link_find_the_invitation_spent(
    app: Flask, team: Team, link: str, smtp: MailServer
) -> None:
    kenji, late = Browser(app), Browser(app)
    late_page = late.token(link)
    kenji.post(link, page=link)
    claim = claim_link(smtp)
    kenji.post(claim, page=claim)
    second = late.client.post(link, base_url="http://localhost:8000", data={"csrf_token": late_page})
    assert second.status_code == 410
    assert "This invitation is not open" in words(second)
    assert late.get("/teams/acme/calendars").headers["Location"] == "/signin"
    assert kenji.get(link).status_code == 410


def test_an_expired_and_a_made_up_link_look_the_same(app: Flask, link: str) -> None:
    visitor = Browser(app)
    made_up = visitor.get("/invitations/" + "x" * 43)
    with time_machine.travel(now() + timedelta(days=8)):
        expired = visitor.get(link)
    assert made_up.status_code == expired.status_code == 410
    assert words(made_up) == words(expired)
    assert "Acme" not in expired.text


def test_who_signs_in_first_comes_back_to_the_invitation_and_joins(app: Flask, team: Team, link: str) -> None:
    create_team(app, "Other", KENJI)
    kenji = Browser(app)
    kenji.open(link)
    with app.app_context():
        way_in = links.make_link(KENJI)
    kept = kenji.post(way_in, page=way_in).headers["Location"]
    assert kept == "/invitations/kept"
    assert f"Join as {KENJI}" in words(kenji.open(kept))
    assert kenji.post(kept, page=kept).headers["Location"] == "/teams/acme/calendars"
    assert roles(app, team) == {OWNER: "owner", KENJI: "member"}
    assert kenji.get(kept).status_code == 410


def test_who_signs_in_as_somebody_else_first_proves_the_invited_address(
    app: Flask, team: Team, link: str, smtp: MailServer
) -> None:
    create_team(app, "Other", AIKO)
    aiko = Browser(app)
    aiko.open(link)
    with app.app_context():
        way_in = links.make_link(AIKO)
    kept = aiko.post(way_in, page=way_in).headers["Location"]
    assert f"The invitation is for {KENJI}, and you are signed in as {AIKO}" in words(aiko.open(kept))
    assert aiko.post(kept, page=kept).status_code == 200
    assert roles(app, team) == {OWNER: "owner"}
    claim = claim_link(smtp)
    aiko.post(claim, page=claim)
    assert roles(app, team) == {OWNER: "owner", AIKO: "member"}


def test_who_has_an_account_signs_in_first_because_the_link_signs_nobody_in_there(
    app: Flask, team: Team, link: str
) -> None:
    create_team(app, "Other", KENJI)
    finder = Browser(app)
    page = finder.open(link)
    assert f"{KENJI} has an account here already" in words(page)
    assert page.select("main form") == []
    assert page.select_one("main a.btn-primary")["href"] == "/signin"
    assert finder.post(link, page="/signin").headers["Location"] == "/signin"
    assert finder.get("/teams/other/calendars").headers["Location"] == "/signin"
    assert roles(app, team) == {OWNER: "owner"}


def test_a_browser_that_opened_no_invitation_has_kept_none(owner: Browser) -> None:
    answer = owner.get("/invitations/kept")
    assert answer.status_code == 410
    assert "This invitation is not open" in words(answer)


def test_an_invitation_is_offered_to_somebody_without_a_team(
    app: Flask, team: Team, smtp: MailServer, link: str
) -> None:
    other = create_team(app, "Other", "owner@other.example")
    with app.app_context():
        kenji_id = join(other.id, KENJI, Role.MEMBER).id
        team_members.remove_member(other.id, kenji_id)
    kenji = Browser(app).sign_in(KENJI)
    page = kenji.open("/")
    assert "You are invited" in words(page)
    offer = str(page.select_one("main ul a")["href"])
    assert f"Join as {KENJI}" in words(kenji.open(offer))
    assert kenji.post(offer, page=offer).headers["Location"] == "/teams/acme/calendars"
    assert kenji.get(offer).status_code == 404
    assert kenji.post(offer, page="/teams/acme/calendars").status_code == 410


def test_an_invitation_is_offered_in_the_team_switcher(app: Flask, team: Team, link: str) -> None:
    create_team(app, "Other", KENJI)
    create_team(app, "Third", AIKO)
    side = Browser(app).sign_in(KENJI).open("/teams/other/calendars").select_one("aside .team-switcher")
    assert "You are invited to Acme: look at it" in words(side)
    side = Browser(app).sign_in(AIKO).open("/teams/third/calendars").select_one("aside .team-switcher")
    assert "invited" not in words(side)


def test_somebody_elses_offer_is_not_found(app: Flask, team: Team, owner: Browser, link: str) -> None:
    with app.app_context():
        offer = f"/invitations/open/{db.session.scalars(select(Invitation.id)).one()}"
    assert owner.get(offer).status_code == 404
    assert Browser(app).get(offer).headers["Location"] == "/signin"


def test_without_a_form_token_nobody_joins(app: Flask, team: Team, link: str) -> None:
    answer = Browser(app).client.post(link, base_url="http://localhost:8000")
    assert answer.status_code == 400
    assert roles(app, team) == {OWNER: "owner"}


def test_names_with_markup_stay_text(app: Flask, smtp: MailServer) -> None:
    hostile = "<script>alert(1)</script>{{7*7}} %(x)s"
    link = invite(app, create_team(app, hostile), smtp)
    page = Browser(app).open(link)
    assert page.select("script:not([src])") == []
    assert hostile in words(page)
    assert hostile in str(smtp.mails[-1]["Subject"])


class TestWithoutSigninLinks:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SIGNIN_LINKS": "off", "GOOGLE_CLIENT_ID": "us", "GOOGLE_CLIENT_SECRET": "secret"}

    def test_the_page_offers_the_providers_only(self, app: Flask, team: Team, link: str) -> None:
        visitor = Browser(app)
        page = visitor.open(link)
        assert [(button.text.strip(), button["value"]) for button in page.select("main button")] == [
            ("Continue with Google", "google")
        ]
        assert visitor.post(link, page=link).status_code == 400
        assert roles(app, team) == {OWNER: "owner"}

    def test_the_way_to_the_provider_remembers_the_invitation(self, app: Flask, link: str) -> None:
        visitor = Browser(app)
        answer = visitor.post(link, page=link, provider="google")
        assert answer.status_code == 307
        assert answer.headers["Location"] == "/signin/google"
        with visitor.client.session_transaction(base_url="http://localhost:8000") as session:
            assert link.endswith(session["invitation"])

    def test_a_spent_invitation_leads_to_no_provider(self, app: Flask, link: str) -> None:
        visitor = Browser(app)
        answer = visitor.post(f"/invitations/{'x' * 43}", page=link, provider="google")
        assert answer.status_code == 410
        with visitor.client.session_transaction(base_url="http://localhost:8000") as session:
            assert "invitation" not in session
