"""Relabelling of a question whose source has no keys: the one that is missing came under the one new label.

It is believed only where nothing else is new or missing, and both are of one kind and stand at one place among the
answers. A guess too many would send answers into another property; one too few makes a question more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hubsync.domain.occurrences import Asked, KnownQuestion, Place, question_key


@dataclass(frozen=True, slots=True)
class Relabelled:
    """The answer of this *index* seems to belong to the question *id*.

    *order* are the questions of the source that came, this one among them, in the order of their answers.
    """

    index: int
    id: int
    order: tuple[int, ...]

    def stood_there(self, before: Sequence[int]) -> bool:
        """Whether it has this place in *before*, the questions that an earlier booking answered, in their order.

        What came only one of the two times is left out of account.
        """
        both = set(self.order) & set(before)
        return self.id in both and [each for each in self.order if each in both] == [
            each for each in before if each in both
        ]


def find_relabelled(
    asked: Sequence[Asked], places: Sequence[Place], known: Iterable[KnownQuestion]
) -> Relabelled | None:
    """The one answer and the one question that seem to belong together; *places* are those of the answers."""
    questions = list(known)
    new = [index for index, place in enumerate(places) if place.id is None]
    came = {place.id for place in places}
    made = {each.id for each in questions if each.made and not each.deleted}
    missing = [each for each in questions if each.id in made and each.id not in came]
    if len(new) != 1 or len(missing) != 1:
        return None
    [index], [question] = new, missing
    said = asked[index]
    label = question_key(said.label)
    if said.key or question.key or not label or said.kind is not question.kind:
        return None
    if label in {question_key(each.label) for each in questions}:
        return None  # one more of a label, or one that was deleted
    order = [question.id if place.id is None else place.id for place in places]
    return Relabelled(index, question.id, tuple(each for each in order if each in made))
