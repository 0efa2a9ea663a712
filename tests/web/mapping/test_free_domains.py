"""The team's own free e-mail domains: typed on a page, honoured when a booking is drawn up and previewed."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.email_domains import free_domains
from hubsync.domain.roles import Role
from hubsync.services.deliveries import dispatch
from hubsync.services.mapping import free_domains as own
from hubsync.services.teams import audit
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Team
from hubsync.web.teams.audit_text import describe
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import read_page, words
from tests.kit.page_bookings import complete_page_booking
from tests.kit.world import create_team

__all__ = ["connected_team"]

HUBSPOT = "/teams/acme/settings/integrations/hubspot"
DOMAINS = f"{HUBSPOT}/free-domains"


def stored(app: Flask, slug: str = "acme") -> list[str]:
    with app.app_context():
        return list(db.session.query(Team.own_free_domains).filter_by(slug=slug).scalar())


def save(reader: Browser, domains: str) -> str:
    """Save the list and say what the HubSpot page answers."""
    answer = reader.press(DOMAINS, domains=domains)
    assert answer.status_code == 302, answer.text[:3000]
    assert answer.headers["Location"] == HUBSPOT
    return words(reader.open(HUBSPOT))


def refused(reader: Browser, domains: str) -> tuple[str, str]:
    """What the field says, and what still stands in it."""
    answer = reader.press(DOMAINS, domains=domains)
    assert answer.status_code == 422
    shown = read_page(answer)
    assert shown.select_one(".error-summary a[href='#domains']") is not None
    field = shown.select_one("#domains")
    assert field["aria-invalid"] == "true"
    assert "domains-error" in field["aria-describedby"].split()
    return words(shown.select_one("#domains-error")), field.get_text()


def test_the_hubspot_page_tells_both_lists_and_leads_to_the_teams_own(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(HUBSPOT)
    section = shown.select_one("section[aria-labelledby='free-domains']")
    assert f"The list for everybody ({len(free_domains()):,}) + none of your own" in words(section)
    assert section.select_one("a")["href"] == DOMAINS


def test_what_was_typed_is_kept_as_domains_and_shown_as_people_write_them(connected_team: ConnectedTeam) -> None:
    told = save(
        connected_team.owner, "Partner.com\r\n@agency.co.jp, https://www.coworking.jp/tokyo\r\nx@アクメ.jp"
    )
    assert stored(connected_team.app) == ["agency.co.jp", "coworking.jp", "partner.com", "xn--cck0a4k.jp"]
    assert "4 domains of your own count as free from the next booking on" in told
    assert "+ 4 of your own" in told
    assert "アクメ.jp" in told
    shown = connected_team.owner.open(DOMAINS)
    field = shown.select_one("#domains")
    assert "Team Settings" in [words(link) for link in shown.select("nav a[aria-current]")]
    assert field.get_text().split() == ["agency.co.jp", "coworking.jp", "partner.com", "アクメ.jp"]


def test_saving_what_is_shown_changes_nothing_and_is_no_action(connected_team: ConnectedTeam) -> None:
    save(connected_team.owner, "partner.com アクメ.jp")
    save(connected_team.owner, connected_team.owner.open(DOMAINS).select_one("#domains").get_text())
    assert stored(connected_team.app) == ["partner.com", "xn--cck0a4k.jp"]
    with connected_team.app.app_context():
        entries = [e for e in audit.read_trail(connected_team.team_id, 10) if e.action == "free_domains_changed"]
    assert len(entries) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("partner.com\nno domain", "These are not domains: “no”, “domain”."),
        ("*.partner.com", "This is not a domain: “*.partner.com”."),
        ("<script>alert(1)</script>.com", "This is not a domain: “<script>alert(1)</script>.com”."),
        ("partner.com\nwww.PARTNER.com", "This is there twice: “www.PARTNER.com”."),
        ("\n".join(f"d{n}.com" for n in range(501)), "A team can have 500 domains of its own."),
        (" ".join("x" * 40 for _ in range(9)), "These are not domains: " + "“" + "x" * 40 + "”, …."),
        ("a.com " + " " * 70_000, "A team can have 500 domains of its own."),
    ],
)
@pytest.mark.quick_cases(3)
def test_nonsense_repetition_and_too_many_are_refused_at_the_field_and_nothing_typed_is_lost(
    connected_team: ConnectedTeam, typed: str, said: str
) -> None:
    save(connected_team.owner, "former.com")
    error, kept = refused(connected_team.owner, typed)
    assert error == said
    assert kept == typed
    assert stored(connected_team.app) == ["former.com"]


def test_five_hundred_are_not_too_many(connected_team: ConnectedTeam) -> None:
    save(connected_team.owner, "\n".join(f"domain-{n:03}.co.jp" for n in range(500)))
    assert len(stored(connected_team.app)) == 500
    with connected_team.app.app_context():
        sentences = [describe(entry) for entry in audit.read_trail(connected_team.team_id, 10)]
    assert len(sentences[0]) < 400


def test_what_is_free_for_everybody_is_left_out_and_said(connected_team: ConnectedTeam) -> None:
    told = save(connected_team.owner, "gmail.com partner.com docomo.ne.jp")
    assert "Left out, because they are free for everybody: gmail.com, docomo.ne.jp." in told
    assert stored(connected_team.app) == ["partner.com"]


def test_an_empty_field_empties_the_list(connected_team: ConnectedTeam) -> None:
    save(connected_team.owner, "partner.com")
    assert "You have no free e-mail domains of your own." in save(connected_team.owner, " \n ")
    assert stored(connected_team.app) == []


def test_who_changed_which_domains_stands_in_the_audit_trail(connected_team: ConnectedTeam) -> None:
    save(connected_team.owner, "partner.com agency.jp")
    save(connected_team.owner, "agency.jp other.com")
    save(connected_team.owner, "agency.jp")
    with connected_team.app.app_context():
        sentences = [describe(entry) for entry in audit.read_trail(connected_team.team_id, 10)]
    assert sentences[0].endswith("free e-mail domains. Removed: other.com.")
    assert sentences[1] == (
        "owner@acme.example changed the team's own free e-mail domains. Added: other.com. Removed: partner.com."
    )
    assert sentences[2].endswith("free e-mail domains. Added: agency.jp, partner.com.")


def test_two_people_do_not_undo_each_other_unseen(connected_team: ConnectedTeam) -> None:
    administrator = connected_team.add_person("admin@acme.example", Role.ADMINISTRATOR)
    opened = read_page(administrator.get(DOMAINS))
    token, mark = (opened.select_one(f"main form [name={name}]")["value"] for name in ("csrf_token", "mark"))
    save(connected_team.owner, "partner.com")
    answer = administrator.send(DOMAINS, [("csrf_token", token), ("mark", mark), ("domains", "agency.jp")])
    shown = read_page(answer)
    assert answer.status_code == 422
    assert "Somebody changed the list meanwhile" in words(shown)
    assert words(shown.select_one("main details")) == "The list as it is saved partner.com"
    assert shown.select_one("#domains").get_text().strip() == "agency.jp"
    assert stored(connected_team.app) == ["partner.com"]
    mark = shown.select_one("main form [name=mark]")["value"]
    again = administrator.send(
        DOMAINS, [("csrf_token", token), ("mark", mark), ("domains", "agency.jp partner.com")]
    )
    assert again.status_code == 302
    assert stored(connected_team.app) == ["agency.jp", "partner.com"]


def test_a_member_neither_sees_nor_changes_the_list(connected_team: ConnectedTeam) -> None:
    member = connected_team.add_person("member@acme.example", Role.MEMBER)
    assert member.get(DOMAINS).status_code == 403
    assert member.send(DOMAINS, [("domains", "partner.com")]).status_code in (400, 403)
    assert stored(connected_team.app) == []


def test_the_whole_list_can_be_read(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.get(f"{DOMAINS}/list")
    assert answer.mimetype == "text/plain"
    assert {"docomo.ne.jp", "au.com", "gmail.com"} <= set(answer.text.split())
    assert len(answer.text.split()) == own.count_listed()


def map_emails(connected_team: ConnectedTeam) -> None:
    """Company Domain Name and Email(Required) <- the guest's e-mail."""
    information = connected_team.token("Email")
    with connected_team.app.app_context(), write_transaction() as session:
        both = (("companies", "domain", information), ("contacts", "email", information))
        rows.add_mapping(session, connected_team.calendar_id, *both)


