"""Tree of a sample: every branch of a body with its path, to be pressed at as a field of a booking."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from hubsync.domain.email_address import email_in
from hubsync.domain.values import clean_text
from hubsync.domain.zones import zone_named
from hubsync.errors import N_, BodyUnreadable
from hubsync.sources import fields
from hubsync.sources.fields import FieldError
from hubsync.sources.signed_webhook.moments import iso_time
from hubsync.sources.signed_webhook.paths import Step, can_be_kept, write_path
from hubsync.sources.signed_webhook.shapes import is_answer, is_keyed, name_of, shape_of, steps_of
from hubsync.sources.signed_webhook.teaching import EntryList
from hubsync.sources.teachable import Branch, BranchKind, Role, Tree
from hubsync.sources.texts import as_written

MOST_BRANCHES = 1_500
"""Branches that are shown; those nearer to the root come first."""
MOST_OF_ONE = 500
"""Branches that are shown of one list or object."""
DEEPEST = 50
"""Levels that are shown."""

_LONGEST_SHOWN = 120
_LONGEST_NAME = 200


_OF_TEXTS = frozenset(
    {Role.ID, Role.CALENDAR_ID, Role.CALENDAR_NAME, Role.NAME, Role.FIRST_NAME, Role.LAST_NAME, Role.COMPANY}
    | {
        Role.ANSWER,
        Role.HOST,
        Role.LOCATION,
        Role.LOCALE,
        Role.REPLACES,
        Role.REPLACED_BY,
        Role.REASON,
        Role.EVENT,
    }
)
_OF_TIMES = frozenset({Role.START, Role.END, Role.OCCURRED_AT})
_OF_NUMBERS = frozenset({Role.ID, Role.CALENDAR_ID, Role.ANSWER, Role.REPLACES, Role.REPLACED_BY})
_OF_LISTS = frozenset({Role.ANSWERS, Role.URL_PARAMS})


def draw_tree(sample: Any) -> Tree:
    """The tree of *sample*, the JSON of a body; raises BodyUnreadable when that is no object."""
    if not isinstance(sample, Mapping):
        raise BodyUnreadable(faults=(("body", N_("must be an object")),))
    root = _Node((), "", sample, 0)
    waiting, made = deque([root]), 0
    while waiting and made < MOST_BRANCHES:
        node = waiting.popleft()
        for child in node.grow(MOST_BRANCHES - made):
            made += 1
            waiting.append(child)
    return Tree(tuple(child.freeze() for child in root.children), _count(sample) - made)


def looks_like_email(value: Any) -> bool:
    """Whether a text is an e-mail address and nothing besides."""
    return isinstance(value, str) and len(value) <= 320 and "@" in value and email_in(value) is not None


def looks_like_time(value: Any) -> bool:
    """Whether a value is a moment: ISO 8601, or seconds or milliseconds since 1970."""
    try:
        fields.moment(iso_time(value))
    except FieldError:
        return False
    return True


def looks_like_zone(value: Any) -> bool:
    """Whether a text names a time zone, as ``Asia/Tokyo`` does."""
    return isinstance(value, str) and ("/" in value or value == "UTC") and bool(zone_named(value))


class _Node:
    """A branch that still grows."""

    def __init__(
        self, path: tuple[Step, ...], name: str, value: Any, depth: int, above: EntryList | None = None
    ) -> None:
        self.path, self.name, self.value, self.depth, self.above = path, name, value, depth, above
        self.shape: EntryList | None = shape_of(value, path) if isinstance(value, list | Mapping) else None
        self.children: list[_Node] = []

    def grow(self, most: int) -> list[_Node]:
        """Make the children, at most so many."""
        if self.depth >= DEEPEST or not isinstance(self.value, list | Mapping):
            return []
        some = list(self._parts())[: min(most, MOST_OF_ONE)]
        self.children = [
            _Node((*self.path, step), name, part, self.depth + 1, self.shape) for step, name, part in some
        ]
        return self.children

    def freeze(self) -> Branch:
        return Branch(
            path=self.path,
            written=write_path(self.path),
            name=clean_text(self.name)[:_LONGEST_NAME],
            kind=_kind(self.value, self.shape),
            shown=_shown(self.value),
            depth=self.depth,
            # An entry of a list of answers is one answer, and no list of its own parts.
            roles=_roles(self.value, self.shape) - (_OF_LISTS if is_keyed(self.above) else set()),
            children=tuple(child.freeze() for child in self.children),
        )

    def _parts(self) -> Iterator[tuple[Step, str, Any]]:
        if isinstance(self.value, Mapping):
            for name, part in self.value.items():
                if can_be_kept(name):
                    shown = name_of(part, self.shape)
                    yield name, f"{name} ({shown})" if shown and shown != name else name, part
        else:
            for index, (step, part) in enumerate(steps_of(self.value[:MOST_OF_ONE], self.shape)):
                yield step, name_of(part, self.shape) or f"#{index + 1}", part


def _kind(value: Any, shape: EntryList | None) -> BranchKind:
    match value:
        case None:
            return BranchKind.NOTHING
        case bool():
            return BranchKind.TRUTH
        case int() | Decimal():
            return BranchKind.NUMBER
        case str():
            return BranchKind.TEXT
        case _ if is_keyed(shape):
            return BranchKind.KEYED_LIST
        case list():
            return BranchKind.LIST
        case _:
            return BranchKind.OBJECT


def _roles(value: Any, shape: EntryList | None) -> frozenset[Role]:
    """What a value can be pointed at as; null is what nobody answered in this sample, so it can be anything."""
    match value:
        case None:
            return _OF_TEXTS | _OF_TIMES | {Role.EMAIL, Role.TIME_ZONE}
        case bool():
            return frozenset({Role.ANSWER})
        case int() | Decimal():
            return _OF_NUMBERS | (_OF_TIMES if looks_like_time(value) else set())
        case str():
            roles = _OF_TEXTS | (_OF_TIMES if looks_like_time(value) else set())
            zone = {Role.TIME_ZONE} if looks_like_zone(value) or not value else set()
            return roles | zone | ({Role.EMAIL} if looks_like_email(value) or not value else set())
        case _:
            answers = _OF_LISTS if shape is not None else frozenset()
            return answers | ({Role.ANSWER} if is_answer(value) else set())


def _shown(value: Any) -> str:
    """The beginning of a value in one line; of an object or list nothing, for its branches show it."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    return " ".join(as_written(value, _LONGEST_SHOWN).split())


def _count(sample: Any) -> int:
    """How many branches there are, without recursion: a body may be nested deeply."""
    waiting, counted = [sample], -1
    while waiting:
        value = waiting.pop()
        counted += 1
        waiting.extend(value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ())
    return counted
