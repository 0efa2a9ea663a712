"""A question stays the same one when its source calls it something else: its mapping goes on."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.domain.questions import Kind
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.calendars import questions
from hubsync.services.calendars.questions import QuestionInput
from hubsync.services.posting.draft import draft_booking
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.deliveries import Delivery
from tests.kit import databases

START = datetime(2027, 3, 5, 1, tzinfo=UTC)
IDS = count(1)


@pytest.fixture
def sent(acme: Any) -> Any:
    """The team, whose mapped calendar a source fills."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "intro"
    return acme


def booking(*answers: Any) -> Booking:
    """One with these answers: (label, value), or (label, value, key)."""
    given = tuple(GivenAnswer(each[0], each[1], key=each[2] if len(each) > 2 else "") for each in answers)
    guest, ends = Guest("Sato Mika", "mika@acme.co.jp", "Acme"), START + timedelta(minutes=30)
    return Booking("signed_json", f"b{next(IDS)}", "intro", "Intro", guest, START, ends, given)


def book(acme: Any, *answers: Any) -> Delivery:
    delivery = complete(acme.team_id, booking(*answers))
    end_read()
    return delivery


def asked(acme: Any) -> dict[str, QuestionRow]:
    """The questions that the source made, by what they are called."""
    found = {row.label: row for row in acme.calendar().questions if row.part is None}
    end_read()
    return found


def company_of(delivery: Delivery) -> dict[str, str]:
    drawn = draft_booking(delivery.booking)
    end_read()
    assert drawn is not None
    assert drawn.draft.company is not None
    return dict(drawn.draft.company)


@pytest.mark.parametrize("key", ["", "staff"])
def test_a_row_of_the_mapping_goes_on_under_the_new_label(sent: Any, key: str) -> None:
    book(sent, ("City", "Tokyo"), ("Staff", "12", key))
    row = asked(sent)["Staff"]
    sent.map("companies", "numberofemployees", f"question:{row.id}")
    moved = book(sent, ("City", "Osaka"), ("Number of employees", "34", key))
    assert company_of(moved)["numberofemployees"] == "34"
    assert list(asked(sent)) == ["City", "Number of employees"]
    again = asked(sent)["Number of employees"]
    assert (again.id, again.former_label, again.source_key) == (row.id, "Staff", key)
    assert again.relabelled_at is not None
    assert now() - again.relabelled_at < timedelta(minutes=1)
    assert (
        company_of(book(sent, ("City", "Kobe"), ("Number of employees", "56", key)))["numberofemployees"] == "56"
    )


def test_a_question_that_was_known_by_its_label_learns_its_key(sent: Any) -> None:
    book(sent, ("Staff", "1"), ("Email", "x@y.example"))
    book(sent, ("STAFF", "2", "k1"), ("Email", "x@y.example", "k2"), ("City", "Kobe", "k3"))
    rows = asked(sent)
    assert {label: row.source_key for label, row in rows.items()} == {"Staff": "k1", "City": "k3"}
    book(sent, ("People", "3", "k1"), ("E-mail address", "x@y.example", "k2"), ("Town", "Kobe", "k3"))
    assert [row.id for row in asked(sent).values()] == [row.id for row in rows.values()]
    assert list(asked(sent)) == ["People", "Town"]


def test_a_default_question_keeps_its_own_label_and_is_told_of_nowhere(sent: Any) -> None:
    book(sent, ("Email", "x@y.example", "k2"))
    book(sent, ("E-mail address", "x@y.example", "k2"))
    book(sent, ("Mail", "x@y.example", "k2"))
    assert list(asked(sent)) == []
    email = next(row for row in sent.calendar().questions if row.part == "email")
    assert (email.label, email.relabelled_at, email.source_label) == ("Email", None, "Mail")
    end_read()
    answered = book(sent, ("Email", "z@y.example")).booking.answers  # without a key it is still known by both
    assert answered[str(email.id)] == "z@y.example"
    assert list(asked(sent)) == []