def book(connected_team: ConnectedTeam, email: str) -> Delivery:
    """What became of a booking of the guest with this address."""
    questions = connected_team.questions()
    with connected_team.app.app_context():
        calendar = db.session.get_one(Calendar, connected_team.calendar_id)
        given = {questions["Name"].id: "Sato Mika", questions["Email"].id: email}
        booked = complete_page_booking(calendar, given)
        return dispatch.read_delivery(booked.id)


def test_from_the_next_booking_on_an_own_domain_belongs_to_no_company(connected_team: ConnectedTeam) -> None:
    map_emails(connected_team)
    assert book(connected_team, "mika@partner.com").company == "created"
    save(connected_team.owner, "partner.com アクメ.jp")
    delivery = book(connected_team, "rei+1@PARTNER.com")
    assert (delivery.company, delivery.contact) == ("none", "created")
    assert [(each["property"], each["code"], each["shown"]) for each in delivery.remarks] == [
        ("domain", "free_email_domain", "partner.com")
    ]
    assert book(connected_team, "ai@tokyo.partner.com").company == "created", "sub-domains are not free"
    save(connected_team.owner, "")
    assert book(connected_team, "jun@partner.com").company == "duplicate"


def test_a_preview_leaves_an_own_domain_out_too(connected_team: ConnectedTeam) -> None:
    map_emails(connected_team)
    book(connected_team, "mika@partner.com")
    assert "is a free e-mail domain" not in words(connected_team.owner.open(f"{connected_team.editor}/preview"))
    save(connected_team.owner, "partner.com")
    assert "“partner.com” is a free e-mail domain" in words(
        connected_team.owner.open(f"{connected_team.editor}/preview")
    )


