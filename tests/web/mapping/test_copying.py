"""Copying another calendar's mapping: what matches is taken over, what does not is listed, nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from hubsync.domain.questions import Kind
from hubsync.domain.roles import Role
from hubsync.services.calendars import calendars, questions
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.mapping.storage import load_mapping
from hubsync.services.teams import members
from hubsync.store import db, end_read
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry, Team
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import Pairs, filled
from tests.kit.page import read_page, words

__all__ = ["connected_team"]


@dataclass
class Second:
    """A calendar without a mapping, beside the team's own, which has one."""

    connected_team: ConnectedTeam
    id: int

    @property
    def editor(self) -> str:
        return f"/teams/acme/calendars/{self.id}/advanced/hubspot"

    def ask(self, label: str, kind: Kind) -> str:
        with self.connected_team.app.app_context():
            return f"question:{questions.add_question(self.id, questions.QuestionInput(label, kind, False))}"

    def token(self, label: str, piece: str = "") -> str:
        with self.connected_team.app.app_context():
            asked = db.session.get_one(Calendar, self.id).asked()
            return f"question:{next(each.id for each in asked if each.label == label)}{piece}"

    def rows(self) -> dict[str, str]:
        with self.connected_team.app.app_context():
            found = load_mapping(self.id)
            return {f"{row.section}.{row.property_name}": row.information for row in found.stored}

    def take(self, way: str, form: Pairs | None = None) -> TestResponse:
        fields = form or filled(self.connected_team.owner.open(self.editor))
        address = f"{self.editor}/copy/{self.connected_team.calendar_id}/take"
        return self.connected_team.owner.send(address, [*fields, ("way", way)])


@pytest.fixture
def second(connected_team: ConnectedTeam) -> Second:
    connected_team.ask("Budget", Kind.NUMBER)
    connected_team.ask("Interest", Kind.TEXT)
    connected_team.ask("Fax", Kind.TEXT)
    rows = {
        "companies-2-property_name": "annualrevenue",
        "companies-2-information": connected_team.token("Budget"),
        "companies-3-property_name": "city",
        "companies-3-information": "fact:host",
        "contacts-4-property_name": "jobtitle",
        "contacts-4-information": connected_team.token("Interest"),
    }
    assert connected_team.owner.press(connected_team.editor, **rows).status_code == 302
    with connected_team.app.app_context():
        person = db.session.query(Person.id).scalar()
        end_read()
        made = calendars.make_calendar(connected_team.team_id, person, CalendarInput("Demo", 30, "UTC")).id
        end_read()
    return Second(connected_team, made)


def test_matched_rows_are_taken_over_and_saved_only_by_save(second: Second) -> None:
    second.ask("budget :", Kind.NUMBER)
    answer = second.take("replace")
    assert answer.status_code == 200
    told = words(read_page(answer).select_one(".notice"))  # type: ignore[arg-type]
    assert "Copied from Intro call. 7 rows were taken over. Nothing is saved yet" in told
    assert "Job Title (jobtitle): No question here has the same label." in told
    assert "Fax Number (fax): No question here has the same label." in told
    assert second.rows() == {}
    assert second.connected_team.owner.send(second.editor, filled(read_page(answer))).status_code == 302
    assert second.rows() == {
        "companies.name": second.token("Company Name"),
        "companies.domain": second.token("Email"),
        "companies.annualrevenue": second.token("budget :"),
        "companies.city": "fact:host",
        "contacts.email": second.token("Email"),
        "contacts.lastname": second.token("Name", ":family_name"),
        "contacts.firstname": second.token("Name", ":given_name"),
    }


def test_the_audit_trail_tells_of_the_copy_with_both_calendars(second: Second) -> None:
    second.connected_team.owner.send(second.editor, filled(read_page(second.take("replace"))))
    with second.connected_team.app.app_context():
        entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert entry is not None
        assert entry.action == "mapping_copied"
        assert (entry.details["source"], entry.details["calendar"]) == ("Intro call", "Demo")


def test_the_page_before_lists_what_matches_and_what_does_not(second: Second) -> None:
    second.ask("Budget", Kind.TEXT)
    shown = second.connected_team.owner.open(f"{second.editor}/copy/{second.connected_team.calendar_id}")
    left, taken = shown.select("table.difference")
    assert "Company name (name) Company Name (question) Company Name (question)" in words(taken)
    assert "Annual Revenue (annualrevenue)" not in words(taken)
    assert "Budget (question) The question of the same label is of another kind here." in words(left)
    assert "has rows already" not in words(shown)
    sent = second.connected_team.owner.send(
        f"{second.editor}/copy/{second.connected_team.calendar_id}",
        filled(second.connected_team.owner.open(second.editor)),
    )
    assert "has rows already" not in words(read_page(sent))  # a new editor's proposals are nobody's work


