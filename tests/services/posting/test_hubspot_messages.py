"""HubSpot's own sentences are kept sealed with the attempt, and go when the booking goes."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.services import tools
from hubsync.services.bookings import erasure
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.posting.hubspot_messages import open_said
from hubsync.store import db, end_read
from hubsync.store.deliveries import Attempt, Delivery

SAID = "Guest mika@acme.co.jp is odd"
REFUSED = {
    "status": "error",
    "message": SAID,
    "category": "VALIDATION_ERROR",
    "errors": [{"message": "Her shoe size is missing", "code": "ODD"}],
}


def refuse(acme: Any, body: dict[str, Any] = REFUSED, path: str = "/contacts", status: int = 400) -> Delivery:
    acme.fault(action="status", status=status, method="POST", path=path, except_path="/search", body=body, times=1)
    delivery: Delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    return delivery


def said(delivery: Delivery) -> list[list[str]]:
    found = list(open_said(read_delivery(delivery.id)).values())
    end_read()
    return found


@pytest.mark.parametrize("status", [400, 403, 404, 422, 423, 500, 503])
@pytest.mark.quick_cases(4)
def test_what_hubspot_said_is_kept_and_no_text_of_ours_repeats_it(acme: Any, status: int) -> None:
    delivery = refuse(acme, status=status)
    assert said(delivery) == [[SAID, "Her shoe size is missing"]]
    attempt = delivery.attempts[-1]
    assert SAID not in attempt.said_sealed + str(attempt.detail) + str(delivery.remarks)


def test_what_was_said_of_a_row_that_was_left_out_is_kept_although_the_rest_was_posted(acme: Any) -> None:
    acme.map("contacts", "no_such_property", f"question:{acme.calendar().asked()[0].id}")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "posted"
    [[head, sentence]] = said(delivery)
    assert (head, "no_such_property" in sentence) == ("Property values were not valid", True)


def test_the_sentences_about_company_and_contact_are_both_kept(acme: Any) -> None:
    acme.fault(
        action="status",
        status=400,
        method="POST",
        path="/companies",
        except_path="/search",
        body={"message": "No such company"},
        times=1,
    )
    assert said(refuse(acme)) == [["No such company", SAID, "Her shoe size is missing"]]


@pytest.mark.parametrize("message", [None, 7, "", "  ", ["x"], {"a": 1}])
@pytest.mark.quick_cases(3)
def test_an_answer_without_words_leaves_nothing_to_show(acme: Any, message: Any) -> None:
    delivery = refuse(acme, {"message": message})
    assert said(delivery) == []
    assert delivery.attempts[-1].said_sealed == ""


def test_a_duplicate_is_no_refusal_and_keeps_no_words(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert said(acme.book("Sato Mika", "mika@acme.co.jp", "Acme")) == []


def test_words_that_no_key_opens_or_of_another_delivery_are_not_shown(acme: Any) -> None:
    delivery = refuse(acme)
    foreign = tools().vault.seal("delivery:999:said", "secret")
    for sealed in ("rubbish", foreign):
        db.session.query(Attempt).update({"said_sealed": sealed})
        db.session.commit()
        assert said(delivery) == []


def test_erasing_the_guest_takes_the_words_along(acme: Any) -> None:
    refuse(acme)
    erasure.erase_guest("mika@acme.co.jp", acme.team_id)
    assert db.session.query(Attempt).count() == 0
