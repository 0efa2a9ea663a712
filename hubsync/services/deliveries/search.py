"""Search for deliveries: by state, calendar, e-mail or company, with keyset pages, whatever their number.

Every question is put so that an index answers it and nothing has to be sorted. Where a reader sees only some
calendars, or asks for several states, each of them gives its next rows and the next of all are taken, for no
index has several of them in one order. Where a search is narrowed by state, no index has both: then only so many
rows are looked at, and the page says where to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select, true, union_all

from hubsync.domain.open_troubles import holds_up, is_of_property
from hubsync.domain.searching import range_of
from hubsync.services.deliveries.watched import WatchedFilter
from hubsync.store import db, end_read
from hubsync.store.calendar_visibility import in_visible_calendars, sees_all, visible_calendars
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.imports import ImportedBooking
from hubsync.store.teams import Membership

ANY_IMPORT = 0
LOOKED_AT = 2000
"""How many rows a narrowed search looks at for one page."""
_ARMS = 100  # parts of one statement; SQLite takes 500

Place = tuple[Any, int]
"""The position of a row in a list: what comes before its id in the order (see `Wanted.key`), and its id."""


@dataclass(frozen=True)
class SearchTerm:
    """What is searched for: *text* as `domain/searching` makes it, the whole of it or how it begins."""

    by: Literal["email", "company"]
    text: str
    exactly: bool = False


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries a list is about. Those of *states* are not dismissed; no states means all there are.

    *watched* are those alone that were watched only. *import_id* is the import that they came with, `ANY_IMPORT`
    for whichever; None for those of every origin. *trouble* is one of `domain/open_troubles`, by which they are
    held up; "" for any.
    """

    states: tuple[str, ...] = ()
    dismissed: bool = False
    calendar_id: int | None = None
    sought: SearchTerm | None = None
    watched: WatchedFilter | None = None
    trouble: str = ""
    import_id: int | None = None

    @property
    def key(self) -> Literal["text", "mark", ""]:
        """What the list is in the order of: the text whose beginning is searched for, or when it was dismissed,
        the last first; else the newest come first."""
        if self.sought is not None:
            return "" if self.sought.exactly else "text"
        return "mark" if self.dismissed else ""

    @property
    def narrowed(self) -> bool:
        return bool(self.states) or self.dismissed


@dataclass(frozen=True)
class IdPage:
    """Ids in the order of the list; *place* is the one after which the next page begins, None at the end.

    *cut* says that the page is not full because enough rows were looked at; the next page looks at the rest.
    """

    ids: Sequence[int]
    place: Place | None
    cut: bool = False

    @property
    def after(self) -> int | None:
        """The delivery that stands at *place*."""
        return self.place[1] if self.place is not None else None


def find(membership: Membership, wanted: DeliveryFilter, after: int | None, most: int) -> IdPage:
    """At most *most* ids of what the reader may see, those that follow the delivery *after* in the list."""
    return _find_from(membership, wanted, _place_of(membership, wanted, after), most)


def walk(membership: Membership, wanted: DeliveryFilter, batch: int = 500) -> Iterator[Sequence[int]]:
    """All that *find* would find, batch by batch, each once; no transaction is open in between.

    Where a batch ended is kept as a place and not as a delivery, which may be erased or taken back by the next.
    """
    place: Place | None = None
    while True:
        page = _find_from(membership, wanted, place, batch)
        end_read()
        if page.ids:
            yield page.ids
        if page.place is None:
            return
        place = page.place


def count_up_to(membership: Membership, wanted: DeliveryFilter, most: int) -> int:
    """How many there are; counting ends soon after *most*, which is for searches, of which no number is kept."""
    number = 0
    for ids in walk(membership, wanted):
        number += len(ids)
        if number > most:
            break
    return number


def visible(membership: Membership, ids: Sequence[int]) -> Select[Delivery]:
    """Those of the deliveries that the reader may see, in the order in which every worker takes them."""
    query = select(Delivery).where(Delivery.id.in_(ids), in_visible_calendars(membership, Delivery))
    return query.order_by(Delivery.id).execution_options(populate_existing=True)


def _find_from(membership: Membership, wanted: DeliveryFilter, start: Place | None, most: int) -> IdPage:
    scopes = [scope & _imported(wanted.import_id) for scope in _scopes(membership, wanted.calendar_id)]
    if wanted.watched is not None:  # they are few: as many as a trial has bookings
        scopes = [scope & wanted.watched.condition(membership.team_id) for scope in scopes]
    if (wanted.sought is not None and wanted.narrowed) or wanted.trouble:
        return _find_narrowed(scopes, wanted, start, most)
    arms = [arm for scope in scopes for way in _ways(wanted) for arm in _arms(scope, wanted, way, start)]
    rows = _first(arms, wanted, most + 1)
    return IdPage([number for _key, number in rows[:most]], rows[most - 1] if len(rows) > most else None)


def _scopes(membership: Membership, calendar_id: int | None) -> list[ColumnElement[bool]]:
    """Conditions that together give all that the reader may see, each of which an index begins with."""
    if sees_all(membership) and calendar_id is None:
        return [Delivery.team_id == membership.team_id]
    query = select(Calendar.id).where(visible_calendars(membership))
    if calendar_id is not None:
        query = query.where(Calendar.id == calendar_id)
    return [Delivery.calendar_id == found for found in db.session.scalars(query)]


