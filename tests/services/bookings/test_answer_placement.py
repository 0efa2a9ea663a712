"""Answers of a source under the questions of its calendar: nothing is lost or lands under another row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.domain.notes import Note, NoteCode, read_note
from hubsync.domain.questions import Kind
from hubsync.services.bookings import answer_placement
from hubsync.services.bookings.completion import complete
from hubsync.services.bookings.corrections import correct, version_of
from hubsync.services.calendars import questions
from hubsync.services.calendars.questions import QuestionInput
from hubsync.services.posting.draft import draft_booking
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership

START = datetime(2027, 3, 5, 1, tzinfo=UTC)
IDS = count(1)


@pytest.fixture
def sent(acme: Any) -> Any:
    """The team, whose mapped calendar a source fills."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "intro"
    return acme


def book(acme: Any, *answers: Any, guest: Guest | None = None, notes: tuple[Note, ...] = ()) -> Delivery:
    """Take a booking with these answers: (label, value), or whole ones."""
    given = tuple(each if isinstance(each, GivenAnswer) else GivenAnswer(*each) for each in answers)
    who = guest or Guest("Sato Mika", "mika@acme.co.jp", "Acme")
    ends = START + timedelta(minutes=30)
    booking = Booking("signed_json", f"b{next(IDS)}", "intro", "Intro", who, START, ends, given, notes=notes)
    delivery = complete(acme.team_id, booking)
    end_read()
    return delivery


def answered(acme: Any, delivery: Delivery) -> dict[str, Any]:
    """The booking's answers by what their questions are called now, but for the default ones."""
    rows = {str(row.id): row for row in acme.calendar().questions}
    end_read()
    return {rows[key].label: value for key, value in delivery.booking.answers.items() if rows[key].part is None}


def noted(delivery: Delivery) -> list[tuple[str, str, str, str]]:
    notes = [read_note(each) for each in delivery.booking.notes]
    return [(note.code.value, note.place, note.label, note.shown) for note in notes]


def question_id(acme: Any, label: str) -> int:
    found = {row.label: row.id for row in acme.calendar().questions}
    end_read()
    return int(found[label])


def test_two_answers_of_one_label_are_posted_into_two_properties(sent: Any) -> None:
    book(sent, ("Phone", "1"), ("Phone", "2"))
    sent.map("contacts", "phone", f"question:{question_id(sent, 'Phone')}")
    sent.map("contacts", "mobilephone", f"question:{question_id(sent, 'Phone (2)')}")
    for answers, phones in [
        ([("phone", "3"), ("PHONE", "4")], {"phone": "3", "mobilephone": "4"}),
        ([("City", "x"), ("Phone", "5"), ("Ｐｈｏｎｅ", "6")], {"phone": "5", "mobilephone": "6"}),
        ([("Phone", "7")], {"phone": "7"}),
        ([("Phone", ""), ("Phone", "8")], {"mobilephone": "8"}),
    ]:
        drawn = draft_booking(book(sent, *answers).booking)
        assert drawn is not None
        assert drawn.draft.contact is not None
        assert {name: text for name, text in drawn.draft.contact.items() if "phone" in name} == phones


def test_two_hundred_answers_of_one_label_are_two_hundred_questions(sent: Any) -> None:
    delivery = book(sent, *(("Phone", str(number)) for number in range(200)))
    shown = answered(sent, delivery)
    assert len(shown) == 200
    assert (shown["Phone"], shown["Phone (2)"], shown["Phone (200)"]) == ("0", "1", "199")
    again = book(sent, *(("phone", str(number)) for number in range(200)))
    assert answered(sent, again) == shown
    assert noted(again) == []


def test_a_label_that_looks_like_the_second_of_another_is_a_question_of_its_own(sent: Any) -> None:
    first = book(sent, ("Phone", "1"), ("Phone", "2"), ("Phone (2)", "own"))
    assert answered(sent, first) == {"Phone": "1", "Phone (2)": "2", "Phone (2) (2)": "own"}
    assert answered(sent, book(sent, ("Phone (2)", "x"))) == {"Phone (2) (2)": "x"}
    other = book(sent, ("Fax (2)", "own"), ("Fax", "1"), ("Fax", "2"))
    assert answered(sent, other) == {"Fax (2)": "own", "Fax": "1", "Fax (3)": "2"}
    assert answered(sent, book(sent, ("Fax (2)", "x"), ("Fax", "y"))) == {"Fax (2)": "x", "Fax": "y"}


