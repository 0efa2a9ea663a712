"""Proposal of a `Teaching` for a sample that nobody pointed at, from names and looks of its branches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources.signed_webhook.guesses import asks_for
from hubsync.sources.signed_webhook.paths import Entry, Path, find, place_of
from hubsync.sources.signed_webhook.pointing import point, pointed_at, unpoint
from hubsync.sources.signed_webhook.read import read
from hubsync.sources.signed_webhook.shapes import is_answer, shape_of
from hubsync.sources.signed_webhook.teaching import Teaching
from hubsync.sources.signed_webhook.tree import draw_tree, looks_like_email
from hubsync.sources.teachable import Branch, BranchKind, Role

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HOST = re.compile(r"host|organi[sz]er|owner|admin|creator|created_by|staff|agent|^users?$|team|account")
_GUEST = re.compile(r"guest|invitee|attendee|scheduler|contact|customer|client|person|booker|lead|respondent")
_CALENDAR = re.compile(r"calendar|event_?type|form$|survey|link|schedule$|service|page")
_MADE = re.compile(r"creat|book|confirm|submi|respon|complet|finish|schedul|made|new")
_OTHERWISE = re.compile(r"cancel|delet|remov|reschedul|mov|updat|no_?show|reject|declin")

_NAMES = {
    Role.NAME: "guest_name invitee_name customer_name full_name display_name name",
    Role.FIRST_NAME: "first_name firstname given_name invitee_first_name",
    Role.LAST_NAME: "last_name lastname surname family_name invitee_last_name",
    Role.COMPANY: "company company_name organization organisation",
    Role.START: """start starts_at start_at started_at start_time start_date_time start_datetime starts start_date
        event_start_time begin begins_at from date_time datetime appointment_time booking_time""",
    Role.END: """event_end_time end ends_at end_at ended_at end_time end_date_time end_datetime ends end_date
        finish until to""",
    Role.TIME_ZONE: "time_zone timezone tz",
    Role.OCCURRED_AT: "occurred_at updated_at submitted_at created_at",
    Role.ID: """booking_id booking_uid appointment_id response_id submission_id entry_id uid uuid token event_id
        id""",
    Role.CALENDAR_ID: """calendar_id event_type_id event_type_uid form_id survey_id schedule_id link_id service_id
        form_slug calendar_slug""",
    Role.CALENDAR_NAME: """calendar_name event_type_name event_name form_name form_title survey_title schedule_name
        service_name summary title""",
    Role.EVENT: "event event_type trigger_event webhook_type type action",
}
"""What senders call each field, the likeliest first, written as in Python."""

_CALENDARS_OWN = {Role.CALENDAR_ID: "id uid slug", Role.CALENDAR_NAME: "name title"}
_PARAMS = frozenset(
    {"url_params", "url_parameters", "hidden", "hidden_fields", "tracking", "utm", "query", "query_params"}
)
_ANSWERS = frozenset({"answers", "responses", "fields", "questions", "custom_fields"})
_ANSWERS_OR_ALL = frozenset({"data", "submission", "response"})
"""Names of answers, and of whole bodies as well: they are answers where the guest's address is one of them."""

_PERSONAL = frozenset({Role.NAME, Role.FIRST_NAME, Role.LAST_NAME, Role.COMPANY})
_DEPTHS = (2, 3, 1)
"""How deep the id of a booking stands: mostly below one envelope, whose own id is the delivery's."""


def propose(sample: Any) -> Teaching:
    """A teaching that reads *sample* as far as that goes: what was not recognised has no place in it.

    Raises BodyUnreadable for a sample that is no object.
    """
    seen = [_Seen(each, sample) for each in draw_tree(sample).walk()]
    teaching = Teaching(guess_guest=True)
    for role, path in _recognise(seen, sample):
        teaching = point(teaching, role, path, sample)
    return _readable(teaching, sample)


@dataclass(slots=True)
class _Seen:
    """A branch with what its names say, written as in Python: ``startTime`` is ``start_time``."""

    branch: Branch
    value: Any = field(repr=False)
    name: str
    above: tuple[str, ...]

    def __init__(self, branch: Branch, sample: Any) -> None:
        self.branch, self.value = branch, find(sample, branch.path)
        *above, self.name = [_snake(step) if isinstance(step, str) else "" for step in branch.path]
        self.above = tuple(each for each in above if each)

    @property
    def path(self) -> Path:
        return self.branch.path

    def is_about(self, what: re.Pattern[str]) -> bool:
        """Whether it stands below something of this name."""
        return any(what.search(each) for each in self.above)

    @property
    def is_listed(self) -> bool:
        """Whether it is part of a list, which has several of its kind."""
        return any(not isinstance(step, str) for step in self.path)


