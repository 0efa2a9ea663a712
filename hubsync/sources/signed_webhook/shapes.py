"""Shapes of lists: which of an entry's fields are its label, its value and its key, judged by a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hubsync.domain.values import answer_text
from hubsync.sources.signed_webhook.entries import first
from hubsync.sources.signed_webhook.paths import Entry, Path, Step, can_be_kept, find
from hubsync.sources.signed_webhook.teaching import Choices, EntryList
from hubsync.sources.texts import take_answer

_LABELS = ("label", "question", "title", "name", "field_label", "question_text", "text")
_KEYS = ("ref", "key", "slug", "identifier", "question_id", "questionId", "field_id", "fieldId")
_IDS = ("id", "uid", "uuid")
_VALUES = ("value", "values", "answer", "answers", "content", "response", "responses", "text", "selected", "data")
_TYPES = ("type", "kind", "field_type", "question_type")
_QUESTIONS = ("field", "question", "definition")
_CHOICES = ("options", "choices")
_CHOICE_TEXTS = ("text", "label", "name", "title", "value")
_INSIDE = (("label",), ("labels",), ("value",), ("values",), ("text",), ("name",))
_MOST_JUDGED = 200


def shape_of(value: Any, at: Path) -> EntryList | None:
    """How to read *value*, a list or an object *at* a path, as answers; None where its entries are none.

    In a list an entry has its label or key beside its value. An object is either name to such entries, or name to
    value.
    """
    if isinstance(value, list):
        entries = [each for each in value[:_MOST_JUDGED] if isinstance(each, Mapping)]
        return _keyed(entries, at) if entries and len(entries) == min(len(value), _MOST_JUDGED) else None
    if not isinstance(value, Mapping) or not value:
        return None
    entries = [each for each in [*value.values()][:_MOST_JUDGED] if isinstance(each, Mapping)]
    keyed = _keyed(entries, at) if len(entries) == min(len(value), _MOST_JUDGED) else None
    if keyed is not None:
        return keyed.model_copy(update={"key": ()})
    return EntryList(at=at) if any(is_answer(each) for each in value.values()) else None


def is_keyed(shape: EntryList | None) -> bool:
    """Whether the entries have their value beside a label or a key."""
    return shape is not None and shape.value != ((),)


def is_answer(value: Any) -> bool:
    """Whether *value* can be an answer by itself: a text, a number, a truth value, or a list of those."""
    if isinstance(value, list):
        return not any(isinstance(each, Mapping | list) for each in value)
    return value is not None and not isinstance(value, Mapping)


def steps_of(value: Any, shape: EntryList | None) -> Iterator[tuple[Step, Any]]:
    """(step, entry) of a list: an entry that says who it is is found by that, another one by its number."""
    told = shape if is_keyed(shape) else None
    marks = [_mark(told, entry) for entry in value]
    counted = Counter(marks)
    for index, (mark, entry) in enumerate(zip(marks, value, strict=True)):
        yield (index if mark is None or counted[mark] > 1 else mark), entry


def name_of(entry: Any, shape: EntryList | None) -> str:
    """What an entry of a keyed list is called, else nothing."""
    if not is_keyed(shape) or shape is None:
        return ""
    return answer_text(take_answer(first(entry, shape.label) or first(entry, shape.key)).value)


def _mark(shape: EntryList | None, entry: Any) -> Entry | None:
    """By what an entry is found again: its key where the sender has keys for questions, else its label."""
    if shape is None:
        return None
    for path in (*(each for each in shape.key if each[-1] not in _IDS or len(each) > 1), *shape.label, *shape.key):
        names = tuple(step for step in path if isinstance(step, str))
        says = find(entry, path)
        if isinstance(says, str) and says and can_be_kept(says) and len(names) == len(path):
            return Entry(at=names, equals=says)
    return None


def _keyed(entries: list[Mapping[str, Any]], at: Path) -> EntryList | None:
    if not entries:
        return None
    value = _value_places(entries)
    if not value:
        return None
    taken = {path[0] for path in value}
    label = next((path for path in _named(_LABELS) if path[0] not in taken and _all_texts(entries, path)), None)
    key = next((path for path in _named(_KEYS, _IDS) if _tells_apart(entries, path)), None)
    if label is None and key is None:
        return None
    return EntryList(
        at=at,
        label=() if label is None else (label,),
        value=value,
        key=() if key is None else (key,),
        choices=_choices(entries, value),
        unwrap=_are_lists([first(entry, value) for entry in entries]),
    )


def _named(*names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths of such names, in the entry itself and then in what it says of its question."""
    for some in names:
        yield from ((name,) for name in some)
        yield from ((parent, name) for parent in _QUESTIONS for name in (*some, *_IDS * (some is _KEYS)))


def _value_places(entries: list[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """Where the value is: under a usual name, or under the name that the entry's type has."""
    name = next((each for each in _VALUES if any(each in entry for entry in entries)), None)
    if name is not None and not (name == "text" and not any("label" in e or "question" in e for e in entries)):
        return _with_insides(entries, name)
    for of_type in _TYPES:
        types = dict.fromkeys(str(entry.get(of_type)) for entry in entries)
        if all(map(can_be_kept, types)) and all(str(entry.get(of_type)) in entry for entry in entries):
            return tuple(place for each in types for place in _with_insides(entries, each))
    return ()


def _with_insides(entries: list[Mapping[str, Any]], name: str) -> tuple[tuple[str, ...], ...]:
    """The name itself, or behind it what an object there says its value is."""
    objects = [entry[name] for entry in entries if isinstance(entry.get(name), Mapping)]
    inside = [(name, *path) for path in _INSIDE if any(find(each, path) is not None for each in objects)]
    plain = any(is_answer(entry.get(name)) for entry in entries)
    return (*inside, *(((name,),) if plain or not inside else ()))


def _all_texts(entries: list[Mapping[str, Any]], path: tuple[str, ...]) -> bool:
    values = [find(entry, path) for entry in entries]
    return any(values) and all(each is None or isinstance(each, str) for each in values)


def _tells_apart(entries: list[Mapping[str, Any]], path: tuple[str, ...]) -> bool:
    values = [find(entry, path) for entry in entries]
    return all(isinstance(each, str) and each for each in values) and len(set(values)) == len(values)


def _are_lists(values: list[Any]) -> bool:
    """Whether the sender writes every answer as a list, of one value where it has one."""
    given = [each for each in values if each is not None]
    return bool(given) and all(isinstance(each, list) for each in given)


def _choices(entries: list[Mapping[str, Any]], value: tuple[tuple[str, ...], ...]) -> Choices | None:
    """The list of choices beside the value, where answers name them by their ids."""
    for name in _CHOICES:
        listed = [(entry, entry[name]) for entry in entries if isinstance(entry.get(name), list)]
        for entry, choices in listed:
            ids = {find(each, ("id",)) for each in choices if isinstance(find(each, ("id",)), str)}
            given = first(entry, value)
            named = given if isinstance(given, list) else [given]
            if not any(isinstance(each, str) and each in ids for each in named):
                continue
            text = next((each for each in _CHOICE_TEXTS if find(choices, (0, each)) is not None), None)
            if text is not None:
                return Choices(at=(name,), id=("id",), text=(text,))
    return None
