"""The preview of a mapping, as a calendar's owner sees it, without JavaScript."""

from __future__ import annotations

import pytest

from hubsync.domain.questions import Kind
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import AuditEntry
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.mapping_trials import book, from_editor, outcomes, records, values
from tests.kit.page import read_page, words
from tests.kit.rows import add_booking

__all__ = ["connected_team"]


def test_the_rows_as_they_stand_are_previewed_and_not_saved(connected_team: ConnectedTeam) -> None:
    answer = from_editor(
        connected_team,
        "preview",
        **{"companies-5-property_name": "city", "companies-5-information": "fact:calendar"},
    )
    assert answer.status_code == 200
    shown = read_page(answer)
    assert "They are not saved yet." in words(shown)
    assert values(shown)["City (city)"] == ["Calendar name", "Intro call", "Intro call"]
    assert connected_team.mapping() is None
    back = connected_team.owner.send(connected_team.editor, [*filled(shown), ("back", "1")])
    row = read_page(back).select_one("#companies-2-property_name option[selected]")
    assert row is not None
    assert row["value"] == "city"
    assert connected_team.mapping() is None


def test_without_a_booking_an_example_is_shown_with_every_conversion(connected_team: ConnectedTeam) -> None:
    shown = read_page(from_editor(connected_team, "preview"))
    assert "this calendar has no bookings yet" in words(shown)
    seen = values(shown)
    assert seen["Company Domain Name (domain)"][1:] == [
        "mika.sato@acme.example.com",
        "acme.example.com (converted)",
    ]
    assert seen["Last Name (lastname)"][1:] == ["Mika Sato", "Sato"]
    assert seen["First Name (firstname)"][1:] == ["Mika Sato", "Mika"]
    assert outcomes(shown) == {
        "Company": "would be registered",
        "Contact": "would be registered",
        "Association": "would be made",
    }


def test_the_parts_of_a_name_are_shown_beside_it_and_why_one_is_missing(connected_team: ConnectedTeam) -> None:
    honorific = {"property_name": "salutation", "information": connected_team.token("Name", ":honorific")}
    rows = {f"contacts-7-{name}": value for name, value in honorific.items()}
    typed = dict(filled(read_page(from_editor(connected_team, "preview", **rows))))
    question = connected_team.token("Name").replace("question:", "question-")

    def look(name: str) -> list[list[str]]:
        answers = [*(typed | {question: name}).items(), ("answers", "1")]
        seen = values(read_page(connected_team.owner.send(f"{connected_team.editor}/preview", answers)))
        called = ("Last Name (lastname)", "First Name (firstname)", "Salutation (salutation)")
        assert {seen[each][1] for each in called} == {name}
        return [seen[each][2] for each in called]

    assert look("山田 太郎 様") == ["山田", "太郎", "様"]
    assert look("Dr. Jane van Dyke") == ["van Dyke", "Jane", "Dr."]
    whole, given, none = look("Madonna")
    assert whole == "Madonna"
    assert given.startswith("Left out. The name has one word")
    assert none == "The name has no such part, so the property is not sent."


def test_the_example_is_in_the_readers_language_and_order(connected_team: ConnectedTeam) -> None:
    form = filled(connected_team.owner.open(connected_team.editor))
    headers = {"Accept-Language": "ja"}
    shown = read_page(connected_team.owner.send(f"{connected_team.editor}/preview", form, headers=headers))
    seen = {name.rpartition("（")[2]: told[1:] for name, told in values(shown).items()}
    assert (seen["lastname）"], seen["firstname）"]) == (["佐藤 美香", "佐藤"], ["佐藤 美香", "美香"])


