"""Teachable source: fields of a booking that a team points at in a sample, in one shape for the page that does it.

A team's options are JSON from end to end: what is stored with its address, and what `Source.configure` takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hubsync.errors import N_

Options = Mapping[str, Any]


class Role(StrEnum):
    """What a branch of a sample can be pointed at as. The values are names of `Teaching` and are stored."""

    EMAIL = "email"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY = "company"
    START = "start"
    END = "end"
    TIME_ZONE = "time_zone"
    ID = "id"
    CALENDAR_ID = "calendar_id"
    CALENDAR_NAME = "calendar_name"
    ANSWERS = "answers"
    """A whole list of answers."""
    ANSWER = "single_answers"
    """One value that is an answer by itself."""
    URL_PARAMS = "url_params"
    EVENT = "events"
    HOST = "host"
    LOCATION = "location"
    LOCALE = "locale"
    OCCURRED_AT = "occurred_at"
    REPLACES = "replaces"
    REPLACED_BY = "replaced_by"
    REASON = "reason"


ROLE_LABELS = {
    Role.EMAIL: N_("E-mail of the guest"),
    Role.NAME: N_("Name of the guest"),
    Role.FIRST_NAME: N_("First name of the guest"),
    Role.LAST_NAME: N_("Last name of the guest"),
    Role.COMPANY: N_("Company of the guest"),
    Role.START: N_("Start"),
    Role.END: N_("End"),
    Role.TIME_ZONE: N_("Time zone of the guest"),
    Role.ID: N_("Id of the booking"),
    Role.CALENDAR_ID: N_("Id of the calendar or form"),
    Role.CALENDAR_NAME: N_("Name of the calendar or form"),
    Role.ANSWERS: N_("Answers (a list)"),
    Role.ANSWER: N_("One answer"),
    Role.URL_PARAMS: N_("URL parameters"),
    Role.EVENT: N_("What happened"),
    Role.HOST: N_("Host"),
    Role.LOCATION: N_("Place of the meeting"),
    Role.LOCALE: N_("Language of the guest"),
    Role.OCCURRED_AT: N_("When it happened"),
    Role.REPLACES: N_("Id of the booking that this one replaces"),
    Role.REPLACED_BY: N_("Id of the booking that replaces this one"),
    Role.REASON: N_("Reason of a change"),
}
"""What each role is called on the page, in the order in which people look for them."""

SEVERAL = frozenset({Role.ANSWERS, Role.ANSWER, Role.URL_PARAMS})
"""Roles that several branches can have at once."""


class BranchKind(StrEnum):
    """What stands at a branch."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    NOTHING = "nothing"
    OBJECT = "object"
    LIST = "list"
    KEYED_LIST = "keyed_list"
    """A list or object whose entries have label and value beside each other."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch: *name* is what it is called in its list or object, *shown* the beginning of its value.

    *roles* are those that it can have. *path* leads to it in every body of the sender, and *written* is that path
    for a field of a form.
    """

    path: tuple[Any, ...]
    written: str
    name: str = field(repr=False)
    kind: BranchKind
    shown: str = field(repr=False)
    depth: int
    roles: frozenset[Role]
    children: tuple[Branch, ...] = field(repr=False)

    def walk(self) -> Iterator[Branch]:
        """This branch and all below it, in the order of the body."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Tree:
    """A sample's branches; *left_out* is how many more it has, which are not shown."""

    branches: tuple[Branch, ...]
    left_out: int = 0

    def walk(self) -> Iterator[Branch]:
        """All branches, in the order of the body."""
        for branch in self.branches:
            yield from branch.walk()


@dataclass(frozen=True, slots=True)
class PresetCard:
    """What a page says of a preset: *label* is the sender's own name, or marked for the catalogue.

    *has_times* tells that it sends appointments, not filled-in forms. *is_unsigned* ones have nothing but a secret
    that everybody sees who sees the address or the header.
    """

    name: str
    label: str
    has_times: bool
    is_unsigned: bool


@dataclass(frozen=True, slots=True)
class SchemeField:
    """One thing that a team says of a sender's proof: one of *choices* (value, label), or a text without any.

    *usual* is what it is where nothing is said. It counts only where the field that *needs* names has one of the
    values beside it. Labels are marked for the catalogue.
    """

    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    usual: str = ""
    needs: tuple[str, tuple[str, ...]] = ("", ())


class SchemeInvalid(ValueError):
    """What a team said of a proof does not fit together; *faults* are (field, reason), the reasons marked."""

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__("this is no scheme of a proof")
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Teachable:
    """What a source can be taught, and how. Options go in and come out as JSON; nothing is stored here.

    *open_sample* parses a body, and *draw_tree* makes its branches; both raise BodyUnreadable. *propose* returns
    options with a teaching for the sample. *point* and *unpoint* return options in which the branch of this
    written path has the role, or has it no more (without a path: nothing has it); they raise ValueError for a
    path that is none, or that cannot have the role. *pointed_at* are the written paths of each role that has
    any, the preset's own where nothing was taught; *describe_path* writes one for people, as faults name places.
    *describe_scheme* are the values of *scheme_fields*, and *set_scheme* returns options with others; it raises
    SchemeInvalid. *has_own_scheme* tells of options that a team's values differ from the preset's, *drop_scheme*
    returns those with the preset's again. *is_unsigned* tells it of options, *is_taught* whether their bodies can
    be read: what comes before that is kept as a sample.
    """

    presets: tuple[PresetCard, ...]
    scheme_fields: tuple[SchemeField, ...]
    open_sample: Callable[[bytes], Any]
    draw_tree: Callable[[Any], Tree]
    propose: Callable[[Options, Any], dict[str, Any]]
    point: Callable[[Options, Role, str, Any], dict[str, Any]]
    unpoint: Callable[[Options, Role, str | None], dict[str, Any]]
    pointed_at: Callable[[Options], dict[Role, tuple[str, ...]]]
    describe_scheme: Callable[[Options], dict[str, str]]
    set_scheme: Callable[[Options, Mapping[str, str]], dict[str, Any]]
    has_own_scheme: Callable[[Options], bool]
    drop_scheme: Callable[[Options], dict[str, Any]]
    describe_path: Callable[[str], str]
    is_unsigned: Callable[[Options], bool]
    is_taught: Callable[[Options], bool]
