"""Team Settings > Members: inviting, roles, removing, handing over, by the buttons a person presses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.calendars.calendars import CalendarInput, make_calendar
from hubsync.services.teams import invitations
from hubsync.services.teams import members as team_members
from hubsync.store import end_read, write_transaction
from hubsync.store.outbox import OutboxMail
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import Element, words
from tests.kit.settings import BASE_URL, OWNER
from tests.kit.world import create_team

SETTINGS = "/teams/acme/settings"
MEMBERS = f"{SETTINGS}/members"
HAND_OVER = f"{SETTINGS}/hand-over"
CALENDARS = "/teams/acme/calendars"
KENJI = "kenji@acme.example"


def roles(app: Flask, team: Team) -> dict[str, str]:
    with app.app_context():
        members = {member.person.email: member.role for member in team_members.list_members(team.id)}
        end_read()
        return members


def add(app: Flask, team: Team, email: str = KENJI, role: Role = Role.MEMBER) -> int:
    with app.app_context():
        return join(team.id, email, role).id


def copied(visitor: Browser) -> Browser:
    """Another browser that holds a copy of this one's cookie."""
    other = Browser(visitor.app)
    cookie = visitor.client.get_cookie("hubsync", domain="localhost")
    assert cookie is not None
    other.client.set_cookie("hubsync", cookie.value, domain="localhost")
    return other


def row_of(page: Element, address: str) -> Any:
    return next(row for row in page.select("tbody tr") if address in row.text)


def test_an_invitation_is_sent_and_listed(owner: Browser, smtp: MailServer) -> None:
    owner.post(MEMBERS, page=MEMBERS, email=" Kenji＠Acme.example. ", role="administrator")
    page = owner.open(MEMBERS)
    assert "kenji@acme.example is invited" in words(page)
    row = words(row_of(page, KENJI))
    assert "Administrator" in row
    assert OWNER in row
    assert [mail["To"] for mail in smtp.mails] == [KENJI]


@pytest.mark.parametrize(
    ("email", "role"), [("nonsense", "member"), ("", "member"), (OWNER, "member"), ("x@acme.example", "owner")]
)
def test_who_cannot_be_invited_comes_back_at_the_field(
    app: Flask, team: Team, owner: Browser, smtp: MailServer, email: str, role: str
) -> None:
    answer = owner.post(MEMBERS, page=MEMBERS, email=email, role=role)
    assert answer.status_code == 422
    assert "Please correct this" in words(answer)
    assert f'value="{email}"' in answer.text
    assert smtp.mails == []
    with app.app_context():
        assert invitations.list_invitations(team.id) == []


def test_an_invitation_whose_mail_was_refused_stays_with_the_reason(owner: Browser, smtp: MailServer) -> None:
    smtp.answer = "550 5.7.1 Relaying denied"
    owner.post(MEMBERS, page=MEMBERS, email=KENJI, role="member")
    page = owner.open(MEMBERS)
    assert "The invitation is kept, but its mail could not be sent." in words(page)
    assert "550 5.7.1 Relaying denied" in words(page)
    row = words(row_of(owner.open(MEMBERS), KENJI))
    assert "not sent yet" in row
    assert "It is tried again at" in row
    smtp.answer = "250 OK"
    owner.post(again(page, KENJI), page=MEMBERS)
    page = owner.open(MEMBERS)
    assert "kenji@acme.example gets a new link" in words(page)
    assert "sent" in words(row_of(page, KENJI)).split()
    assert len(smtp.mails) == 1


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"unconfirmed": True}, "perhaps sent"),
        ({"sent_at": None, "fault": "refused"}, "could not be sent"),
        ({"sent_at": None, "settled_at": None}, "on its way"),
    ],
)
def test_the_row_of_an_invitation_says_what_became_of_its_mail(
    app: Flask, owner: Browser, columns: dict[str, Any], told: str
) -> None:
    owner.post(MEMBERS, page=MEMBERS, email=KENJI, role="member")
    with app.app_context(), write_transaction() as session:
        session.query(OutboxMail).update(columns)
    assert told in words(row_of(owner.open(MEMBERS), KENJI))


