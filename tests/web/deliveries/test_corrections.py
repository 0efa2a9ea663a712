"""Correct an answer on a delivery that is not posted as it should be, and Retry."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from werkzeug.test import TestResponse

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.questions import Kind
from hubsync.services.bookings.corrections import CORRECTABLE
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import AuditEntry
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.page import Element, page_of, read_page, words
from tests.kit.world import service_key
from tests.web.deliveries.test_retry import ready_to_post


def where(delivery: int) -> str:
    return f"/teams/acme/deliveries/{delivery}/answers"


def fields_of(page: Element) -> dict[str, list[str]]:
    """What a browser would send with the form as it stands."""
    found: dict[str, list[str]] = {}
    for each in page.select("main form input, main form textarea, main form select"):
        if each.get("type") in ("radio", "checkbox") and not each.has_attr("checked"):
            continue
        value = each.get_text() if each.name == "textarea" else each.get("value", "")
        found.setdefault(str(each["name"]), []).append(str(value))
    return found


def save(reader: Browser, delivery: int, page: Element | None = None, **changed: Any) -> TestResponse:
    sent = fields_of(page or page_of(reader.get(where(delivery))))
    answer: TestResponse = reader.send(where(delivery), {**sent, **changed})
    return answer


def answers(log: Log, delivery: int) -> dict[str, Any]:
    with log.app.app_context():
        return dict(db.session.get_one(Delivery, delivery).booking.answers)


def add_question(log: Log, label: str, kind: Kind, choices: tuple[str, ...] = ()) -> str:
    with log.app.app_context(), write_transaction() as session:
        row = QuestionRow(
            calendar_id=log.calendars["owner"], position=9, label=label, kind=kind.value, choices=list(choices)
        )
        session.add(row)
        session.flush()
        return str(row.id)


@pytest.fixture
def asked(log: Log) -> dict[str, str]:
    return {label: str(number) for label, number in log.questions().items()}


def test_a_corrected_answer_is_what_the_next_attempt_posts(
    log: Log, owner: Browser, sandbox: SandboxServer, asked: dict[str, str]
) -> None:
    delivery = ready_to_post(log, sandbox)
    answer = save(owner, delivery, retry="yes", **{f"question-{asked['Company Name']}": "Globex K.K."})
    assert answer.location == f"/teams/acme/deliveries/{delivery}"
    page = page_of(owner.get(answer.location))
    assert "What HubSpot did not have yet was registered there." in words(page)
    found = requests.get(
        f"{sandbox.url}/crm/v3/objects/companies?properties=name",
        headers={"Authorization": f"Bearer {service_key(sandbox)}"},
        timeout=10,
    ).json()["results"]
    assert [company["properties"]["name"] for company in found] == ["Globex K.K."]
    assert log.state_of(delivery) == "posted"


def test_saving_alone_tries_nothing_and_is_told_without_the_answer_in_the_audit_trail(
    log: Log, owner: Browser, asked: dict[str, str]
) -> None:
    delivery = log.add("failed", answers={asked["Name"]: "Mika", asked["Comment"]: "first\nsecond"})
    page = page_of(owner.get(save(owner, delivery, **{f"question-{asked['Name']}": "Ken Ito"}).location))
    assert "The answers were saved. Press Retry to post them." in words(page)
    assert answers(log, delivery) == {asked["Name"]: "Ken Ito", asked["Comment"]: "first\nsecond"}
    assert log.state_of(delivery) == "failed"
    with log.app.app_context():
        entry = db.session.query(AuditEntry).one()
        assert (entry.action, entry.details) == (
            "answers_corrected",
            {"delivery": delivery, "questions": ["Name"]},
        )


def test_the_log_shows_and_finds_the_booking_by_what_was_corrected(
    log: Log, owner: Browser, asked: dict[str, str]
) -> None:
    delivery = log.add("failed", search_email="mika@old.com", search_company="old")
    corrected = {"Name": "Ken Ito", "Email": "Ken@New.com", "Company Name": "Ｎｅｗ Inc"}
    save(owner, delivery, **{f"question-{asked[label]}": text for label, text in corrected.items()})
    with log.app.app_context():
        row = db.session.get_one(Delivery, delivery)
        assert (row.booking.guest_name, row.booking.guest_email) == ("Ken Ito", "ken@new.com")
        assert (row.search_email, row.search_company) == ("ken@new.com", "new inc")


def test_faults_stand_at_their_field_and_nothing_typed_is_lost(
    log: Log, owner: Browser, asked: dict[str, str]
) -> None:
    delivery = log.add("failed")
    typed = {f"question-{asked['Email']}": "no address", f"question-{asked['Name']}": "Ken"}
    answer = save(owner, delivery, **typed)
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert "Email : Guests cannot enter this: it is not an e-mail address." in words(
        page.select_one(".error-summary")
    )
    assert fields_of(page).items() >= {name: [text] for name, text in typed.items()}.items()
    assert answers(log, delivery) == {}


def test_what_a_source_sent_is_not_checked_where_nobody_touched_it(
    log: Log, owner: Browser, asked: dict[str, str]
) -> None:
    size = add_question(log, "Employees", Kind.NUMBER)
    way = add_question(log, "Plan", Kind.SINGLE_CHOICE, ("A", "B"))
    several = add_question(log, "Days", Kind.SEVERAL_CHOICES, ("Mon", "Tue"))
    agreed = add_question(log, "Agreed", Kind.CHECK_BOX)
    stored = {size: "100名", way: "gone", several: ["Mon", "Sun"], agreed: True, asked["Email"]: "ミカ"}
    delivery = log.add("failed", answers=stored)
    save(owner, delivery, **{f"question-{asked['Name']}": "Ken"})
    assert answers(log, delivery) == {**stored, asked["Name"]: "Ken"}
    save(
        owner, delivery, **{f"question-{size}": "１００", f"question-{agreed}": [], f"question-{several}": ["Tue"]}
    )
    assert answers(log, delivery) == {
        **stored, size: "100", agreed: False, several: ["Tue"], asked["Name"]: "Ken"
    }  # fmt: skip


def test_two_who_correct_at_once_do_not_undo_each_other(log: Log, owner: Browser, asked: dict[str, str]) -> None:
    delivery = log.add("failed", answers={asked["Name"]: "Mika", asked["Email"]: "mika@acme.com"})
    seen_before = page_of(owner.get(where(delivery)))
    save(owner, delivery, **{f"question-{asked['Name']}": "Ken"})
    answer = save(owner, delivery, seen_before, **{f"question-{asked['Email']}": "ken@acme.com"})
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert "Somebody else corrected the answers meanwhile." in words(page.select_one(".error-summary"))
    assert fields_of(page)[f"question-{asked['Email']}"] == ["ken@acme.com"]
    assert answers(log, delivery) == {asked["Name"]: "Ken", asked["Email"]: "mika@acme.com"}
    assert fields_of(page)[f"question-{asked['Name']}"] == ["Ken"]  # as it is stored now; nobody touched it here
    assert save(owner, delivery, page).status_code == 302
    assert answers(log, delivery) == {asked["Name"]: "Ken", asked["Email"]: "ken@acme.com"}


def test_where_two_wrote_the_same_answer_the_second_is_told_before_it_is_replaced(
    log: Log, owner: Browser, asked: dict[str, str]
) -> None:
    name, email = (f"question-{asked[label]}" for label in ("Name", "Email"))
    delivery = log.add("failed", answers={asked["Name"]: "Mika", asked["Email"]: "mika@acme.com"})
    seen_before = page_of(owner.get(where(delivery)))
    save(owner, delivery, **{name: "Ken"})
    fault = read_page(save(owner, delivery, seen_before, **{name: "Rei", email: "no"}).text)
    answer = save(owner, delivery, fault, **{email: "mika@acme.com"})  # what was seen is remembered over a fault
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert "Name : Somebody else wrote “Ken” here. What you save replaces it." in words(
        page.select_one(".error-summary")
    )
    assert save(owner, delivery, page).status_code == 302
    assert answers(log, delivery) == {asked["Name"]: "Rei", asked["Email"]: "mika@acme.com"}


def test_nothing_is_corrected_while_it_is_being_posted(log: Log, owner: Browser, asked: dict[str, str]) -> None:
    delivery = log.add("failed")
    page = page_of(owner.get(where(delivery)))
    with log.app.app_context(), write_transaction() as session:
        session.get_one(Delivery, delivery).state = "sending"
    answer = save(owner, delivery, page, **{f"question-{asked['Name']}": "Ken"})
    assert answer.status_code == 409
    assert "The booking is just being posted, or was." in words(read_page(answer.text))
    assert answers(log, delivery) == {}


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.quick_cases(4)
def test_the_form_is_offered_where_an_attempt_may_still_come(log: Log, owner: Browser, state: str) -> None:
    delivery = log.add(state)
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery}"))
    assert bool(page.select(f"a[href='{where(delivery)}']")) == (state in CORRECTABLE)
    assert (owner.get(where(delivery)).status_code == 200) == (state in CORRECTABLE)


def test_a_deleted_question_that_was_answered_can_be_corrected_and_says_so(log: Log, owner: Browser) -> None:
    gone = log.ask("Budget", deleted=True)
    delivery = log.add("failed", answers={str(gone): "10"})
    page = page_of(owner.get(where(delivery)))
    assert "This question was deleted; guests are no longer asked." in words(page)
    save(owner, delivery, page, **{f"question-{gone}": "20"})
    assert answers(log, delivery) == {str(gone): "20"}


def test_a_member_does_not_correct_a_colleagues(log: Log, member: Browser) -> None:
    delivery = log.add("failed", "owner")
    assert member.get(where(delivery)).status_code == 403
    token = page_of(member.get("/teams/acme/deliveries")).select_one("input[name=csrf_token]")
    assert token is not None
    assert member.send(where(delivery), {"csrf_token": token["value"]}).status_code == 403


def test_saving_what_is_there_changes_and_records_nothing(log: Log, owner: Browser, asked: dict[str, str]) -> None:
    delivery = log.add("failed", answers={asked["Name"]: "Mika"})
    page = page_of(owner.get(save(owner, delivery).location))
    assert "Nothing was changed." in words(page)
    with log.app.app_context():
        assert db.session.query(AuditEntry).count() == 0
        assert db.session.query(BookingRecord).one().answers == {asked["Name"]: "Mika"}