def _recognise(seen: list[_Seen], sample: Any) -> Iterator[tuple[Role, Path]]:
    """(role, path) of what can be told: at most one of each role, but for lists."""
    emails = [each for each in seen if looks_like_email(each.value) and not _of_host(each)]
    emails.sort(key=lambda each: not ("mail" in each.name or asks_for(_entry(each)) is Role.EMAIL))
    email: Path = emails[0].path if emails else ()
    beside = email[:-1]
    lists = [*_answer_lists(seen, email, sample)]
    params = [each.path for each in seen if each.name in _PARAMS and Role.URL_PARAMS in each.branch.roles]
    # What stands in a list has several of its kind, but for what is beside the guest's address.
    single = [each for each in seen if not each.is_listed or (email and each.path[:-1] == beside)]
    single = [each for each in single if not any(_below(each, one) for one in params)]
    yield from ((Role.EMAIL, each.path) for each in emails[:1])
    for role in _NAMES:
        chosen = next(iter(_candidates(role, single, beside)), None)
        if chosen is not None:
            yield role, chosen.path
    yield from ((Role.ANSWERS, path) for path in lists)
    yield from ((Role.URL_PARAMS, path) for path in params if path not in lists)


def _candidates(role: Role, single: Iterable[_Seen], beside: Path) -> list[_Seen]:
    """The branches that may be *role*, the likeliest first. *beside* is where the guest's address stands."""
    names = _NAMES[role].split()
    fitting = [each for each in single if role in each.branch.roles and each.branch.shown]
    if role in _CALENDARS_OWN:
        own = _CALENDARS_OWN[role].split()
        of_calendar = [
            each for each in fitting if each.name in own and each.above and _CALENDAR.search(each.above[-1])
        ]
        return of_calendar + _named(fitting, names, lambda each: len(each.path))
    if role is Role.EVENT:
        return [
            each for each in _named(fitting, names, lambda each: 0) if len(each.path) == 1 and _is_made(each.value)
        ]
    fitting = [each for each in fitting if not _of_host(each) and not each.is_about(_CALENDAR)]
    if role is Role.ID:
        fitting = [each for each in fitting if not each.is_about(_GUEST)]
        return _named(fitting, names, lambda each: (*_DEPTHS, len(each.path)).index(len(each.path)))
    if role in _PERSONAL:  # a bare "name" is the guest's only where the guest's address is
        fitting = [each for each in fitting if each.path[:-1] == beside or (each.name != "name" and not beside)]
    return _named(fitting, names, lambda each: len(each.path))


def _named(fitting: Iterable[_Seen], names: list[str], then: Callable[[_Seen], int]) -> list[_Seen]:
    return sorted((e for e in fitting if e.name in names), key=lambda each: (names.index(each.name), then(each)))


def _answer_lists(seen: list[_Seen], email: Path, sample: Any) -> Iterator[Path]:
    """The keyed lists; where there are none an object that is called like one, or that the address stands in."""
    keyed = [each for each in seen if each.branch.kind is BranchKind.KEYED_LIST and each.name not in _PARAMS]
    keyed = [each for each in keyed if each.name not in ("options", "choices") and not _of_host(each)]
    outer = [
        each.path for each in keyed if not any(_below(each, other.path) for other in keyed if other is not each)
    ]
    if outer:
        yield from outer
        return
    plain = [
        each.path
        for each in seen
        if Role.ANSWERS in each.branch.roles
        and (each.name in _ANSWERS or (each.name in _ANSWERS_OR_ALL and _is_answer_of(each.path, email, sample)))
    ]
    around = email[:-1]
    is_object = all(isinstance(step, str) for step in around) and shape_of(find(sample, around), around)
    yield from plain[:1] or ([around] if is_object else [])


def _is_answer_of(path: Path, email: Path, sample: Any) -> bool:
    """Whether the address is an answer of the object at *path*, or stands in one that is a list."""
    return (
        len(email) > len(path) and email[: len(path)] == path and is_answer(find(sample, email[: len(path) + 1]))
    )


def _of_host(seen: _Seen) -> bool:
    return seen.is_about(_HOST) or bool(_HOST.search(seen.name))


def _entry(seen: _Seen) -> str:
    """What the entry is called in which a branch stands."""
    return next((str(step.equals) for step in reversed(seen.path) if isinstance(step, Entry)), "")


def _below(seen: _Seen, path: Path) -> bool:
    return len(seen.path) > len(path) and seen.path[: len(path)] == path


def _is_made(value: Any) -> bool:
    """Whether an event's name says that something was booked or filled in."""
    name = _snake(value) if isinstance(value, str) else ""
    return bool(_MADE.search(name)) and not _OTHERWISE.search(name)


def _snake(name: str) -> str:
    return _CAMEL.sub("_", name[:200]).replace("-", "_").replace(" ", "_").casefold()


def _readable(teaching: Teaching, sample: Any) -> Teaching:
    """*teaching* without the places at which *sample* cannot be read."""
    for _role in Role:
        try:
            said = read(sample, teaching, "")
        except BodyUnreadable as unreadable:
            at_fault = {place for place, _reason in unreadable.faults}
        else:
            return teaching if isinstance(said, Booking) else unpoint(teaching, Role.EVENT)
        for role in Role:
            if at_fault & {place_of(path) for path in pointed_at(teaching, role)}:
                teaching = unpoint(teaching, role)
    return teaching