def again(page: Element, address: str, number: int = 0) -> str:
    """Where the buttons in the invitation's row lead: Send again, Withdraw."""
    return str(row_of(page, address).select("form")[number]["action"])


def test_an_invitation_is_withdrawn(app: Flask, team: Team, owner: Browser) -> None:
    owner.post(MEMBERS, page=MEMBERS, email=KENJI, role="member")
    withdrawing = again(owner.open(MEMBERS), KENJI, 1)
    owner.post(withdrawing, page=MEMBERS)
    assert "The invitation of kenji@acme.example is withdrawn" in words(owner.open(MEMBERS))
    assert "was removed meanwhile" in words(owner.post(withdrawing, page=MEMBERS))
    with app.app_context():
        assert invitations.list_invitations(team.id) == []


def test_another_teams_invitation_is_not_found(app: Flask, team: Team, owner: Browser) -> None:
    other = create_team(app, "Other", "owner@other.example")
    with app.app_context():
        by = team_members.list_members(other.id)[0].person_id
        end_read()
        foreign = invitations.invite(other.id, KENJI, Role.MEMBER, by=by).id
    for end in ("send-again", "withdraw"):
        answer = owner.post(f"{SETTINGS}/invitations/{foreign}/{end}", page=MEMBERS)
        assert answer.status_code == 404
    with app.app_context():
        assert len(invitations.list_invitations(other.id)) == 1


def test_a_role_is_changed_and_every_copy_of_the_cookie_is_dead(app: Flask, team: Team, owner: Browser) -> None:
    kenji_id = add(app, team, role=Role.ADMINISTRATOR)
    kenji = Browser(app).sign_in(KENJI)
    copy = copied(kenji)
    copy.open(SETTINGS)
    owner.post(f"{MEMBERS}/{kenji_id}/role", page=MEMBERS, role="member")
    assert roles(app, team)[KENJI] == "member"
    for browser in (kenji, copy):
        assert browser.get("/teams/acme/calendars").headers["Location"] == "/signin"
    assert owner.get(MEMBERS).status_code == 200


@pytest.mark.parametrize("role", ["owner", "emperor", ""])
def test_a_role_that_cannot_be_given_is_refused(app: Flask, team: Team, owner: Browser, role: str) -> None:
    kenji = add(app, team)
    assert owner.post(f"{MEMBERS}/{kenji}/role", page=MEMBERS, role=role).status_code == 400
    assert roles(app, team)[KENJI] == "member"


def test_who_lowers_the_own_role_stays_signed_in_in_this_browser_only(
    app: Flask, team: Team, owner: Browser
) -> None:
    kenji_id = add(app, team, role=Role.ADMINISTRATOR)
    kenji = Browser(app).sign_in(KENJI)
    copy = copied(kenji)
    answer = kenji.post(f"{MEMBERS}/{kenji_id}/role", page=MEMBERS, role="member")
    assert answer.headers["Location"] == "/teams/acme/calendars"
    assert "Your role is changed." in words(kenji.open("/teams/acme/calendars"))
    assert kenji.get(SETTINGS).status_code == 403
    assert copy.get("/teams/acme/calendars").headers["Location"] == "/signin"