def test_the_list_is_the_teams_own(app: Flask, connected_team: ConnectedTeam) -> None:
    second = create_team(app, "Second", "other@second.example")
    save(connected_team.owner, "partner.com")
    assert stored(app, "second") == []
    with app.app_context():
        assert own.own_free_domains(second.id) == frozenset()
        assert own.own_free_domains(connected_team.team_id) == {"partner.com"}
    other = Browser(app).sign_in("other@second.example")
    assert other.get(DOMAINS).status_code == 404
    assert "none of your own" in words(other.open(HUBSPOT.replace("acme", "second")))


def test_a_company_without_a_name_that_several_guests_ended_up_at_is_pointed_out(
    connected_team: ConnectedTeam,
) -> None:
    map_emails(connected_team)
    for email in ("mika@mailer.example", "rei@mailer.example", "rei@mailer.example", "jun@firm.example"):
        latest = book(connected_team, email)
    told = "different guests ended up at this company by the domain mailer.example alone"
    page_of = f"/teams/acme/deliveries/{latest.id - 1}"
    assert told not in words(connected_team.owner.open(page_of)), "two guests may be colleagues"
    latest = book(connected_team, "ai@mailer.example")
    page_of = f"/teams/acme/deliveries/{latest.id}"
    shown = connected_team.owner.open(page_of)
    assert f"3 {told}" in words(shown)
    way = shown.select_one("main a[href*='add=']")["href"]
    assert way == f"{DOMAINS}?add=mailer.example"

    save(connected_team.owner, "partner.com")
    shown = connected_team.owner.open(way)
    assert shown.select_one("#domains").get_text().split() == ["partner.com", "mailer.example"]
    assert "mailer.example stands at the end of the list now. Press Save to keep it there." in words(shown)
    assert stored(connected_team.app) == ["partner.com"], "looking changes nothing"
    save(connected_team.owner, shown.select_one("#domains").get_text())
    assert told not in words(connected_team.owner.open(page_of))
    assert connected_team.owner.open(way).select_one("#domains").get_text().split() == [
        "mailer.example",
        "partner.com",
    ]


def test_what_an_address_asks_to_add_is_a_domain_or_nothing(connected_team: ConnectedTeam) -> None:
    for asked in ("", "gmail.com", "no domain", "%3Cscript%3E", "x" * 500):
        shown = connected_team.owner.open(f"{DOMAINS}?add={asked}")
        assert shown.select_one("#domains").get_text().split() == []
        assert "stands at the end of the list" not in words(shown)
