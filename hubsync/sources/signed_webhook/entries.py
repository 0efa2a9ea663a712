"""Reader of lists of answers: each entry with its label, value, key and type, whatever shape the list has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hubsync.sources.signed_webhook.paths import find, same
from hubsync.sources.signed_webhook.teaching import Choices, Condition, EntryList, Places, Titles

_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """One answer as it was sent."""

    label: Any
    value: Any = field(repr=False)
    key: str = ""
    kind: str = ""


def read_entries(body: Any, told: EntryList) -> Iterator[ReadEntry]:
    """The entries of the list in *body*, in their order; none where there is no such list."""
    entries = [
        (name, entry)
        for name, entry in _entries(find(body, told.at))
        if (told.only is None or meets(entry, told.only)) and not (told.without and meets(entry, told.without))
    ]
    keys = [_text(first(entry, told.key)) or name for name, entry in entries]
    known = set(keys) if told.skip_extensions else set()
    titles = _titles(body, told.titles)
    for key, (name, entry) in zip(keys, entries, strict=True):
        if known and _extends(key, known):
            continue
        title = titles.get(_text(find(entry, told.titles.by))) if told.titles is not None else None
        label = title or first(entry, told.label) or name or key
        yield ReadEntry(label, _value(entry, told), key, _text(find(entry, told.kind)) if told.kind else "")


def first(value: Any, places: Places) -> Any:
    """What stands at the first of *places* at which there is something; None where nothing is."""
    return next((each for each in (find(value, path) for path in places) if each is not None), None)


def meets(value: Any, condition: Condition) -> bool:
    """Whether *value* has one of the condition's values at its path."""
    stands = find(value, condition.at)
    return any(same(stands, each) for each in condition.equals)


def _entries(stands: Any) -> list[tuple[str, Any]]:
    if isinstance(stands, Mapping):
        return [(str(name), entry) for name, entry in stands.items()]
    return [("", entry) for entry in stands] if isinstance(stands, list) else []


def _value(entry: Any, told: EntryList) -> Any:
    value = first(entry, told.value)
    if told.choices is not None:
        value = _chosen(entry, value, told.choices)
    more = first(entry, told.also)
    if isinstance(value, list) and more is not None:
        value = [*value, more]
    elif value is None:
        value = more
    return value[0] if told.unwrap and isinstance(value, list) and len(value) == 1 else value


def _chosen(entry: Any, value: Any, choices: Choices) -> Any:
    """*value* with the texts of the choices that it names by their ids; what is no id is a text already."""
    beside = find(entry, choices.at)
    if not isinstance(beside, list):
        return value
    texts = {_text(find(each, choices.id)): find(each, choices.text) for each in beside}
    texts.pop("", None)
    if isinstance(value, list):
        return [texts.get(_text(each), each) for each in value]
    return texts.get(_text(value), value)


def _titles(body: Any, titles: Titles | None) -> dict[str, Any]:
    listed = find(body, titles.at) if titles is not None else None
    if titles is None or not isinstance(listed, list):
        return {}
    return {_text(find(each, titles.id)): find(each, titles.text) for each in listed}


def _extends(key: str, known: set[str]) -> bool:
    """Whether *key* is another one with ``_`` and something behind it."""
    if len(key) > _LONGEST_KEY:
        return False
    return any(key[:place] in known for place, sign in enumerate(key) if sign == "_" and place)


def _text(value: Any) -> str:
    """A name of a question or choice; empty for what is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
