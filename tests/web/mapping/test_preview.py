"""The preview of a mapping, as a calendar's owner sees it, without JavaScript."""

from __future__ import annotations

import pytest

from hubsync.domain.questions import Kind
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import AuditEntry
from tests.kit.forms import filled
from tests.kit.mapping_trials import book, from_editor, outcomes, records, values
from tests.kit.page import read_page, words
from tests.kit.rows import add_booking
from tests.kit.workshop import Workshop, workshop

__all__ = ["workshop"]


def test_the_rows_as_they_stand_are_previewed_and_not_saved(workshop: Workshop) -> None:
    answer = from_editor(
        workshop, "preview", **{"companies-5-property_name": "city", "companies-5-information": "fact:calendar"}
    )
    assert answer.status_code == 200
    shown = read_page(answer)
    assert "They are not saved yet." in words(shown)
    assert values(shown)["City (city)"] == ["Calendar name", "Intro call", "Intro call"]
    assert workshop.mapping() is None
    back = workshop.owner.send(workshop.editor, [*filled(shown), ("back", "1")])
    row = read_page(back).select_one("#companies-2-property_name option[selected]")
    assert row is not None
    assert row["value"] == "city"
    assert workshop.mapping() is None


def test_without_a_booking_an_example_is_shown_with_every_conversion(workshop: Workshop) -> None:
    shown = read_page(from_editor(workshop, "preview"))
    assert "this calendar has no bookings yet" in words(shown)
    seen = values(shown)
    assert seen["Company Domain Name (domain)"][1:] == [
        "mika.sato@acme.example.com",
        "acme.example.com (converted)",
    ]
    assert seen["Last Name (lastname)"][1:] == ["Sato", "Sato"]
    assert outcomes(shown) == {
        "Company": "would be registered",
        "Contact": "would be registered",
        "Association": "would be made",
    }


