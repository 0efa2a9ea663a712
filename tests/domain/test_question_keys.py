"""A source's own key of a question decides, whatever its label is; a label decides where there is no key."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.occurrences import Asked, question_key
from tests.domain.source_calendar import Calendar

KEYS = ["k1", "k2", "k3", "k4"]
LABELS = ["Phone", "phone", "Mobile", "City", ""]
ANSWERS = st.builds(Asked, st.sampled_from(LABELS), st.sampled_from(["", *KEYS]))


def k(key: str, label: str = "Phone") -> Asked:
    return Asked(label, key)


def test_an_answer_with_a_key_finds_its_question_whatever_the_label() -> None:
    calendar = Calendar()
    assert calendar.book(k("a"), k("b")) == [1, 2]
    assert calendar.book(k("b"), k("a")) == [2, 1]
    assert calendar.book(k("b", "Mobile"), k("a", "Home")) == [2, 1]
    assert calendar.book(k("b", ""), k("a", "ＨＯＭＥ")) == [2, 1]
    assert [each.label for each in calendar.known] == ["Home", "Mobile"]


def test_labels_that_two_keys_exchange_are_exchanged_without_numbers() -> None:
    calendar = Calendar()
    calendar.book(k("a", "Phone"), k("b", "Mobile"))
    assert calendar.book(k("a", "Mobile"), k("b", "Phone")) == [1, 2]
    assert [(each.label, each.number) for each in calendar.known] == [("Mobile", 1), ("Phone", 1)]


def test_another_key_is_another_question_though_the_label_is_the_same() -> None:
    calendar = Calendar()
    assert calendar.book(k("a")) == [1]
    assert calendar.book(k("b")) == [2]
    assert calendar.book(k("b"), k("c"), k("a")) == [2, 3, 1]
    assert [each.number for each in calendar.known] == [1, 2, 3]


def test_a_question_that_was_known_by_its_label_learns_its_key() -> None:
    calendar = Calendar()
    assert calendar.book("Phone", "City") == [1, 2]
    assert calendar.book(k("a", "phone"), k("b", "City")) == [1, 2]
    assert calendar.book(k("a", "Mobile"), k("b", "Town")) == [1, 2]
    assert calendar.book(k("c", "Phone")) == [1 + 2]  # the label is free, and it is no longer that of the first


def test_an_answer_without_a_key_still_finds_the_question_of_its_label() -> None:
    calendar = Calendar()
    calendar.book(k("a"), k("b"), k("c", "City"))
    assert calendar.book("Phone", "Phone", "City") == [1, 2, 3]
    assert calendar.book("Phone", k("a")) == [2, 1]


def test_a_key_that_comes_twice_in_one_booking_counts_the_first_time() -> None:
    calendar = Calendar()
    assert calendar.book(k("a"), k("a")) == [1, 2]
    assert calendar.book(k("a"), k("a"), k("a")) == [1, 2, 3]
    assert [each.key for each in calendar.known] == ["a", "", ""]


def test_a_label_that_a_question_had_before_still_finds_it_unless_it_is_answered() -> None:
    calendar = Calendar()
    calendar.book(k("a", "Phone"), "City")
    calendar.book(k("a", "Mobile"), "City")
    assert calendar.book("Phone", "City") == [1, 2]  # a message from before that came late
    assert calendar.known[0].label == "Phone"
    assert calendar.book(k("a", "Mobile"), "Phone", "City") == [1, 3, 2]


def test_a_question_that_was_deleted_is_made_anew_under_its_key() -> None:
    calendar = Calendar()
    calendar.book(k("a"), k("b"))
    calendar.change(1, deleted=True)
    assert calendar.book(k("b"), k("a")) == [2, 3]
    assert calendar.book(k("a", "Mobile"), k("b")) == [3, 2]
    assert calendar.known[2].key == "a"


def test_a_name_that_a_person_gave_leaves_a_question_to_its_key() -> None:
    calendar = Calendar()
    calendar.book(k("a", "Phone"), k("b", "City"))
    calendar.change(1, name="City")
    assert calendar.book(k("b", "City"), k("a", "Phone")) == [2, 1]
    assert calendar.book(k("a", "Mobile"), k("b", "City")) == [1, 2]


@given(st.lists(st.lists(ANSWERS, max_size=7), max_size=6))
def test_no_two_answers_of_a_booking_share_a_question_and_no_two_questions_a_key_or_a_place(
    bookings: list[list[Asked]],
) -> None:
    calendar = Calendar()
    for asked in bookings:
        found = calendar.book(*asked)
        assert len(set(found)) == len(asked)
        assert max(Counter(each.key for each in calendar.known if each.key).values(), default=1) == 1
        new = Counter((question_key(each.label), each.number) for each in calendar.known)
        assert max(new.values(), default=1) == 1


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(LABELS)), max_size=8), st.data())
def test_a_key_keeps_its_question_whatever_labels_and_order_come(
    bookings: list[dict[str, str]], data: st.DataObject
) -> None:
    calendar = Calendar()
    known: dict[str, int] = {}
    for labels in bookings:
        asked = data.draw(st.permutations([Asked(label, key) for key, label in labels.items()]))
        for each, number in zip(asked, calendar.book(*asked), strict=True):
            assert known.setdefault(each.key, number) == number
            assert not each.label or question_key(calendar.known[number - 1].label) == question_key(each.label)


@given(st.lists(st.sampled_from(LABELS[:4]), min_size=1, max_size=6), st.data())
def test_keys_that_come_later_belong_to_the_questions_that_the_labels_had(
    labels: list[str], data: st.DataObject
) -> None:
    calendar = Calendar()
    found = calendar.book(*labels)
    keyed = [Asked(label, f"k{index}") for index, label in enumerate(labels)]
    assert calendar.book(*keyed) == found
    shuffled = data.draw(st.permutations(list(zip(keyed, found, strict=True))))
    relabelled = [Asked(f"new {index}", each.key) for index, (each, _) in enumerate(shuffled)]
    assert calendar.book(*relabelled) == [number for _, number in shuffled]