def test_the_latest_booking_is_previewed_and_hubspot_has_it_already(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    book(connected_team, company="Acme", name="Mika Sato", email="mika@acme.com", comment="")
    connected_team.calls()
    shown = connected_team.owner.open(f"{connected_team.editor}/preview")
    assert "With the latest booking: Mika Sato" in words(shown)
    assert values(shown)["Email(Required)"] == ["Email (question)", "mika@acme.com", "mika@acme.com"]
    assert outcomes(shown) == {"Company": "duplicate", "Contact": "duplicate", "Association": "none"}
    assert [call.split()[0] for call in connected_team.calls()] == ["GET"]  # the company is remembered
    links = [str(each["href"]) for each in shown.select("table.parts a")]
    assert len(links) == 2
    assert all("/record/0-" in link for link in links)


@pytest.mark.parametrize("typed", [False, True], ids=["as booked", "other answers"])
def test_of_a_booking_without_a_time_the_row_of_date_and_time_is_left_out(
    connected_team: ConnectedTeam, typed: bool
) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        add_booking(session, connected_team.team_id, connected_team.calendar_id, starts_at=None, location="Room 1")
    taken = {"city": "fact:start", "state": "fact:location", "phone": "fact:language"}
    rows = {}
    for number, (name, information) in enumerate(taken.items(), 10):
        rows |= {f"companies-{number}-property_name": name, f"companies-{number}-information": information}
    shown = read_page(from_editor(connected_team, "preview", **rows))
    assert "With the latest booking: Mika Sato , without an appointment" in words(shown)
    if typed:
        answers = [*filled(shown), ("answers", "1")]
        shown = read_page(connected_team.owner.send(f"{connected_team.editor}/preview", answers))
    seen = {name.rpartition("(")[2]: told[1:] for name, told in values(shown).items()}
    assert seen["city)"] == ["", "The booking has no appointment, so there is no date and time to send."]
    assert seen["state)"] == ["Room 1", "Room 1"]
    assert seen["phone)"] == ["", "The booking does not tell it, so the property is not sent."]


def test_answers_typed_in_are_used_and_dropped_rows_explained(connected_team: ConnectedTeam) -> None:
    employees = connected_team.ask("Employees", Kind.TEXT)  # which is proposed for Number of Employees
    shown = read_page(
        from_editor(
            connected_team,
            "preview",
            **{
                "companies-6-property_name": "city",
                "companies-6-information": "param:utm_source",
            },
        )
    )
    typed = dict(filled(shown))
    email = connected_team.token("Email").replace("question:", "question-")
    typed |= {email: "mika@gmail.com", f"question-{employees}": "１００名", "param-utm_source": "letter"}
    answer = connected_team.owner.send(f"{connected_team.editor}/preview", [*typed.items(), ("answers", "1")])
    assert answer.status_code == 200
    seen = values(read_page(answer))
    assert seen["Company Domain Name (domain)"][2].startswith("Left out. “gmail.com” is a free e-mail domain")
    assert seen["Number of Employees (numberofemployees)"][1:] == [
        "１００名",
        "Left out. “１００名” is not a number.",
    ]
    assert seen["City (city)"][1:] == ["letter", "letter"]
    again = read_page(answer).select_one(f"input[name={email}]")
    assert again is not None
    assert again["value"] == "mika@gmail.com"


def test_an_answer_that_no_guest_can_give_comes_back_at_its_field(connected_team: ConnectedTeam) -> None:
    shown = read_page(from_editor(connected_team, "preview"))
    email = connected_team.token("Email").replace("question:", "question-")
    typed = dict(filled(shown)) | {email: "not an address"}
    answer = connected_team.owner.send(f"{connected_team.editor}/preview", [*typed.items(), ("answers", "1")])
    assert answer.status_code == 422
    assert "it is not an e-mail address" in words(read_page(answer).select_one(f"#{email}-error"))  # type: ignore[arg-type]
    assert not read_page(answer).select("table.values")


def test_an_empty_answer_leaves_its_row_out_without_a_warning(connected_team: ConnectedTeam) -> None:
    shown = read_page(from_editor(connected_team, "preview"))
    company = connected_team.token("Company Name").replace("question:", "question-")
    typed = dict(filled(shown)) | {company: ""}
    seen = values(
        read_page(
            connected_team.owner.send(f"{connected_team.editor}/preview", [*typed.items(), ("answers", "1")])
        )
    )
    assert seen["Company name (name)"][1:] == ["", "No answer, so the property is not sent."]


@pytest.mark.parametrize("state", ["disconnected", "lost"])
def test_without_hubspot_the_values_are_shown_all_the_same(connected_team: ConnectedTeam, state: str) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.disconnect(state)
    shown = connected_team.owner.open(f"{connected_team.editor}/preview")
    assert values(shown)["Company name (name)"][2] == "Acme Trading"
    assert outcomes(shown)["Company"] == "not known"
    assert "could not be looked up" in words(shown)


def test_a_preview_changes_nothing(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context():
        trail = db.session.query(AuditEntry).count()
    connected_team.owner.open(f"{connected_team.editor}/preview")
    with connected_team.app.app_context():
        assert db.session.query(AuditEntry).count() == trail
        assert db.session.query(Delivery).count() == 0
        assert db.session.query(Connection.last_posted_at).scalar() is None
    assert records(connected_team, "contacts") == records(connected_team, "companies") == []


@pytest.mark.parametrize("way", ["preview", "test"])
def test_rows_with_faults_come_back_in_the_editor(connected_team: ConnectedTeam, way: str) -> None:
    answer = from_editor(
        connected_team, way, **{"companies-0-information": "", "contacts-0-property_name": "nothing"}
    )
    assert answer.status_code == 422
    shown = read_page(answer)
    assert shown.select_one("#companies-0-information-error") is not None
    assert shown.select_one("#contacts-0-property_name-error") is not None
    form = shown.select_one("form[data-editor]")
    assert form is not None
    assert form["action"] == connected_team.editor


@pytest.mark.parametrize("way", ["preview", "test"])
def test_where_nothing_is_saved_the_address_leads_to_the_editor(connected_team: ConnectedTeam, way: str) -> None:
    answer = connected_team.owner.get(f"{connected_team.editor}/{way}")
    assert (answer.status_code, answer.headers["Location"]) == (302, connected_team.editor)


@pytest.mark.parametrize("way", ["preview", "test", "test/send", "copy", "copy/2", "copy/2/take"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", ""),
        ("version", "²"),
        ("companies-²-information", "x"),
        ("copied_from", "-1"),
        ("csrf_token", ""),
    ],
)
@pytest.mark.quick_cases(7)
def test_a_form_that_no_editor_sends_is_refused(
    connected_team: ConnectedTeam, way: str, name: str, value: str
) -> None:
    form = filled(connected_team.owner.open(connected_team.editor))
    changed = [*(pair for pair in form if pair[0] != name), *([(name, value)] if value else [])]
    assert connected_team.owner.send(f"{connected_team.editor}/{way}", changed).status_code == 400


def test_a_paused_calendar_is_said_to_post_nothing(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(MappingRecord).update({"active": False})
    assert "HubSpot is paused for this calendar" in words(
        connected_team.owner.open(f"{connected_team.editor}/preview")
    )