def test_what_a_person_called_it_stays(sent: Any) -> None:
    book(sent, ("Staff", "1"))
    row = asked(sent)["Staff"]
    questions.change_question(
        sent.calendar_id, row.id, QuestionInput("People here", Kind(row.kind), required=False)
    )
    book(sent, ("Number of employees", "2"))
    again = asked(sent)["People here"]
    assert (again.id, again.source_label, again.former_label) == (row.id, "Number of employees", "Staff")
    assert again.relabelled_at is not None
    book(sent, ("Number of employees", "3"))
    assert list(asked(sent)) == ["People here"]


def test_a_label_that_another_question_is_shown_under_gets_a_number(sent: Any) -> None:
    book(sent, ("Staff", "1", "k1"), ("City", "Kobe", "k2"))
    row = asked(sent)["City"]
    questions.change_question(sent.calendar_id, row.id, QuestionInput("Employees", Kind(row.kind), required=False))
    book(sent, ("Employees", "2", "k1"), ("City", "Kobe", "k2"))
    assert sorted(asked(sent)) == ["Employees", "Employees (2)"]
    assert asked(sent)["Employees"].id == row.id


def test_labels_that_were_exchanged_are_shown_exchanged(sent: Any) -> None:
    book(sent, ("Staff", "1", "k1"), ("City", "Kobe", "k2"))
    before = {row.source_key: row.id for row in asked(sent).values()}
    book(sent, ("City", "1", "k1"), ("Staff", "Kobe", "k2"))
    assert {label: row.id for label, row in asked(sent).items()} == {"City": before["k1"], "Staff": before["k2"]}


def test_a_label_that_comes_again_from_before_is_no_news(sent: Any) -> None:
    book(sent, ("Staff", "1", "k1"))
    book(sent, ("社員数", "2", "k1"))
    with write_transaction() as session:
        session.query(QuestionRow).filter_by(source_key="k1").update({"relabelled_at": None})
    for label in ("Staff", "社員数", "Staff"):
        book(sent, (label, "3", "k1"))
        assert asked(sent)[label].relabelled_at is None


def test_only_the_booking_before_tells_where_a_question_stood(sent: Any) -> None:
    book(sent, ("Staff", "1"), ("City", "Kobe"))
    book(sent, ("Staff", "1"))
    book(sent, ("Staff", "1"), ("Budget", "5"))
    assert list(asked(sent)) == ["Staff", "City", "Budget"]


def test_a_question_without_a_label_is_called_by_its_key_until_it_has_one(sent: Any) -> None:
    book(sent, ("", "1", "q_staff"), ("", "2", "q_city"), ("", "3"))
    assert list(asked(sent)) == ["q_staff", "q_city", "Without a label (3)"]
    book(sent, ("Staff", "1", "q_staff"), ("", "2", "q_city"))
    assert list(asked(sent)) == ["Staff", "q_city", "Without a label (3)"]


def test_no_key_of_a_source_is_longer_than_its_column(sent: Any) -> None:
    book(sent, ("A", "1", "k" * 400), ("B", "2", "k" * 301))
    assert [row.source_key for row in asked(sent).values()] == ["k" * 300, ""]
    assert len(book(sent, ("C", "1", "k" * 350)).booking.answers) == 4


@pytest.mark.parametrize("database", databases.BOTH, indirect=True)
@pytest.mark.parametrize("key", ["", "staff"])
def test_two_deliveries_with_the_new_label_at_one_instant_are_one_question(sent: Any, key: str) -> None:
    book(sent, ("City", "Tokyo"), ("Staff", "1", key))
    row = asked(sent)["Staff"]
    for number in range(5):
        told = [booking(("City", "x"), (f"Label {number}", str(worker), key)) for worker in range(4)]
        start = threading.Barrier(len(told))

        def work(each: Booking, start: threading.Barrier = start) -> None:
            with sent.app.app_context():
                start.wait()
                complete(sent.team_id, each)

        threads = [threading.Thread(target=work, args=(each,)) for each in told]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.expire_all()
        assert {label: each.id for label, each in asked(sent).items() if label != "City"} == {
            f"Label {number}": row.id
        }
    answered = [each.booking.answers[str(row.id)] for each in db.session.query(Delivery)]
    end_read()
    assert sorted(answered) == sorted(["1", *map(str, range(4))] + [str(worker) for worker in range(4)] * 4)
