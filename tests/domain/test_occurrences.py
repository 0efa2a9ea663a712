"""The n-th answer of a label belongs to the n-th question of that label."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.occurrences import (
    LONGEST_LABEL,
    Asked,
    KnownQuestion,
    find_places,
    free_label,
    numbered,
    question_key,
)
from tests.domain.source_calendar import Calendar


@pytest.mark.parametrize(
    ("bookings", "questions"),
    [
        (["P P", "P P"], [[1, 2], [1, 2]]),
        (["P", "P P", "P"], [[1], [1, 2], [1]]),
        (["P P P", "P", "P P P P"], [[1, 2, 3], [1], [1, 2, 3, 4]]),
        (["P A P", "A P P", "P P A"], [[1, 2, 3], [2, 1, 3], [1, 3, 2]]),
        (["P p", "P p", "p P"], [[1, 2], [1, 2], [2, 1]]),  # an order that changes
        (["P p", "p", "P"], [[1, 2], [2], [1]]),  # one of them is not always answered
        (["P", "p", "Ｐ"], [[1], [1], [1]]),  # the same question in another spelling
        (["P P", "p p", "Ｐ p"], [[1, 2], [1, 2], [1, 2]]),
        (["P", "p P"], [[1], [2, 1]]),
        (["P p", "p p"], [[1, 2], [1, 2]]),  # the source no longer tells them apart
        (["電話 電話", "電話"], [[1, 2], [1]]),
        (["İ i̇", "i̇ İ"], [[1, 2], [2, 1]]),
        (["ß SS", "SS ß", "ss"], [[1, 2], [2, 1], [1]]),
    ],
)
def test_the_nth_answer_of_a_label_is_the_nth_questions(bookings: list[str], questions: list[list[int]]) -> None:
    calendar = Calendar()
    assert [calendar.book(*each.split(" ")) for each in bookings] == questions


def test_spaces_do_not_make_another_question() -> None:
    calendar = Calendar()
    assert calendar.book("Phone no", " phone\u3000 no") == [1, 2]
    assert calendar.book("PHONE  NO") == [1]


def test_what_a_person_renamed_is_still_known_by_its_label() -> None:
    calendar = Calendar()
    calendar.book("Phone", "Phone")
    calendar.change(1, name="Mobile")
    assert calendar.book("Phone", "Phone") == [1, 2]
    assert calendar.book("Phone") == [1]
    calendar.change(2, name="Office")
    assert calendar.book("Phone", "Phone", "Phone") == [1, 2, 3]


def test_a_name_that_a_person_gave_is_known_unless_the_question_is_answered_itself() -> None:
    calendar = Calendar()
    calendar.book("Phone", "City")
    calendar.change(1, name="Mobile")
    assert calendar.book("mobile", "City") == [1, 2]
    assert calendar.book("Mobile", "City", "Mobile") == [1, 2, 3]
    assert calendar.book("Mobile", "Mobile") == [1, 3]
    assert calendar.book("Phone", "Mobile", "Mobile") == [1, 4, 3]
    assert calendar.book("Mobile", "Phone") == [4, 1]


def test_names_that_were_exchanged_do_not_exchange_the_answers() -> None:
    calendar = Calendar()
    calendar.book("A", "B")
    calendar.change(1, name="B")
    calendar.change(2, name="A")
    assert calendar.book("B", "A") == [2, 1]
    assert calendar.book("A") == [1]


def test_a_deleted_question_keeps_its_place() -> None:
    calendar = Calendar()
    calendar.book("Phone", "Phone")
    calendar.change(1, deleted=True)
    assert calendar.book("Phone", "Phone") == [3, 2]
    assert calendar.book("Phone") == [3]
    calendar.change(2, deleted=True)
    calendar.change(3, deleted=True)
    assert calendar.book("phone", "Phone") == [4, 5]


def test_questions_that_were_never_numbered_are_counted_as_they_stand() -> None:
    old = [KnownQuestion(7, "Phone"), KnownQuestion(8, "Ｐｈｏｎｅ"), KnownQuestion(3, "City", deleted=True)]
    assert ids("phone", "PHONE", "City", known=old) == [7, 8, None]
    assert ids("Ｐｈｏｎｅ", known=old) == [8]
    again = [KnownQuestion(1, "A", deleted=True), KnownQuestion(2, "A", 1), KnownQuestion(3, "A")]
    assert ids("A", "A", known=again) == [2, 3]


def ids(*labels: str, known: list[KnownQuestion]) -> list[int | None]:
    return [each.id for each in find_places([Asked(label) for label in labels], known)]


SPELLINGS = ["P", "p", "Ｐ", " P", "Q", "q", ""]


@given(st.lists(st.lists(st.sampled_from(SPELLINGS), max_size=8), max_size=5))
def test_no_two_answers_of_a_booking_share_a_question_or_get_one_of_another_label(
    bookings: list[list[str]],
) -> None:
    calendar = Calendar()
    for labels in bookings:
        found = calendar.book(*labels)
        assert len(set(found)) == len(labels)
        assert [question_key(calendar.known[each - 1].label) for each in found] == list(map(question_key, labels))


@given(st.permutations(SPELLINGS), st.lists(st.lists(st.sampled_from(SPELLINGS), unique=True), max_size=5))
def test_of_labels_that_only_differ_in_spelling_each_keeps_its_question_whatever_comes(
    first: list[str], bookings: list[list[str]]
) -> None:
    calendar = Calendar()
    known = dict(zip(first, calendar.book(*first), strict=True))
    for labels in bookings:
        assert calendar.book(*labels) == [known[label] for label in labels]


@given(st.lists(st.sampled_from(["P", "Q", "電話"]), max_size=9), st.data())
def test_the_nth_keeps_its_question_whatever_comes_between(labels: list[str], data: st.DataObject) -> None:
    calendar = Calendar()
    calendar.book("P", "Q", "電話")
    known = dict(zip(labels, _nth(labels, calendar.book(*labels)), strict=True))
    shuffled = data.draw(st.permutations(labels))
    assert dict(zip(shuffled, _nth(shuffled, calendar.book(*shuffled)), strict=True)) == known


def _nth(labels: list[str], found: list[int]) -> list[tuple[int, ...]]:
    """For each answer the questions of all answers of its label, in their order."""
    return [tuple(q for other, q in zip(labels, found, strict=True) if other == label) for label in labels]


@given(st.text(max_size=400), st.integers(1, 200))
def test_a_label_that_is_shown_fits_its_column_and_is_nobody_elses(label: str, number: int) -> None:
    shown = [free_label(label, number, set())]
    while len(shown) < 4:
        shown.append(free_label(label, number, {question_key(each) for each in shown}))
    assert all(len(each) <= LONGEST_LABEL for each in shown)
    assert len({question_key(each) for each in shown}) == 4
    assert all(a != b for a, b in pairwise(shown))


def test_the_second_of_a_label_is_shown_with_its_number() -> None:
    assert (numbered("Phone", 1), numbered("Phone", 2)) == ("Phone", "Phone (2)")
    assert free_label("Phone", 2, {"phone (2)"}) == "Phone (3)"
