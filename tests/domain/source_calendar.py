"""A calendar in memory that learns its questions from a source's answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.occurrences import Asked, KnownQuestion, Place, find_places, name_questions
from hubsync.domain.relabelling import find_relabelled


class Calendar:
    """A calendar that takes bookings as HubSync does; its questions are numbered as they were made."""

    def __init__(self) -> None:
        self.known: list[KnownQuestion] = []
        self.last: list[int] = []

    def book(self, *labels: str | Asked) -> list[int]:
        named = [each if isinstance(each, Asked) else Asked(each) for each in labels]
        asked = name_questions(GivenAnswer(each.label, None, each.kind, key=each.key) for each in named)
        places = find_places(asked, list(self.known))
        again = find_relabelled(asked, places, self.known)
        if again is not None and again.stood_there(self.last):
            places[again.index] = Place(again.id, places[again.index].number, relabelled=True)
        found: list[int] = []
        for each, place in zip(asked, places, strict=True):
            if place.id is None:
                made = KnownQuestion(len(self.known) + 1, each.label, place.number, key=each.key)
                self.known.append(replace(made, kind=each.kind, made=True))
            found.append(place.id or len(self.known))
            self.learn(found[-1], each, place)
        self.last = found
        return found

    def learn(self, number: int, asked: Asked, place: Place) -> None:
        old = self.known[number - 1]
        if place.relabelled:
            self.change(number, former=old.label, label=asked.label, number=place.number)
        self.change(number, key=old.key or asked.key)

    def change(self, question: int, **changes: Any) -> None:
        self.known[question - 1] = replace(self.known[question - 1], **changes)
