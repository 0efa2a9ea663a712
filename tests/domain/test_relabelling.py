"""A label that changes keeps its question when kind and place say so, and only then."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hubsync.domain.occurrences import Asked
from hubsync.domain.questions import Kind
from tests.domain.source_calendar import Calendar

LABELS = ["A", "B", "C", "D", "E", "F"]
KINDS = [Kind.TEXT, Kind.CHECK_BOX, Kind.SEVERAL_CHOICES]


@pytest.fixture
def calendar() -> Calendar:
    """One that has A, B and C."""
    made = Calendar()
    assert made.book("A", "B", "C") == [1, 2, 3]
    return made


@pytest.mark.parametrize(("labels", "found"), [("X B C", [1, 2, 3]), ("A X C", [1, 2, 3]), ("A B X", [1, 2, 3])])
def test_the_one_new_label_is_that_of_the_one_that_is_missing(
    calendar: Calendar, labels: str, found: list[int]
) -> None:
    assert calendar.book(*labels.split()) == found
    assert calendar.book(*labels.split()) == found
    assert [each.label for each in calendar.known] == labels.split()


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ("X Y C", [4, 5, 3]),  # two new ones
        ("X B", [4, 2]),  # two are missing
        ("A B C X", [1, 2, 3, 4]),  # none is missing
        ("A B X C", [1, 2, 4, 3]),
        ("B X C", [2, 4, 3]),  # at another place
        ("B C X", [2, 3, 4]),
        ("X A B", [4, 1, 2]),
        ("A X B", [1, 4, 2]),
        ("A A B", [1, 4, 2]),  # the second of a label is no new label
        ("A B X B", [1, 2, 4, 5]),
        ("C X A", [3, 4, 1]),  # the others changed places
    ],
)
def test_where_anything_else_differs_it_is_a_question_of_its_own(
    calendar: Calendar, labels: str, found: list[int]
) -> None:
    assert calendar.book(*labels.split()) == found


def test_another_kind_is_another_question(calendar: Calendar) -> None:
    assert calendar.book("A", Asked("X", kind=Kind.CHECK_BOX), "C") == [1, 4, 3]
    other = Calendar()
    other.book("A", Asked("B", kind=Kind.NUMBER))
    assert other.book("A", Asked("X", kind=Kind.NUMBER)) == [1, 2]
    assert other.book("A", "Y") == [1, 3]


def test_a_key_on_either_side_is_no_question_of_a_label(calendar: Calendar) -> None:
    assert calendar.book("A", Asked("X", "k"), "C") == [1, 4, 3]
    other = Calendar()
    other.book("A", Asked("B", "k"))
    assert other.book("A", "X") == [1, 3]


def test_what_a_person_asks_or_deleted_is_not_missing(calendar: Calendar) -> None:
    calendar.change(2, made=False)
    assert calendar.book("A", "X", "C") == [1, 4, 3]
    calendar.change(4, deleted=True)
    assert calendar.book("A", "Y", "C") == [1, 5, 3]
    assert calendar.book("A", "X", "C") == [1, 6, 3]  # a deleted one that comes again is none that is new


def test_what_was_not_asked_the_last_time_proves_no_place() -> None:
    calendar = Calendar()
    calendar.book("A", "B")
    calendar.book("A")
    assert calendar.book("A", "X") == [1, 3]


def test_a_label_can_change_again_and_back(calendar: Calendar) -> None:
    for labels in ("A X C", "A Y C", "A B C", "Z B C"):
        assert calendar.book(*labels.split()) == [1, 2, 3]
    assert calendar.book("A", "B", "C") == [1, 2, 3]  # a message from before that came late
    assert len(calendar.known) == 3


def test_an_answer_without_a_label_is_no_new_label(calendar: Calendar) -> None:
    assert calendar.book("A", "", "C") == [1, 4, 3]


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(KINDS)), min_size=1, max_size=6), st.data())
def test_any_one_label_may_change_at_its_place(asked: list[tuple[str, Kind]], data: st.DataObject) -> None:
    calendar = Calendar()
    first = [Asked(label, kind=kind) for label, kind in asked]
    found = calendar.book(*first)
    index = data.draw(st.sampled_from(range(len(first))))
    assume(first[index].label not in [each.label for each in first[index + 1 :]])  # it is the last of its label
    again = [*first[:index], Asked("new", kind=first[index].kind), *first[index + 1 :]]
    assert calendar.book(*again) == found


@given(st.permutations(LABELS), st.permutations(LABELS), st.integers(0, 5))
def test_a_question_is_kept_only_where_the_others_stand_as_they_stood(
    before: list[str], after: list[str], index: int
) -> None:
    calendar = Calendar()
    known = dict(zip(before, calendar.book(*before), strict=True))
    gone = after[index]
    found = calendar.book(*after[:index], "new", *after[index + 1 :])
    assert (found[index] == known[gone]) is (before == after)
    assert [each for each in found if each != found[index]] == [known[label] for label in after if label != gone]
