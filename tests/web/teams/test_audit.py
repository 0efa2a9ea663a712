"""Team Settings > Audit trail: one plain sentence for each action, in portions, for owner and administrators."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hubsync.domain.audit import AuditAction
from hubsync.services import now
from hubsync.services.sources import endpoint_setup
from hubsync.services.teams import audit, members
from hubsync.store import db, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry, Team
from hubsync.web.teams.audit import ON_A_PAGE
from hubsync.web.teams.audit_text import SENTENCES, describe
from tests.kit.browser import Browser
from tests.kit.page import words

TRAIL = "/teams/acme/settings/audit-trail"
DETAILS = {
    "team": "Acme",
    "owner": "mika@acme.example",
    "plan": "premium",
    "before": "member",
    "after": "administrator",
    "email": "kenji@acme.example",
    "role": "member",
    "person": "Kenji",
    "service": "Slack",
    "account": "1234567",
    "former_account": "7654321",
    "code": "access_lost",
    "calendar": "Intro call",
    "source": "signed_json",
    "mark": "T-1",
    "delivery": 7,
    "questions": ["Email"],
    "added": ["partner.com"],
    "removed": [],
    "number": 3,
    "responsible": "Mika Sato",
    "privacy_notice": "",
    "sites": ["https://www.acme.example"],
    "way": "by_link",
    "provider": "google",
    "language": "ja",
}


def entry(action: str, **details: object) -> AuditEntry:
    return AuditEntry(team_id=1, at=now(), person_shown="Mika", action=action, details=details)


@pytest.mark.parametrize("action", list(AuditAction))
def test_every_action_has_a_sentence_without_a_gap(app: Flask, action: AuditAction) -> None:
    with app.test_request_context():
        sentence = describe(entry(action.value, **DETAILS))
    assert sentence.endswith(".")
    assert "%" not in sentence
    assert "?" not in sentence
    assert "_" not in sentence.replace("signed_json" if action is AuditAction.MAPPING_COPIED else "%", "")


def test_no_sentence_is_for_an_action_there_is_not(app: Flask) -> None:
    assert set(SENTENCES) == set(AuditAction)


def test_an_entry_that_kept_less_and_one_of_another_version_are_shown_all_the_same(app: Flask) -> None:
    with app.test_request_context():
        assert describe(entry("calendar_deleted")) == "Mika deleted the calendar ? with everything it had."
        assert "danced" in describe(entry("danced"))


def test_what_names_contain_is_not_taken_for_a_format(app: Flask) -> None:
    with app.test_request_context():
        assert "%(who)s %d 100%" in describe(entry("team_renamed", before="a", after="%(who)s %d 100%"))


def test_the_page_tells_who_did_what_newest_first(app: Flask, team: Team, owner: Browser) -> None:
    owner.post("/teams/acme/settings/name", page="/teams/acme/settings", name="Acme Trading")
    owner.post("/teams/acme/settings/plan", page="/teams/acme/settings", plan="free")
    told = [words(row) for row in owner.open(TRAIL).select("tbody tr")]
    assert "owner@acme.example changed the plan from Premium to Free." in told[0]
    assert "owner@acme.example renamed the team from Acme to Acme Trading." in told[1]
    assert "The team Acme was made; its owner is owner@acme.example, its plan Premium." in told[2]


def test_a_new_secret_of_a_booking_source_is_told_without_the_secret(
    app: Flask, team: Team, owner: Browser
) -> None:
    page = "/teams/acme/settings/integrations/signed-json"
    shown = owner.open(owner.post(page, page=page).headers["Location"])
    secret = str(shown.select_one("#secret")["value"])
    trail = owner.open(TRAIL)
    assert "owner@acme.example set a new secret for the booking source Signed JSON." in words(trail)
    assert secret not in str(trail)


def test_of_several_addresses_the_trail_names_the_one_that_it_is_about(
    app: Flask, team: Team, owner: Browser
) -> None:
    with app.app_context():
        for name in ("Team space", ""):
            endpoint_setup.add_endpoint(team.id, "timerex", name=name, secret="shown there")
    page = "/teams/acme/settings/integrations/timerex/2"
    owner.post(f"{page}/disable", page=f"{page}/disable")
    disabled, second, first = (words(row) for row in owner.open(TRAIL).select("tbody tr")[:3])
    assert "switched the booking source TimeRex (2) off." in disabled
    assert "set a new secret for the booking source TimeRex (2)." in second
    assert "set a new secret for the booking source TimeRex (Team space)." in first


def test_older_entries_are_a_page_away_and_none_is_shown_twice(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        for number in range(ON_A_PAGE * 2):
            members.rename_team(team.id, f"Acme {number}")
    seen: list[str] = []
    address = TRAIL
    for _ in range(4):
        page = owner.open(address)
        seen += re.findall(r"to (Acme \d+)\.", words(page.select_one("main")))
        older = [link["href"] for link in page.select(".button-row a") if link.text == "Older"]
        if not older:
            break
        address = str(older[0])
    assert seen == [f"Acme {number}" for number in reversed(range(ON_A_PAGE * 2))]
    assert not older
    assert "Newest" in words(page)


@pytest.mark.parametrize("before", ["0", "-1", "²", "x", "", "9" * 40])
def test_a_place_that_is_none_is_no_mistake(owner: Browser, before: str) -> None:
    owner.open(f"{TRAIL}?before={before}")


def test_a_trail_without_entries_says_what_it_is_for(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context(), write_transaction() as session:
        session.query(AuditEntry).delete()
    assert "Here you will read who connected or disconnected HubSpot" in words(owner.open(TRAIL))


def test_another_teams_entries_are_not_shown(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        other = members.create_team("Secret plans", "owner@other.example", "free")
        with write_transaction() as session:
            by = session.query(Person).filter_by(email="owner@other.example").one().id
            audit.record(session, other.id, by, AuditAction.CONNECTED, account="42")
        assert db.session.query(AuditEntry).count() == 3
    assert "Secret" not in words(owner.open(TRAIL))


def test_names_with_markup_stay_text(app: Flask, team: Team, owner: Browser) -> None:
    hostile = "<script>alert(1)</script>"
    owner.post("/teams/acme/settings/name", page="/teams/acme/settings", name=hostile)
    page = owner.open(TRAIL)
    assert page.select("script:not([src])") == []
    assert hostile in words(page)
