"""Lesson: a sample, and the draft of a team's options, as the page shows them on which fields are pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l

from hubsync.phrases import labelled
from hubsync.sources.teachable import ROLE_LABELS, SEVERAL, Branch, BranchKind, Role, Teachable, Tree

KINDS = {
    BranchKind.TEXT: _l("text"),
    BranchKind.NUMBER: _l("number"),
    BranchKind.TRUTH: _l("yes or no"),
    BranchKind.NOTHING: _l("empty"),
    BranchKind.OBJECT: _l("group"),
    BranchKind.LIST: _l("list"),
    BranchKind.KEYED_LIST: _l("list with labels"),
}
DEEPEST_INDENTED = 8
"""Levels that are set in further than the one above; below that a narrow window would have no room for words."""
MOST_CHOICES = 200
"""Branches that one pull-down offers; the tree has the others."""
_RARE = tuple(ROLE_LABELS)[tuple(ROLE_LABELS).index(Role.EVENT) + 1 :]
_PARTS_OF_A_NAME = {Role.FIRST_NAME, Role.LAST_NAME}
_FAMILY_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})


def _in_order() -> list[Role]:
    """The fields, the family name first for readers whose language writes it first."""
    roles = list(ROLE_LABELS)
    locale = get_locale()
    if locale is not None and locale.language in _FAMILY_FIRST:
        first, last = roles.index(Role.FIRST_NAME), roles.index(Role.LAST_NAME)
        roles[first], roles[last] = roles[last], roles[first]
    return roles


@dataclass(frozen=True)
class BranchShown:
    """A branch in the tree; *marks* are the labels of the fields that it is."""

    number: int
    written: str
    name: str = field(repr=False)
    value: str = field(repr=False)
    kind: str
    is_inset: bool
    roles: str
    marks: tuple[str, ...]
    children: tuple[BranchShown, ...] = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where a field's value is taken from; *is_here* tells that the sample has something like it."""

    written: str
    text: str = field(repr=False)
    value: str = field(repr=False)
    is_here: bool


@dataclass(frozen=True)
class FieldShown:
    """A field of a booking with what it points at, the branches it could, and what cannot be read there."""

    role: Role
    label: str
    is_active: bool
    takes_several: bool
    places: tuple[Place, ...]
    choices: tuple[tuple[str, str], ...] = field(repr=False)
    choices_left: int = 0
    faults: tuple[str, ...] = ()


class Lesson:
    """*sample* and its tree, with the *draft* that points into it. Raises ValueError for a draft that is none."""

    def __init__(self, teachable: Teachable, sample: Any, tree: Tree, draft: Mapping[str, Any]) -> None:
        self.teachable, self.sample, self.tree, self.draft = teachable, sample, tree, dict(draft)
        self.pointed_at = teachable.pointed_at(draft)
        self.texts = dict(_texts(tree.branches, ()))
        self.branches = {each.written: each for each in tree.walk()}

    def point(self, role: Role, written: str) -> Lesson:
        """The lesson in which this branch is *role*. Raises ValueError."""
        return self._with(self.teachable.point(self.draft, role, written, self.sample))

    def unpoint(self, role: Role, written: str) -> Lesson:
        """The lesson in which it is no more. Raises ValueError."""
        return self._with(self.teachable.unpoint(self.draft, role, written if role in SEVERAL else None))

    def guess(self) -> Lesson:
        """The lesson as HubSync begins it itself."""
        return self._with(self.teachable.propose(self.draft, self.sample))

    def text_of(self, written: str) -> str:
        """The branch for people, also of one that this sample does not have."""
        return self.texts.get(written) or self.teachable.describe_path(written)

    def next_after(self, role: Role | None) -> Role:
        """The field to point at after *role*: the next that has nothing, or the same where it takes several."""
        roles = _in_order()
        if role in SEVERAL:
            return role
        has = set(self.pointed_at) | (_PARTS_OF_A_NAME if Role.NAME in self.pointed_at else set())
        begin = roles.index(role) + 1 if role is not None else 0
        return next((each for each in roles[begin:] + roles[:begin] if each not in has), role or roles[0])

    def show_fields(self, active: Role, faults: Sequence[tuple[str, str]]) -> tuple[list[FieldShown], ...]:
        """The usual fields and the rare ones."""
        shown = [self._show(role, active, faults) for role in _in_order()]
        return [e for e in shown if e.role not in _RARE], [e for e in shown if e.role in _RARE]

    def show_tree(self) -> tuple[BranchShown, ...]:
        """The tree, with what its branches are."""
        marks: dict[str, list[str]] = {}
        for role, paths in self.pointed_at.items():
            for each in paths:
                marks.setdefault(each, []).append(gettext(ROLE_LABELS[role]))
        numbers = {id(each): number for number, each in enumerate(self.tree.walk())}

        def show(branch: Branch) -> BranchShown:
            return BranchShown(
                number=numbers[id(branch)],
                written=branch.written,
                name=branch.name,
                value=branch.shown or _count(branch),
                kind=str(KINDS[branch.kind]),
                is_inset=branch.depth <= DEEPEST_INDENTED,
                roles=" ".join(sorted(branch.roles)),
                marks=tuple(marks.get(branch.written, ())),
                children=tuple(map(show, branch.children)),
            )

        return tuple(map(show, self.tree.branches))

    def other_faults(self, faults: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of *faults* that stand at no field."""
        at_fields = {self.teachable.describe_path(each) for paths in self.pointed_at.values() for each in paths}
        return [each for each in faults if each[0] not in at_fields]

    def _with(self, draft: Mapping[str, Any]) -> Lesson:
        return Lesson(self.teachable, self.sample, self.tree, draft)

    def _show(self, role: Role, active: Role, faults: Sequence[tuple[str, str]]) -> FieldShown:
        paths = self.pointed_at.get(role, ())
        places = {self.teachable.describe_path(each) for each in paths}
        fitting = [each for each in self.branches.values() if role in each.roles and each.written not in paths]
        return FieldShown(
            role=role,
            label=gettext(ROLE_LABELS[role]),
            is_active=role is active,
            takes_several=role in SEVERAL,
            places=tuple(map(self._place, paths)),
            choices=tuple((each.written, self._choice(each)) for each in fitting[:MOST_CHOICES]),
            choices_left=max(len(fitting) - MOST_CHOICES, 0),
            faults=tuple(reason for place, reason in faults if place in places),
        )

    def _place(self, written: str) -> Place:
        branch = self.branches.get(written)
        value = "" if branch is None else branch.shown or _count(branch)
        return Place(written, self.text_of(written), value, is_here=branch is not None)

    def _choice(self, branch: Branch) -> str:
        value = branch.shown or _count(branch)
        text = self.texts[branch.written]
        return labelled(text, value[:40]) if value else text


def _texts(branches: Sequence[Branch], above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in branches:
        names = (*above, each.name)
        yield each.written, " › ".join(names)
        yield from _texts(each.children, names)


def _count(branch: Branch) -> str:
    """How many entries a list or group has, of those that are shown."""
    if branch.kind not in (BranchKind.OBJECT, BranchKind.LIST, BranchKind.KEYED_LIST) or not branch.children:
        return ""
    return ngettext("%(num)s entry", "%(num)s entries", len(branch.children))
