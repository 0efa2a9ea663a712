"""Matching of a source's answers to a calendar's questions: the n-th answer of a label to its n-th question.

A source names questions by their labels alone. So the n-th answer of a label belongs to the n-th question of that
label, whatever the case, width and spaces it is written with; where several spellings come, each belongs to the
question that came in that spelling. A question that was deleted keeps its place, or the second question of a label
would be given the answers of the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain, count

from hubsync.domain.normal_forms import nfkc

LONGEST_LABEL = 300


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question as sources speak of it: the *label* they send, and the *number* among those of this label.

    *number* is None for questions that were never numbered: they are counted in the order in which they are given.
    *name* is what a person called it instead, empty where nobody did. *deleted* questions only keep their place.
    """

    id: int
    label: str
    number: int | None = None
    name: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where one answer belongs: to the question *id*, or to a new one (None), the *number*-th of its label."""

    id: int | None
    number: int


def question_key(label: str) -> str:
    """What labels have in common that differ in case, width and spaces only."""
    return " ".join(nfkc(label[:LONGEST_LABEL]).casefold().split())


def numbered(label: str, number: int) -> str:
    """*label* as it is shown when it is the *number*-th of its kind: ``Phone (2)``."""
    if number == 1:
        return label[:LONGEST_LABEL]
    mark = f" ({number})"
    return label[: LONGEST_LABEL - len(mark)].rstrip() + mark


def free_label(label: str, number: int, taken: Set[str]) -> str:
    """`numbered`, with the next number that no other question is shown under; *taken* are keys."""
    while question_key(numbered(label, number)) in taken:
        number += 1
    return numbered(label, number)


def find_places(labels: Sequence[str], known: Iterable[KnownQuestion]) -> list[Place]:
    """The place of each answer of one booking, in the order of its *labels*.

    A label that no question is known by belongs to the question that a person gave this name, unless that one is
    answered under its own label in the same booking.
    """
    questions = list(known)
    slots = _slots_by_key(questions)
    came: dict[str, list[int]] = defaultdict(list)
    for index, label in enumerate(labels):
        came[question_key(label)].append(index)
    places: dict[int, Place] = {}
    # Those with a first question of their own go first: what is answered by then is free for no other name.
    for key in sorted(came, key=lambda each: 1 not in slots[each].ids):
        if 1 not in slots[key].ids:
            slots[key].ids[1] = _called(key, questions, {place.id for place in places.values()})
        places |= _among(labels, came[key], slots[key])
    return [places[index] for index in range(len(labels))]


def _called(key: str, questions: Iterable[KnownQuestion], answered: Set[int | None]) -> int | None:
    """The question that a person gave this name, and that is not answered yet."""
    for each in questions:
        if each.name and question_key(each.name) == key and not each.deleted and each.id not in answered:
            return each.id
    return None


@dataclass(slots=True)
class _Slots:
    """The questions of one key by their number; None where the last one of that number was deleted."""

    ids: dict[int, int | None] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)

    def put(self, number: int, question: KnownQuestion) -> None:
        if question.deleted and self.ids.get(number) is not None:
            return
        self.ids[number] = None if question.deleted else question.id
        self.labels[number] = question.label


def _slots_by_key(questions: Iterable[KnownQuestion]) -> defaultdict[str, _Slots]:
    found: defaultdict[str, _Slots] = defaultdict(_Slots)
    for question in sorted(questions, key=lambda each: (each.number is None, each.number or 0)):
        slots = found[question_key(question.label)]
        number = question.number
        if number is None:
            # Before questions were numbered a label had one; what was deleted then was that one.
            number = 1 if question.deleted else next(each for each in count(1) if slots.ids.get(each) is None)
        slots.put(number, question)
    return found


def _among(labels: Sequence[str], indices: Sequence[int], slots: _Slots) -> dict[int, Place]:
    """The places of the answers of one key."""
    free = sorted(slots.ids)
    spelled: dict[str, list[int]] = defaultdict(list)
    for index in indices:
        spelled[labels[index]].append(index)
    numbers: dict[int, int] = {}
    for label, same in spelled.items():
        fitting = [number for number in free if slots.labels.get(number) == label]
        numbers |= dict(zip(same, fitting, strict=False))
        free = [number for number in free if number not in numbers.values()]
    left = chain(free, count(max(slots.ids) + 1))
    numbers |= {index: next(left) for index in indices if index not in numbers}
    places: dict[int, Place] = {}
    for same in spelled.values():  # of those that are spelled alike the first comes first
        for index, number in zip(same, sorted(numbers[each] for each in same), strict=True):
            places[index] = Place(slots.ids.get(number), number)
    return places