def test_the_owner_cannot_be_demoted_or_removed(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        mika = team_members.list_members(team.id)[0].person_id
        end_read()
    for end in ("role", "remove"):
        answer = owner.post(f"{MEMBERS}/{mika}/{end}", page=MEMBERS, role="member")
        assert answer.status_code == 400
        assert "The owner stays the owner" in words(answer)
    assert roles(app, team) == {OWNER: "owner"}


def test_removing_asks_first_and_ends_the_sessions(app: Flask, team: Team, owner: Browser) -> None:
    kenji_id = add(app, team)
    kenji = Browser(app).sign_in(KENJI)
    question = f"{MEMBERS}/{kenji_id}/remove"
    assert f"Remove {KENJI}?" in words(owner.open(question))
    assert KENJI in roles(app, team)
    owner.post(question, page=question)
    assert KENJI not in roles(app, team)
    assert kenji.get("/").headers["Location"] == "/signin"


def test_whoever_goes_is_said_to_have_appointments_to_come(app: Flask, team: Team, owner: Browser) -> None:
    kenji_id = add(app, team)
    kenji = Browser(app).sign_in(KENJI)
    pages = ((owner, f"{MEMBERS}/{kenji_id}/remove"), (kenji, "/account/teams/acme/leave"))
    assert not any("still to come" in words(browser.open(page)) for browser, page in pages)
    with app.app_context():
        calendar = make_calendar(team.id, kenji_id, CalendarInput("Intro call", 30, "UTC"))
        with write_transaction() as session:
            for days, columns in (
                (1, {}),
                (2, {}),
                (-1, {}),
                (3, {"cancelled_at": now()}),
                (4, {"host_id": None}),
            ):
                told = {"host_id": kenji_id, "starts_at": now() + timedelta(days=days), **columns}
                rows.add_booking(session, team.id, calendar.id, **told)
    for browser, page in pages:
        assert "2 appointments are still to come" in words(browser.open(page))


def test_another_teams_member_is_not_found(app: Flask, team: Team, owner: Browser) -> None:
    other = create_team(app, "Other", "owner@other.example")
    stranger = add(app, other)
    for end in ("role", "remove"):
        answer = owner.post(f"{MEMBERS}/{stranger}/{end}", page=MEMBERS, role="member")
        assert answer.status_code == 404
    assert roles(app, other)[KENJI] == "member"


def test_the_team_is_handed_over_and_the_browser_stays_signed_in(app: Flask, team: Team, owner: Browser) -> None:
    kenji_id = add(app, team)
    kenji, copy = Browser(app).sign_in(KENJI), copied(owner)
    page = owner.open(HAND_OVER)
    assert [option.text for option in page.select("#person option")] == ["Choose", KENJI]
    answer = owner.post(HAND_OVER, page=HAND_OVER, person=str(kenji_id), typed_name="Acme")
    assert answer.headers["Location"] == MEMBERS
    assert roles(app, team) == {KENJI: "owner", OWNER: "administrator"}
    assert "kenji@acme.example owns the team now. You are an administrator." in words(owner.open(MEMBERS))
    assert owner.get(HAND_OVER).status_code == 403
    for ended in (kenji, copy):
        assert ended.get(MEMBERS).headers["Location"] == "/signin"


@pytest.mark.parametrize(
    ("person", "typed", "place"),
    [("", "Acme", "person"), ("0", "Acme", "person"), ("99", "Acme", "person"), ("kenji", "acme", "typed_name")],
)
def test_a_hand_over_that_will_not_do_comes_back_as_typed(
    app: Flask, team: Team, owner: Browser, person: str, typed: str, place: str
) -> None:
    kenji_id = add(app, team)
    chosen = str(kenji_id) if person == "kenji" else person
    answer = owner.post(HAND_OVER, page=HAND_OVER, person=chosen, typed_name=typed)
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert roles(app, team)[OWNER] == "owner"


def test_a_stranger_does_not_get_the_team(app: Flask, team: Team, owner: Browser) -> None:
    add(app, team)
    stranger = add(app, create_team(app, "Other", "owner@other.example"), "stranger@other.example")
    answer = owner.post(HAND_OVER, page=HAND_OVER, person=str(stranger), typed_name="Acme")
    assert answer.status_code == 422
    assert roles(app, team)[OWNER] == "owner"


def test_an_owner_alone_is_told_to_invite_somebody_first(owner: Browser) -> None:
    assert "Nobody to hand the team over to" in words(owner.open(HAND_OVER))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MEMBER])
def test_only_the_owner_hands_over_and_deletes(app: Flask, team: Team, role: Role) -> None:
    add(app, team, role=role)
    kenji = Browser(app).sign_in(KENJI)
    for page in (HAND_OVER, f"{SETTINGS}/delete"):
        assert kenji.get(page).status_code == 403
        answer = kenji.client.post(
            page,
            base_url=BASE_URL,
            data={"csrf_token": kenji.token("/teams/acme/calendars"), "typed_name": "Acme"},
        )
        assert answer.status_code == 403
    assert roles(app, team)[OWNER] == "owner"