def test_answers_without_a_label_have_a_question_too(sent: Any) -> None:
    assert answered(sent, book(sent, ("", "a"), ("Phone", "1"), ("", "b"))) == {
        "Without a label": "a",
        "Phone": "1",
        "Without a label (2)": "b",
    }
    assert answered(sent, book(sent, ("", "c"))) == {"Without a label": "c"}


def test_labels_of_any_length_and_script_fit(sent: Any) -> None:
    long = "長" * 400
    delivery = book(sent, (long, "1"), (long + "い", "2"), ("\ufdfa" * 300, "3"))
    assert list(answered(sent, delivery).values()) == ["1", "2", "3"]
    assert {len(label) for label in answered(sent, delivery)} == {300}
    assert answered(sent, book(sent, (long, "1"), (long + "い", "2"), ("\ufdfa" * 300, "3"))) == answered(
        sent, delivery
    )


def test_a_renamed_question_goes_on_to_get_its_answers(sent: Any) -> None:
    book(sent, ("Phone", "1"), ("Phone", "2"))
    first = question_id(sent, "Phone")
    questions.change_question(sent.calendar_id, first, QuestionInput("Mobile", Kind.TEXT, False))
    assert answered(sent, book(sent, ("Phone", "3"), ("Phone", "4"))) == {"Mobile": "3", "Phone (2)": "4"}
    assert answered(sent, book(sent, ("mobile", "5"))) == {"Mobile": "5"}
    both = answered(sent, book(sent, ("Mobile", "6"), ("Phone", "7")))
    assert both["Mobile"] == "7"
    assert [value for label, value in both.items() if label != "Mobile"] == ["6"]


def test_questions_of_one_label_can_be_changed_and_no_other_can_be_given_that_label(sent: Any) -> None:
    book(sent, ("Phone", "1"), ("phone", "2"))
    with write_transaction() as session:  # two of one label, as they may stand there from before
        session.get_one(questions.QuestionRow, question_id(sent, "phone (2)")).label = "phone"
    second = question_id(sent, "phone")
    questions.change_question(sent.calendar_id, second, QuestionInput("phone", Kind.PHONE, False))
    assert sent.calendar().questions[-1].kind == Kind.PHONE
    end_read()
    city = questions.add_question(sent.calendar_id, QuestionInput("City", Kind.TEXT, False))
    with pytest.raises(questions.Refused, match="same label"):
        questions.change_question(sent.calendar_id, city, QuestionInput("PHONE", Kind.TEXT, False))
    with pytest.raises(questions.Refused, match="same label"):
        questions.add_question(sent.calendar_id, QuestionInput("phone", Kind.TEXT, False))


def test_a_deleted_question_of_two_leaves_the_other_its_answers(sent: Any) -> None:
    book(sent, ("Phone", "1"), ("Phone", "2"))
    first = question_id(sent, "Phone")
    questions.delete_question(sent.calendar_id, first)
    assert answered(sent, book(sent, ("Phone", "3"), ("Phone", "4"))) == {"Phone (2)": "4", "Phone": "3"}
    assert question_id(sent, "Phone") != first
    assert answered(sent, book(sent, ("Phone", "5"))) == {"Phone": "5"}


def test_a_question_that_a_person_added_beforehand_is_the_sources(sent: Any) -> None:
    questions.add_question(sent.calendar_id, QuestionInput("Phone", Kind.PHONE, False))
    questions.add_question(sent.calendar_id, QuestionInput("Fone", Kind.TEXT, False))
    questions.change_question(sent.calendar_id, question_id(sent, "Fone"), QuestionInput("City", Kind.TEXT, False))
    assert answered(sent, book(sent, ("Phone", "1"), ("City", "x"), ("phone", "2"))) == {
        "Phone": "1",
        "City": "x",
        "phone (2)": "2",
    }


@pytest.mark.parametrize(
    ("answers", "company", "others", "notes"),
    [
        ([], "Acme", {}, []),
        ([("Company Name", "Acme")], "Acme", {}, []),
        ([("company name", "Other")], "Other", {}, [("answered_twice", "guest.company", "Company Name", "Acme")]),
        ([("Company Name", "")], "Acme", {}, []),
        ([("Company Name", None), ("Company Name", "B")], "Acme", {"Company Name (2)": "B"}, []),
        (
            [("Company Name", "A"), ("Company Name", "B")],
            "A",
            {"Company Name (2)": "B"},
            [("answered_twice", "guest.company", "Company Name", "Acme")],
        ),
    ],
)
@pytest.mark.quick_cases(3)
def test_what_the_source_names_of_the_guest_gives_way_to_an_answer_and_is_noted(
    sent: Any, answers: list[Any], company: str, others: dict[str, str], notes: list[Any]
) -> None:
    delivery = book(sent, *answers)
    assert delivery.booking.answers[str(question_id(sent, "Company Name"))] == company
    assert answered(sent, delivery) == others
    assert noted(delivery) == notes