def test_the_latest_booking_is_previewed_and_hubspot_has_it_already(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    book(workshop, company="Acme", name="Mika Sato", email="mika@acme.com", comment="")
    workshop.calls()
    shown = workshop.owner.open(f"{workshop.editor}/preview")
    assert "With the latest booking: Mika Sato" in words(shown)
    assert values(shown)["Email(Required)"] == ["Email (question)", "mika@acme.com", "mika@acme.com"]
    assert outcomes(shown) == {"Company": "duplicate", "Contact": "duplicate", "Association": "none"}
    assert [call.split()[0] for call in workshop.calls()] == ["GET"]  # the company is remembered
    links = [str(each["href"]) for each in shown.select("table.parts a")]
    assert len(links) == 2
    assert all("/record/0-" in link for link in links)


@pytest.mark.parametrize("typed", [False, True], ids=["as booked", "other answers"])
def test_of_a_booking_without_a_time_the_row_of_date_and_time_is_left_out(workshop: Workshop, typed: bool) -> None:
    with workshop.app.app_context(), write_transaction() as session:
        add_booking(session, workshop.team_id, workshop.calendar_id, starts_at=None, location="Room 1")
    taken = {"city": "fact:start", "state": "fact:location", "phone": "fact:language"}
    rows = {}
    for number, (name, information) in enumerate(taken.items(), 10):
        rows |= {f"companies-{number}-property_name": name, f"companies-{number}-information": information}
    shown = read_page(from_editor(workshop, "preview", **rows))
    assert "With the latest booking: Mika Sato , without an appointment" in words(shown)
    if typed:
        answers = [*filled(shown), ("answers", "1")]
        shown = read_page(workshop.owner.send(f"{workshop.editor}/preview", answers))
    seen = {name.rpartition("(")[2]: told[1:] for name, told in values(shown).items()}
    assert seen["city)"] == ["", "The booking has no appointment, so there is no date and time to send."]
    assert seen["state)"] == ["Room 1", "Room 1"]
    assert seen["phone)"] == ["", "The booking does not tell it, so the property is not sent."]


def test_answers_typed_in_are_used_and_dropped_rows_explained(workshop: Workshop) -> None:
    employees = workshop.ask("Employees", Kind.TEXT)  # which is proposed for Number of Employees
    shown = read_page(
        from_editor(
            workshop,
            "preview",
            **{
                "companies-6-property_name": "city",
                "companies-6-information": "param:utm_source",
            },
        )
    )
    typed = dict(filled(shown))
    email = workshop.token("Email").replace("question:", "question-")
    typed |= {email: "mika@gmail.com", f"question-{employees}": "１００名", "param-utm_source": "letter"}
    answer = workshop.owner.send(f"{workshop.editor}/preview", [*typed.items(), ("answers", "1")])
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


def test_an_answer_that_no_guest_can_give_comes_back_at_its_field(workshop: Workshop) -> None:
    shown = read_page(from_editor(workshop, "preview"))
    email = workshop.token("Email").replace("question:", "question-")
    typed = dict(filled(shown)) | {email: "not an address"}
    answer = workshop.owner.send(f"{workshop.editor}/preview", [*typed.items(), ("answers", "1")])
    assert answer.status_code == 422
    assert "it is not an e-mail address" in words(read_page(answer).select_one(f"#{email}-error"))  # type: ignore[arg-type]
    assert not read_page(answer).select("table.values")


def test_an_empty_answer_leaves_its_row_out_without_a_warning(workshop: Workshop) -> None:
    shown = read_page(from_editor(workshop, "preview"))
    company = workshop.token("Company Name").replace("question:", "question-")
    typed = dict(filled(shown)) | {company: ""}
    seen = values(read_page(workshop.owner.send(f"{workshop.editor}/preview", [*typed.items(), ("answers", "1")])))
    assert seen["Company name (name)"][1:] == ["", "No answer, so the property is not sent."]


@pytest.mark.parametrize("state", ["disconnected", "lost"])
def test_without_hubspot_the_values_are_shown_all_the_same(workshop: Workshop, state: str) -> None:
    workshop.owner.press(workshop.editor)
    workshop.disconnect(state)
    shown = workshop.owner.open(f"{workshop.editor}/preview")
    assert values(shown)["Company name (name)"][2] == "Acme Trading"
    assert outcomes(shown)["Company"] == "not known"
    assert "could not be looked up" in words(shown)


def test_a_preview_changes_nothing(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    with workshop.app.app_context():
        trail = db.session.query(AuditEntry).count()
    workshop.owner.open(f"{workshop.editor}/preview")
    with workshop.app.app_context():
        assert db.session.query(AuditEntry).count() == trail
        assert db.session.query(Delivery).count() == 0
        assert db.session.query(Connection.last_posted_at).scalar() is None
    assert records(workshop, "contacts") == records(workshop, "companies") == []


@pytest.mark.parametrize("way", ["preview", "test"])
def test_rows_with_faults_come_back_in_the_editor(workshop: Workshop, way: str) -> None:
    answer = from_editor(workshop, way, **{"companies-0-information": "", "contacts-0-property_name": "nothing"})
    assert answer.status_code == 422
    shown = read_page(answer)
    assert shown.select_one("#companies-0-information-error") is not None
    assert shown.select_one("#contacts-0-property_name-error") is not None
    form = shown.select_one("form[data-editor]")
    assert form is not None
    assert form["action"] == workshop.editor


@pytest.mark.parametrize("way", ["preview", "test"])
def test_where_nothing_is_saved_the_address_leads_to_the_editor(workshop: Workshop, way: str) -> None:
    answer = workshop.owner.get(f"{workshop.editor}/{way}")
    assert (answer.status_code, answer.headers["Location"]) == (302, workshop.editor)


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
def test_a_form_that_no_editor_sends_is_refused(workshop: Workshop, way: str, name: str, value: str) -> None:
    form = filled(workshop.owner.open(workshop.editor))
    changed = [*(pair for pair in form if pair[0] != name), *([(name, value)] if value else [])]
    assert workshop.owner.send(f"{workshop.editor}/{way}", changed).status_code == 400


def test_a_paused_calendar_is_said_to_post_nothing(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    with workshop.app.app_context(), write_transaction() as session:
        session.query(MappingRecord).update({"active": False})
    assert "HubSpot is paused for this calendar" in words(workshop.owner.open(f"{workshop.editor}/preview"))
