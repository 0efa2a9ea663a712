"""Matching of a source's answers to a calendar's questions: by the source's own key, else the n-th of a label.

Where a source has a key for each question, the key decides, whatever the label is by then. Any other source names
questions by their labels alone. So the n-th answer of a label belongs to the n-th question of that label, whatever
the case, width and spaces it is written with; where several spellings come, each belongs to the question that came
in that spelling. A question that was deleted keeps its place, or the second question of a label would be given the
answers of the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain, count

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.names import tidy_name
from hubsync.domain.normal_forms import nfkc
from hubsync.domain.questions import Kind

LONGEST_LABEL = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as one answer names it: by its *label*, and by its *key* where the source has one."""

    label: str
    key: str = ""
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question as sources speak of it: the *label* they send, and the *number* among those of this label.

    *number* is None for questions that were never numbered: they are counted in the order in which they are given.
    *name* is what a person called it instead, *key* the source's own name for it, *former* the label that it had
    before; each is empty where there is none. *deleted* questions only keep their place. *made* says that a
    source's answer made it, of this *kind*.
    """

    id: int
    label: str
    number: int | None = None
    name: str = ""
    deleted: bool = False
    key: str = ""
    former: str = ""
    kind: Kind = Kind.TEXT
    made: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where one answer belongs: to the question *id*, or to a new one (None), the *number*-th of its label.

    *relabelled* tells that the question is known by the answer's label from now on, as the *number*-th of it.
    """

    id: int | None
    number: int
    relabelled: bool = False


def name_questions(answers: Iterable[GivenAnswer]) -> list[Asked]:
    """The question of each answer of one booking; a key that comes again in it is none."""
    named: dict[str, int] = {}
    return [
        Asked(
            each.label[:LONGEST_LABEL],
            each.key[:LONGEST_LABEL] if named.setdefault(each.key[:LONGEST_LABEL], index) == index else "",
            _kind_of(each),
        )
        for index, each in enumerate(answers)
    ]


def _kind_of(answer: GivenAnswer) -> Kind:
    """The kind of a question that *answer* makes, as far as the answer shows it."""
    if answer.kind is not None:
        return answer.kind
    if isinstance(answer.value, bool):
        return Kind.CHECK_BOX
    return Kind.SEVERAL_CHOICES if isinstance(answer.value, tuple) else Kind.TEXT


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
    """`numbered`, with the next number that no other question is shown under; *taken* are keys.

    What is shown is tidy; by which label a source knows the question is kept elsewhere.
    """
    label = tidy_name(label) or label
    while question_key(numbered(label, number)) in taken:
        number += 1
    return numbered(label, number)


def find_places(asked: Sequence[Asked], known: Iterable[KnownQuestion]) -> list[Place]:
    """The place of each answer of one booking, in the order of *asked*, which has each key once.

    A key that a question has decides. An answer with another key belongs to a question that has none yet. A label
    that no question is known by belongs to the question that a person gave this name, or that once had this label,
    unless that one is answered otherwise in the same booking.
    """
    questions = {each.id: each for each in known}
    by_key = _by_key(asked, questions.values())
    for index, question in by_key.items():
        if _is_renamed(asked[index], question):  # it leaves its label to others
            questions[question.id] = replace(question, label=asked[index].label, number=None)
    slots = _slots_by_key(questions.values())
    places = {
        index: Place(question.id, _number_of(questions[question.id], slots), _is_renamed(asked[index], question))
        for index, question in by_key.items()
    }
    left = [index for index in range(len(asked)) if index not in places]
    keyed = frozenset(each.id for each in questions.values() if each.key)
    for indices, closed in (
        ([index for index in left if asked[index].key], keyed),
        ([index for index in left if not asked[index].key], frozenset[int]()),
    ):
        _place_by_label([(index, asked[index].label) for index in indices], questions, slots, closed, places)
    return [places[index] for index in range(len(asked))]


def _by_key(asked: Sequence[Asked], known: Iterable[KnownQuestion]) -> dict[int, KnownQuestion]:
    """The questions that are known by the answers' keys."""
    keyed = {each.key: each for each in known if each.key and not each.deleted}
    return {index: keyed[each.key] for index, each in enumerate(asked) if each.key in keyed}


def _is_renamed(asked: Asked, known: KnownQuestion) -> bool:
    key = question_key(asked.label)
    return bool(key) and key != question_key(known.label)


def _number_of(question: KnownQuestion, slots: Mapping[str, _Slots]) -> int:
    numbers = slots[question_key(question.label)].ids
    return next((number for number, each in numbers.items() if each == question.id), 1)


def _place_by_label(
    labels: Sequence[tuple[int, str]],
    questions: Mapping[int, KnownQuestion],
    slots: defaultdict[str, _Slots],
    closed: Set[int],
    places: dict[int, Place],
) -> None:
    """Add the *places* of answers, given as (index, label); *closed* questions take none of them."""
    came: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for index, label in labels:
        came[question_key(label)].append((index, label))
    # Those with a first question of their own go first: what is answered by then is free for no other name.
    for key in sorted(came, key=lambda each: 1 not in slots[each].ids):
        taken = closed | {place.id for place in places.values() if place.id is not None}
        if 1 not in slots[key].ids:
            slots[key].ids[1] = _called(key, questions.values(), taken)
        for index, place in _among(came[key], slots[key], taken).items():
            question = questions[place.id] if place.id is not None else None
            moved = question is not None and key not in (question_key(question.label), question_key(question.name))
            places[index] = replace(place, relabelled=moved)


def _called(key: str, questions: Iterable[KnownQuestion], taken: Set[int]) -> int | None:
    """The question that a person gave this name, else the one that had this label before, if it is free."""
    free = [each for each in questions if not each.deleted and each.id not in taken]
    for each in free:
        if each.name and question_key(each.name) == key:
            return each.id
    for each in free:
        if each.former and question_key(each.former) == key:
            return each.id
    return None


@dataclass(slots=True)
class _Slots:
    """The questions of one label by their number; None where the last one of that number was deleted.

    *used* are the numbers of those that this booking answers.
    """

    ids: dict[int, int | None] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

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


def _among(labels: Sequence[tuple[int, str]], slots: _Slots, taken: Set[int]) -> dict[int, Place]:
    """The places of the answers of one label, given as (index, label)."""
    free = [number for number in sorted(slots.ids) if number not in slots.used and slots.ids[number] not in taken]
    spelled: dict[str, list[int]] = defaultdict(list)
    for index, label in labels:
        spelled[label].append(index)
    numbers: dict[int, int] = {}
    for label, same in spelled.items():
        fitting = [number for number in free if slots.labels.get(number) == label]
        numbers |= dict(zip(same, fitting, strict=False))
        free = [number for number in free if number not in numbers.values()]
    left = chain(free, count(max(slots.ids) + 1))
    numbers |= {index: next(left) for index, _ in labels if index not in numbers}
    places: dict[int, Place] = {}
    for same in spelled.values():  # of those that are spelled alike the first comes first
        for index, number in zip(same, sorted(numbers[each] for each in same), strict=True):
            places[index] = Place(slots.ids.get(number), number)
    slots.used |= set(numbers.values())
    slots.ids |= {number: slots.ids.get(number) for number in numbers.values()}
    return places
