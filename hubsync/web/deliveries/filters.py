"""Filters of the delivery log, as its addresses say them: state, calendar, search."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal, NoReturn

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from hubsync.domain.delivery_states import DISMISSED, NEEDS_A_PERSON, DeliveryState
from hubsync.domain.mapping import Section
from hubsync.domain.open_troubles import is_of_property, is_trouble
from hubsync.domain.searching import LONGEST, company_as_searched, email_as_searched, is_legal_form
from hubsync.domain.values import clean_text
from hubsync.domain.watched import Watched
from hubsync.phrases import bracketed, sentences
from hubsync.services.connection.refused_properties import read_gone
from hubsync.services.deliveries.kept_searches import keep_search, read_search
from hubsync.services.deliveries.search import ANY_IMPORT, DeliveryFilter, SearchTerm
from hubsync.services.deliveries.watched import OmittedKind, WatchedFilter
from hubsync.store.calendars import Calendar
from hubsync.store.connections import connection_of
from hubsync.web.shell import reasons
from hubsync.web.shell.calendar_names import name_calendars

pages = Blueprint("deliveries", __name__)
"""Every page of the log and of a delivery."""

NEEDING = "needs_a_person"
IN_ORDER = (
    DeliveryState.FAILED,
    DeliveryState.PARTIAL,
    DeliveryState.WAITING,
    DeliveryState.HELD,
    DeliveryState.RETRYING,
    DeliveryState.POSTED,
    DeliveryState.DUPLICATE,
    DeliveryState.SKIPPED,
    DeliveryState.PENDING,
    DeliveryState.SENDING,
)
FILTERS: Mapping[str, tuple[str, ...]] = {
    NEEDING: NEEDS_A_PERSON,
    **{state: (state,) for state in IN_ORDER},
    DISMISSED: (DISMISSED,),
}
"""What ``?state=`` may say: all that wait for somebody, one state, or what was dismissed; pressing ones first."""

IMPORTED = "any"
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_ROW = re.compile(rf"({'|'.join(Section)})\.([^.\x00]{{1,255}})\.([A-Za-z0-9_]{{1,64}})")
"""A row that would be left out, as ``?row=`` names it: section, property and code."""

WAYS = {
    "email": _l("E-mail begins with"),
    "email_is": _l("E-mail is exactly"),
    "company": _l("Company begins with"),
    "company_is": _l("Company is exactly"),
}
"""What is searched how; ``by`` beside ``q``, which are typed and then sealed into ``?find=``."""
USUAL_WAY = "email"
WATCHED = {
    Watched.BOOKINGS: _l("Bookings that were watched only."),
    Watched.NEW_COMPANIES: _l("Watched bookings whose company would have been registered."),
    Watched.PRESENT_COMPANIES: _l("Watched bookings whose company would have been left as it is."),
    Watched.FORESEEN_COMPANIES: _l("Watched bookings whose company an earlier one would have registered."),
    Watched.NEW_CONTACTS: _l("Watched bookings whose contact would have been registered."),
    Watched.PRESENT_CONTACTS: _l("Watched bookings whose contact would have been left as it is."),
    Watched.FORESEEN_CONTACTS: _l("Watched bookings whose contact an earlier one would have registered."),
    Watched.ASSOCIATED: _l("Watched bookings whose contact would have been associated with a company."),
    Watched.FILLED: _l("Watched bookings that would have filled in empty values of a record."),
    Watched.MEETINGS: _l("Watched bookings whose meeting would have been put on the timeline."),
    Watched.OMITTED: _l("Watched bookings of which a row would have been left out."),
    Watched.REFUSED: _l("Watched bookings whose contact would have been refused."),
    Watched.UNKNOWN: _l("Watched bookings of which HubSpot could not be asked everything."),
}
"""What ``?watched=`` may say."""


@dataclass(frozen=True)
class LogFilter:
    """What a page of the log is about.

    *typed* is the search as it was typed and *kept* what its address says instead; *calendars* are the reader's.
    """

    calendars: Sequence[tuple[int, str]]
    state: str = ""
    calendar_id: int | None = None
    by: str = USUAL_WAY
    typed: str = ""
    kept: str = ""
    watched: WatchedFilter | None = None
    trouble: str = ""
    imported: str = ""
    """The id of the import that they came with, `IMPORTED` for any; empty for deliveries of every origin."""

    @property
    def wanted(self) -> DeliveryFilter:
        """The same as the services read it."""
        states = () if self.state == DISMISSED else FILTERS.get(self.state, ())
        import_id = None if not self.imported else ANY_IMPORT if self.imported == IMPORTED else int(self.imported)
        return DeliveryFilter(
            states,
            self.state == DISMISSED,
            self.calendar_id,
            self._sought,
            self.watched,
            self.trouble,
            import_id,
        )

    @cached_property
    def _names(self) -> dict[int, str]:
        return dict(self.calendars)

    def name_of(self, calendar: Calendar) -> str:
        """The calendar's name as the log's list of calendars has it."""
        return self._names.get(calendar.id, calendar.name)  # made since this page began

    @property
    def _sought(self) -> SearchTerm | None:
        by: Literal["company", "email"] = "company" if self.by.startswith("company") else "email"
        text = company_as_searched(self.typed) if by == "company" else email_as_searched(self.typed)
        return SearchTerm(by, text, self.by.endswith("_is")) if text else None

    @property
    def seeks_legal_form(self) -> bool:
        """Whether companies are looked for by what is left out of all their names."""
        return self.by.startswith("company") and is_legal_form(self.typed)

    @property
    def searches(self) -> bool:
        return self._sought is not None

    @property
    def narrows(self) -> bool:
        """Whether anything but the newest of everything is asked for."""
        return bool(self.state or self.calendar_id or not self.is_counted)

    @property
    def is_counted(self) -> bool:
        """Whether numbers are kept of what the list shows: not of a search, an import or a trouble, nor of what
        was watched only."""
        return not (self.searches or self.imported or self.trouble) and self.watched is None

    def address(self, **other: Any) -> dict[str, Any]:
        """The values of the address of this page, or of one that differs in what *other* says."""
        searching = {"find": self._find(other.pop("by", self.by))} if self.searches else {}
        watched = watched_address(self.watched) if self.watched is not None else {}
        troubled = {"trouble": self.trouble} if self.trouble else {}
        return {
            "state": self.state or None,
            "calendar": self.calendar_id,
            "import": self.imported or None,
            **troubled,
            **searching,
            **watched,
            **other,
        }

    def _find(self, by: str) -> str:
        """What an address says instead of this search, or of one in another way."""
        return self.kept if self.kept and by == self.by else keep_search(g.team.id, by, self.typed)

    @property
    def troubled_sentence(self) -> str:
        """By what the deliveries are held up, in words; "" for any."""
        if not self.trouble:
            return ""
        if is_of_property(self.trouble):
            section, _dot, name = self.trouble.partition(".")
            label = next((each.label for each in read_gone(g.team.id) if each.trouble == self.trouble), "")
            shown = bracketed(reasons.name_property(section, name, label), reasons.name_section(section))
            return _("Bookings that were posted without %(property)s.", property=shown)
        return sentences(_("Bookings that are held up:"), reasons.explain_reason(self.trouble))

    @property
    def without_search(self) -> dict[str, Any]:
        return self.address(find=None)

    @property
    def without_watched(self) -> dict[str, Any]:
        return self.address(watched=None, day=None, row=None)

    @property
    def other_way(self) -> str:
        """The way that looks at the other text than this one."""
        other = "email" if self.by.startswith("company") else "company"
        return other + ("_is" if self.by.endswith("_is") else "")

    @property
    def sentence(self) -> str:
        """What is searched for, in words."""
        return {
            "email": _("e-mail begins with “%(text)s”", text=self.typed),
            "email_is": _("e-mail is exactly “%(text)s”", text=self.typed),
            "company": _("company begins with “%(text)s”", text=self.typed),
            "company_is": _("company is exactly “%(text)s”", text=self.typed),
        }[self.by]

    @property
    def watched_sentence(self) -> str:
        """Which watched bookings are listed, in words."""
        if self.watched is None:
            return ""
        told = str(WATCHED[self.watched.kind])
        if not self.watched.day:
            return told
        day = format_date(date.fromisoformat(self.watched.day))
        return _("%(which)s They came in on %(day)s.", which=told, day=day)


def watched_address(watched: WatchedFilter) -> dict[str, str]:
    """What the address of the log says of watched deliveries."""
    said = {"watched": watched.kind.value, "day": watched.day, "row": ".".join(watched.omitted or ())}
    return {name: value for name, value in said.items() if value}


def read_narrowing(asked: MultiDict[str, str] | None = None) -> LogFilter:
    """What the address of this request asks for, or *asked*; 404 for states, ways and calendars there are not.

    What is typed into an address is taken as well, for bookmarks of before. A search that is over is never taken
    for none, or what is pressed would be done to the whole log.
    """
    asked = request.args if asked is None else asked
    known = list(name_calendars(g.membership).items())
    narrowing = LogFilter(
        known,
        state=asked.get("state", ""),
        calendar_id=asked.get("calendar", type=int),
        imported=asked.get("import", ""),
    )
    narrowing = replace(narrowing, trouble=asked.get("trouble", ""))
    if narrowing.imported not in ("", IMPORTED) and not _NUMBER.fullmatch(narrowing.imported):
        abort(404)
    if narrowing.state and narrowing.state not in FILTERS:
        abort(404)
    if narrowing.trouble and not is_trouble(narrowing.trouble):
        abort(404)
    if kept := asked.get("find", ""):
        search = read_search(g.team.id, kept)
        if search is None:
            _lead_to_a_new_search(narrowing)
        else:
            narrowing = replace(narrowing, by=search[0], typed=search[1], kept=kept)
    else:
        typed = clean_text(asked.get("q", ""))[:LONGEST]
        narrowing = replace(narrowing, by=asked.get("by", USUAL_WAY), typed=typed)
    if narrowing.by not in WAYS:
        abort(404)
    if asked.get("watched"):
        narrowing = replace(narrowing, watched=_read_watched(asked))
    if narrowing.calendar_id is not None and narrowing.calendar_id not in {number for number, _name in known}:
        abort(404)
    return narrowing


def _read_watched(asked: MultiDict[str, str]) -> WatchedFilter:
    """What the address says of watched deliveries: those of the account that is connected; 404 for what is not."""
    connection = connection_of(g.team.id)
    row = asked.get("row", "")
    named = _ROW.fullmatch(row)
    try:
        kind = Watched(asked["watched"])
        day = date.fromisoformat(asked["day"]).isoformat() if asked.get("day") else ""
    except ValueError:
        abort(404)
    if row and named is None:
        abort(404)
    omitted = OmittedKind(Section(named[1]), named[2], named[3]) if named is not None else None
    return WatchedFilter(connection.hubspot_account_id if connection is not None else "", kind, day, omitted)


def _lead_to_a_new_search(narrowing: LogFilter) -> NoReturn:
    told = _("That search was too long ago. Search again.")
    if request.method != "GET":
        abort(410, told)
    flash(told, "info")
    abort(redirect(url_for("deliveries.list_deliveries", **narrowing.address())))


def tabs_of(counts: Mapping[str, int], chosen: str) -> list[tuple[str, int]]:
    """(filter, count) of those with something in them, and of the chosen one."""
    tabs = [(name, sum(counts.get(state, 0) for state in states)) for name, states in FILTERS.items()]
    return [(name, count) for name, count in tabs if count or name == chosen]


def only(narrowing: LogFilter, states: Sequence[str]) -> DeliveryFilter:
    """Those of what *narrowing* asks for that are in one of *states* and not dismissed; none when it is empty."""
    wanted = narrowing.wanted
    return replace(wanted, states=tuple(each for each in wanted.states or states if each in states))