def _imported(import_id: int | None) -> ColumnElement[bool]:
    if import_id is None:
        return true()
    imported = select(ImportedBooking.delivery_id)
    if import_id != ANY_IMPORT:
        imported = imported.where(ImportedBooking.import_id == import_id)
    return Delivery.id.in_(imported)


def _place_of(membership: Membership, wanted: DeliveryFilter, after: int | None) -> Place | None:
    if after is None or not wanted.key:
        return None if after is None else ("", after)
    query = select(_key(wanted)).where(Delivery.team_id == membership.team_id, Delivery.id == after)
    place = db.session.scalar(query)
    return None if place is None else (place, after)  # erased or taken back meanwhile: from the beginning


def _ways(wanted: DeliveryFilter) -> Sequence[ColumnElement[bool] | None]:
    """How the marks and states are asked for, one after the other; None for all there are."""
    if wanted.dismissed:
        return [Delivery.dismissed_at.is_not(None)]
    return [(Delivery.state == state) & Delivery.dismissed_at.is_(None) for state in wanted.states] or [None]


def _text(sought: SearchTerm) -> Any:
    return Delivery.search_email if sought.by == "email" else Delivery.search_company


def _key(wanted: DeliveryFilter) -> Any:
    if wanted.key == "text" and wanted.sought is not None:
        return _text(wanted.sought)
    return Delivery.dismissed_at if wanted.key == "mark" else db.literal("")


def _order(wanted: DeliveryFilter, key: Any, number: Any) -> tuple[Any, ...]:
    if wanted.key == "text":
        return (key, number)
    return (key.desc(), number.desc()) if wanted.key else (number.desc(),)


def _arms(
    scope: ColumnElement[bool], wanted: DeliveryFilter, way: ColumnElement[bool] | None, start: Place | None
) -> list[Select[Any]]:
    """(key, id) of one scope and one state, in the order of the list, from *start* on.

    From the middle of a search they are two: the rest of the text where the page before ended, and the texts that
    follow. So are they of what was dismissed, much of which may be of one moment. Asked for as one, SQLite steps
    through all rows of that text or moment again.
    """
    key, sought = _key(wanted), wanted.sought
    query = select(key.label("key"), Delivery.id.label("number")).where(scope)
    if way is not None:
        query = query.where(way)
    ordered = query.order_by(*_order(wanted, key, Delivery.id))
    if sought is not None and not sought.exactly:
        first, last = range_of(sought.text)
        if start is None or not first <= start[0] <= last:
            return [ordered.where(key >= first, key <= last)]
        return [ordered.where(key == start[0], Delivery.id > start[1]), ordered.where(key > start[0], key <= last)]
    if sought is not None:
        ordered = ordered.where(_text(sought) == sought.text)
    if start is not None and wanted.key:
        return [ordered.where(key == start[0], Delivery.id < start[1]), ordered.where(key < start[0])]
    return [ordered if start is None else ordered.where(Delivery.id < start[1])]


def _first(arms: Sequence[Select[Any]], wanted: DeliveryFilter, most: int) -> list[Place]:
    """The first rows of all *arms* together, in the order of the list."""
    places: list[Place] = []
    for beginning in range(0, len(arms), _ARMS):
        parts = [arm.limit(most).subquery() for arm in arms[beginning : beginning + _ARMS]]
        if len(parts) == 1:
            places += [(key, number) for key, number in db.session.execute(arms[beginning].limit(most))]
            continue
        together = union_all(*(select(part.c.key, part.c.number) for part in parts)).subquery()
        query = select(together.c.key, together.c.number)
        query = query.order_by(*_order(wanted, together.c.key, together.c.number)).limit(most)
        places += [(key, number) for key, number in db.session.execute(query)]
    # Texts are compared by code point in the database, as Python does.
    return sorted(places, reverse=wanted.key != "text")[:most]


def _find_narrowed(
    scopes: Sequence[ColumnElement[bool]], wanted: DeliveryFilter, start: Place | None, most: int
) -> IdPage:
    """Look at so many rows that fit the search, and keep those of the wanted states and trouble."""
    looked_at = _first([arm for scope in scopes for arm in _arms(scope, wanted, None, start)], wanted, LOOKED_AT)
    ids = [number for _key, number in looked_at]
    rows = db.session.execute(
        select(Delivery.id, Delivery.state, Delivery.dismissed_at, Delivery.reason, Delivery.remarks).where(
            Delivery.id.in_(ids)
        )
    ).all()
    fitting = {row.id for row in rows if _fits(wanted, row)}
    kept = [place for place in looked_at if place[1] in fitting]
    if len(kept) > most:
        return IdPage([number for _key, number in kept[:most]], kept[most - 1])
    more = len(ids) == LOOKED_AT
    return IdPage([number for _key, number in kept], looked_at[-1] if more else None, cut=more)


def _fits(wanted: DeliveryFilter, row: Any) -> bool:
    is_dismissed = row.dismissed_at is not None
    if wanted.trouble and not holds_up(wanted.trouble, row.reason, row.remarks):
        return False
    if wanted.trouble and not wanted.narrowed:
        return is_of_property(wanted.trouble) or not is_dismissed
    return is_dismissed == wanted.dismissed and (wanted.dismissed or row.state in wanted.states)