def test_rows_that_are_here_stay_unless_they_are_to_be_replaced(second: Second) -> None:
    second.connected_team.owner.press(
        second.editor, **{"companies-0-information": "fact:source", "companies_on": "on"}
    )
    shown = second.connected_team.owner.open(f"{second.editor}/copy/{second.connected_team.calendar_id}")
    assert "Demo has rows already." in words(shown)
    filling = read_page(second.take("fill"))
    assert "5 properties have a row here already, which stays." in words(filling)
    assert "This property has a row" not in words(filling)
    second.connected_team.owner.send(second.editor, filled(filling))
    assert second.rows()["companies.name"] == "fact:source"
    assert second.rows()["companies.city"] == "fact:host"
    second.connected_team.owner.send(second.editor, filled(read_page(second.take("replace"))))
    assert second.rows()["companies.name"] == second.token("Company Name")


def test_what_is_typed_in_the_editor_is_taken_along_there_and_back(second: Second) -> None:
    form = filled(second.connected_team.owner.open(second.editor))
    form += [("contacts-9-property_name", "salutation"), ("contacts-9-information", "fact:source")]
    for way in ("copy", f"copy/{second.connected_team.calendar_id}"):
        shown = read_page(second.connected_team.owner.send(f"{second.editor}/{way}", form))
        form = filled(shown)
    kept = read_page(second.connected_team.owner.send(second.editor, [*form, ("back", "1")]))
    assert kept.select_one('[data-rows="contacts"] option[value="salutation"][selected]') is not None
    filling = read_page(second.take("fill", form))
    assert filling.select_one('[data-rows="contacts"] option[value="salutation"][selected]') is not None


def test_only_calendars_that_the_person_may_edit_are_offered(second: Second) -> None:
    shown = second.connected_team.owner.open(f"{second.editor}/copy")
    assert [words(each) for each in shown.select(".copy-sources li > span")] == ["Intro call"]
    own = second.connected_team.owner.open(f"{second.connected_team.editor}/copy")
    assert "No other mapping yet" in words(own)
    member = second.connected_team.add_person("member@acme.example", Role.MEMBER)
    made = member.press("/teams/acme/calendars/new", name="Mine", duration_minutes="30", time_zone="UTC")
    mine = f"{made.headers['Location']}/advanced/hubspot/copy"
    assert "No other mapping yet" in words(member.open(mine))
    assert member.get(f"{mine}/{second.connected_team.calendar_id}").status_code == 403


def test_other_teams_calendars_this_one_and_such_without_a_mapping_are_not_found(second: Second) -> None:
    with second.connected_team.app.app_context():
        members.create_team("Other", "other@other.example", "premium")
        person = db.session.query(Person.id).filter_by(email="other@other.example").scalar()
        team = db.session.query(Team.id).filter_by(slug="other").scalar()
        end_read()
        theirs = calendars.make_calendar(team, person, CalendarInput("Theirs", 30, "UTC")).id
    form = filled(second.connected_team.owner.open(second.editor))
    for source in (theirs, second.id, 999, 10**15):
        for way in (f"copy/{source}", f"copy/{source}/take"):
            answer = second.connected_team.owner.send(f"{second.editor}/{way}", [*form, ("way", "fill")])
            assert answer.status_code == 404, way
    assert second.connected_team.owner.get(f"{second.connected_team.editor}/copy/{second.id}").status_code == 404


@pytest.mark.parametrize("way", ["", "both", "²"])
def test_a_way_that_does_not_exist_is_refused(second: Second, way: str) -> None:
    assert second.take(way).status_code == 400


def test_a_property_that_is_gone_and_a_deleted_question_are_left_out(second: Second) -> None:
    connected_team = second.connected_team
    connected_team.own_property("companies", "city", hidden=True)
    connected_team.owner.press(connected_team.editor, ("refresh", "1"))
    connected_team.owner.press(
        f"{connected_team.advanced}/questions/{connected_team.token('Budget').split(':')[1]}/delete"
    )
    told = words(read_page(second.take("replace")).select_one(".notice"))  # type: ignore[arg-type]
    assert "HubSpot has no such property, or it cannot be filled with an answer." in told
    assert "Its question was deleted there." in told


def test_a_copy_of_a_calendar_that_is_unknown_is_saved_as_a_plain_save(second: Second) -> None:
    form = filled(second.connected_team.owner.open(second.editor))
    assert second.connected_team.owner.send(second.editor, [*form, ("copied_from", "999999")]).status_code == 302
    with second.connected_team.app.app_context():
        entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert entry is not None
        assert entry.action == "mapping_saved"