def test_what_has_no_question_is_noted(sent: Any) -> None:
    questions.delete_question(sent.calendar_id, question_id(sent, "Company Name"))
    assert noted(book(sent)) == [("no_question", "guest.company", "", "Acme")]


def test_a_source_whose_labels_never_repeat_does_not_fill_the_calendar_for_ever(sent: Any) -> None:
    per_booking = 200
    for batch in range(answer_placement.MOST_QUESTIONS // per_booking):
        book(sent, *((f"Label {batch} {number}", "x") for number in range(per_booking)))
    delivery = book(sent, ("One more", "kept"), ("Label 0 7", "y"), ("Empty", ""))
    assert answered(sent, delivery) == {"Label 0 7": "y"}
    assert noted(delivery) == [("no_question", "answers", "One more", "kept")]
    assert len(sent.calendar().questions) == answer_placement.MOST_QUESTIONS


def test_a_row_whose_answer_cannot_be_read_is_left_out_until_somebody_corrects_it(sent: Any) -> None:
    book(sent, ("City", "x"))
    city = question_id(sent, "City")
    sent.map("companies", "city", f"question:{city}")
    broken = GivenAnswer("City", None, note=Note(NoteCode.UNREADABLE, "answers", shown='{"x": 1}'))
    delivery = book(sent, broken, guest=Guest("Sato Mika", "rei@beta.co.jp", "Beta"))
    assert delivery.state == "posted"
    [remark] = [each for each in delivery.remarks if each["kind"] == "left_out"]
    assert (remark["property"], remark["code"]) == ("city", "unreadable")
    assert noted(delivery) == [("unreadable", "answers", "City", '{"x": 1}')]
    with write_transaction() as session:
        session.get_one(Delivery, delivery.id).state = "failed"
    membership = db.session.query(Membership).one()
    end_read()
    assert correct(membership, delivery.id, {city: "Osaka"}, version_of(delivery.booking)) == ["City"]
    again = db.session.get_one(Delivery, delivery.id, populate_existing=True)
    drawn = draft_booking(again.booking)
    assert drawn is not None
    assert drawn.draft.company is not None
    assert (drawn.draft.company["city"], drawn.draft.left_out) == ("Osaka", ())
    assert noted(again) == [("unreadable", "answers", "City", '{"x": 1}')]


def test_a_name_that_was_cut_is_posted_and_remarked(sent: Any) -> None:
    guest = Guest("Sato Mika", "mika@acme.co.jp", "A" * 1_000)
    delivery = book(sent, guest=guest, notes=(Note(NoteCode.CUT, "guest.company"),))
    assert delivery.state == "posted"
    assert [(each["property"], each["code"]) for each in delivery.remarks if each["kind"] == "left_out"] == [
        ("name", "cut")
    ]
    other = book(sent, ("Company Name", "Acme"), guest=guest, notes=(Note(NoteCode.CUT, "guest.company"),))
    assert [each for each in other.remarks if each["kind"] == "left_out"] == []
    assert [each[0] for each in noted(other)] == ["answered_twice", "cut"]


def test_what_the_booking_itself_could_not_keep_is_noted_once(sent: Any) -> None:
    note = Note(NoteCode.NO_QUESTION, "answers", "More", "kept")
    assert noted(book(sent, ("City", "x"), notes=(note,))) == [("no_question", "answers", "More", "kept")]
    assert replace(note, question_id=3).stored()["question"] == 3


def test_no_text_of_a_source_is_longer_than_its_column(sent: Any) -> None:
    long = "\u0130" * 1_000  # one letter that becomes two when it is lower case
    wide = "\ufdfa" * 1_000  # one letter that becomes eighteen in NFKC
    booking = Booking(
        "signed_json", "x" * 255, "y" * 255, wide, Guest(wide, long, wide, "Asia/Tokyo"), START, START,
        (GivenAnswer(wide, wide), GivenAnswer(wide, (wide, long))), {"utm": wide}, host=wide,
    )  # fmt: skip
    delivery = complete(sent.team_id, booking)
    assert delivery.state == "waiting"
    assert len(delivery.booking.guest_email) == 320
    end_read()
