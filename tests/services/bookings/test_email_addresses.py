"""An e-mail answer is understood once: for contact, company, duplicates, the log and erasing alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hubsync.domain.booking import GivenAnswer, Guest
from hubsync.domain.email_address import NoAddress
from hubsync.domain.questions import Kind, Part
from hubsync.services.bookings import corrections, erasure
from hubsync.services.bookings.completion import complete
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership
from tests.kit.clock import later
from tests.kit.source_bookings import source_booking

CONTACT = "POST /crm/objects/2026-09/contacts"
READ = "GET /crm/objects/2026-09/contacts/"
A_LABELS, OWN_LETTERS = "mika@xn--cck0a4k.jp", "mika@アクメ.jp"


def emails(acme: Any) -> list[str]:
    return sorted(each["properties"]["email"] for each in acme.records("contacts"))


@pytest.mark.parametrize(
    "typed",
    [
        "Sato, Mika <mika@acme.co.jp>",
        "mailto:mika@acme.co.jp?subject=Hi",
        "ｍｉｋａ＠ａｃｍｅ．ｃｏ．ｊｐ",
        "mika@acme.co.jp.",
        "「mika@ACME.co.jp」",
        "\u202amika\u200b@acme.co.jp\u202c",
    ],
)
@pytest.mark.quick_cases(3)
def test_contact_company_log_and_erasing_read_the_same_address(acme: Any, typed: str) -> None:
    delivery = acme.book("Sato Mika", typed)
    assert (delivery.state, delivery.company, delivery.contact) == ("posted", "created", "created")
    assert emails(acme) == ["mika@acme.co.jp"]
    assert [each["properties"]["domain"] for each in acme.records("companies")] == ["acme.co.jp"]
    assert (delivery.booking.guest_email, delivery.search_email) == ("mika@acme.co.jp", "mika@acme.co.jp")
    assert acme.book("Sato Mika", "MIKA@Acme.co.jp").state == "duplicate"
    assert erasure.count_guest(f"<{typed}>" if "<" not in typed else typed) == 2


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("a@two.co.jp, b@two.co.jp", NoAddress.SEVERAL),
        ("mika@acme.co.jp\nbcc: rei@other.co.jp", NoAddress.SEVERAL),
        ("mika acme.co.jp", NoAddress.NO_AT),
        ("mika@acme\nco.jp", NoAddress.SPACE),
    ],
)
def test_what_is_no_address_is_named_is_never_sent_and_can_be_corrected(
    acme: Any, typed: str, cause: NoAddress
) -> None:
    made: list[Delivery] = []
    calls = acme.calls_of(lambda: made.append(acme.book("Sato Mika", typed, "Acme")))
    delivery = made[0]
    assert CONTACT not in calls
    assert (delivery.state, delivery.reason) == ("partial", "address_unreadable")
    assert (delivery.company, delivery.contact) == ("created", "refused")
    named = {each["property"]: each["code"] for each in delivery.remarks if each["kind"] == "left_out"}
    assert named == {"domain": "no_domain_in_it", "email": cause.value}
    assert "\n" not in delivery.booking.guest_email + delivery.search_email

    membership = db.session.query(Membership).one()
    changed = {acme.question(Part.EMAIL).id: "mika@acme.co.jp"}
    corrections.correct(membership, delivery.id, changed, corrections.version_of(delivery.booking))
    ended = retry(delivery.id)
    assert (ended.state, ended.contact, ended.association) == ("posted", "created", "made")
    assert ended.search_email == "mika@acme.co.jp"


def test_without_a_company_nothing_stands_and_somebody_is_needed(acme: Any) -> None:
    made: list[Delivery] = []
    assert acme.calls_of(lambda: made.append(acme.book("", "nobody"))) == []
    assert (made[0].state, made[0].reason) == ("failed", "address_unreadable")


@pytest.mark.parametrize(
    ("taken", "contact", "creates"),
    [("a_labels", A_LABELS, 1), ("own_letters", OWN_LETTERS, 2), ("both", A_LABELS, 1)],
)
@pytest.mark.parametrize("typed", [OWN_LETTERS, A_LABELS, "Mika ＜mika＠ｱｸﾒ。jp＞"])
@pytest.mark.quick_cases(3)
def test_an_international_address_goes_out_in_the_form_that_hubspot_takes(
    acme: Any, taken: str, contact: str, creates: int, typed: str
) -> None:
    acme.settings(international_emails=taken)
    made: list[Delivery] = []
    calls = acme.calls_of(lambda: made.append(acme.book("Sato Mika", typed)))
    assert (made[0].state, made[0].contact, made[0].association) == ("posted", "created", "made")
    assert not [each for each in made[0].remarks if each["kind"] in ("dropped", "refused")]
    assert not any(attempt.said_sealed for attempt in made[0].attempts)
    assert calls.count(CONTACT) == creates
    assert emails(acme) == [contact]
    assert [each["properties"]["domain"] for each in acme.records("companies")] == ["xn--cck0a4k.jp"]
    for again in (A_LABELS, OWN_LETTERS, typed):
        assert acme.book("Sato Mika", again).contact_id == made[0].contact_id
    assert emails(acme) == [contact]


def test_a_contact_entered_in_the_other_form_is_recognised(acme: Any) -> None:
    acme.settings(international_emails="both")
    acme.book("Sato Mika", "mika@acme.co.jp")
    acme.sandbox.state.records_of(1234567, "contacts")[0].properties["email"] = OWN_LETTERS
    delivery = acme.book("Sato Mika", A_LABELS)
    assert (delivery.contact, delivery.association) == ("duplicate", "none")
    assert emails(acme) == [OWN_LETTERS]


def test_where_hubspot_takes_neither_form_each_is_tried_once(acme: Any) -> None:
    acme.settings(international_emails="neither")
    made: list[Delivery] = []
    calls = acme.calls_of(lambda: made.append(acme.book("Sato Mika", OWN_LETTERS, "Acme")))
    assert calls.count(CONTACT) == 2
    assert (made[0].state, made[0].contact, made[0].reason) == ("partial", "refused", "values_refused")


def test_an_address_of_one_form_is_sent_once(acme: Any) -> None:
    made: list[Delivery] = []
    calls = acme.calls_of(lambda: made.append(acme.book("Sato Mika", "mika@acme.example", "Acme")))
    assert (calls.count(CONTACT), made[0].contact) == (1, "refused")
    assert not [each for each in calls if each.startswith(READ)]


def test_a_bad_value_beside_the_form_that_hubspot_refuses_is_left_out(acme: Any) -> None:
    acme.settings(international_emails="own_letters")
    acme.map("contacts", "hs_object_id", f"question:{acme.question(Part.NAME).id}")
    delivery = acme.book("Sato Mika", A_LABELS, "Acme")
    assert (delivery.state, delivery.contact) == ("posted", "created")
    assert [each["property"] for each in delivery.remarks if each["kind"] == "dropped"] == ["hs_object_id"]
    assert emails(acme) == [OWN_LETTERS]


@pytest.mark.parametrize("taken", ["a_labels", "own_letters"])
def test_a_lost_answer_is_cleared_up_in_the_form_that_was_sent(acme: Any, taken: str) -> None:
    acme.settings(international_emails=taken)
    acme.book("Kato Rei", "rei@アクメ.jp")
    skipped = 0 if taken == "a_labels" else 1
    acme.fault(action="drop", method="POST", path="/contacts", when="after", times=1, skip=skipped)
    delivery = acme.book("Sato Mika", OWN_LETTERS)
    assert (delivery.state, delivery.contact) == ("retrying", "intent")
    with later(hours=2):
        run_due()
    ended = read_delivery(delivery.id)
    end_read()
    assert (ended.state, ended.contact, ended.association) == ("posted", "created", "made")
    assert len(emails(acme)) == 2


@pytest.mark.parametrize("label", ["email", "Where to write to you"])
def test_a_source_that_names_the_address_among_the_answers_only_is_found_by_it(acme: Any, label: str) -> None:
    booking = source_booking(answers=(GivenAnswer(label, "Mika <mika＠acme.co.jp>", Kind.EMAIL),))
    delivery = complete(acme.team_id, replace(booking, guest=Guest("Sato Mika", "")))
    assert (delivery.search_email, delivery.booking.guest_email) == ("mika@acme.co.jp", "mika@acme.co.jp")
    end_read()
