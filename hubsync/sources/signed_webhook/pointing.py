"""Pointing at a branch of a sample: it becomes the place of a booking's field in a `Teaching`, or ceases to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hubsync.domain.occurrences import LONGEST_LABEL
from hubsync.sources.signed_webhook.entries import first
from hubsync.sources.signed_webhook.paths import Entry, Path, Step, can_be_kept, find
from hubsync.sources.signed_webhook.shapes import name_of, shape_of
from hubsync.sources.signed_webhook.teaching import EntryList, Events, SingleAnswer, Teaching
from hubsync.sources.teachable import Role


def point(teaching: Teaching, role: Role, path: Path, sample: Any, known: Teaching | None = None) -> Teaching:
    """*teaching* with the branch at *path* of *sample* as *role*.

    Lists of answers and single answers are added to those that there are, every other role moves. Lists that
    *known* (a preset's teaching) can read are read as it does. Raises ValueError for a list that nobody can read
    as answers.
    """
    match role:
        case Role.ANSWERS | Role.URL_PARAMS:
            told = _list_at(path, sample, getattr(known, role) if known is not None else ())
            kept = tuple(each for each in getattr(teaching, role) if each.at != path)
            return teaching.model_copy(update={role.value: (*kept, told)})
        case Role.ANSWER:
            others = tuple(each for each in teaching.single_answers if path not in each.at)
            answer = SingleAnswer(label=label_of(path, sample), at=(path,))
            return teaching.model_copy(update={role.value: (*others, answer)})
        case Role.EVENT:
            return teaching.model_copy(update={role.value: _events_at(path, sample, known)})
        case _:
            return teaching.model_copy(update={role.value: (path,)})


def unpoint(teaching: Teaching, role: Role, path: Path | None = None) -> Teaching:
    """*teaching* without *role*, or of a role that several branches can have without the one at *path*."""
    match role:
        case Role.ANSWERS | Role.URL_PARAMS:
            kept = tuple(each for each in getattr(teaching, role) if path is not None and each.at != path)
            return teaching.model_copy(update={role.value: kept})
        case Role.ANSWER:
            single = tuple(each for each in teaching.single_answers if path is not None and path not in each.at)
            return teaching.model_copy(update={role.value: single})
        case Role.EVENT:
            return teaching.model_copy(update={role.value: None})
        case _:
            return teaching.model_copy(update={role.value: ()})


def pointed_at(teaching: Teaching, role: Role) -> tuple[Path, ...]:
    """The paths that have *role*."""
    match role:
        case Role.ANSWERS | Role.URL_PARAMS:
            return tuple(each.at for each in getattr(teaching, role))
        case Role.ANSWER:
            return tuple(path for each in teaching.single_answers for path in each.at)
        case Role.EVENT:
            return () if teaching.events is None else (teaching.events.at,)
        case _:
            places: tuple[Path, ...] = getattr(teaching, role)
            return places


def label_of(path: Sequence[Step], sample: Any) -> str:
    """What the answer at *path* is called: as the entry that it belongs to is, else by its last name."""
    for index in range(len(path), 0, -1):
        step = path[index - 1]
        if isinstance(step, Entry):
            shape = shape_of(find(sample, path[: index - 1]), tuple(path[: index - 1]))
            called = name_of(find(sample, path[:index]), shape) or str(step.equals)
            return " ".join(called.split())[:LONGEST_LABEL]
    above = find(sample, path[:-1])
    shape = shape_of(find(sample, path[:-2]), tuple(path[:-2])) if len(path) > 1 else None
    names = [step for step in path if isinstance(step, str)]
    called = name_of(above, shape) or (names[-1] if names else "")
    return " ".join(called.split())[:LONGEST_LABEL]


def _list_at(path: Path, sample: Any, known: Sequence[EntryList]) -> EntryList:
    told = next((each for each in known if each.at == path), None) or shape_of(find(sample, path), path)
    if told is None:
        raise ValueError("this is no list of answers")
    return told


def _events_at(path: Path, sample: Any, known: Teaching | None) -> Events:
    """What the values there mean: as *known* says, else the sample is about a booking that was made."""
    if known is not None and known.events is not None and known.events.at == path:
        return known.events
    value = first(sample, (path,))
    return Events(at=path, completed=(value,) if isinstance(value, str) and value and can_be_kept(value) else ())
