"""Texts about calendars: those of a booking source have no booking page, and go on when they are archived."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from hubsync.domain.booking import PAGE
from hubsync.domain.mapping import MappingState
from hubsync.phrases import sentences
from hubsync.services.mapping.storage import SavedMapping
from hubsync.store.calendars import Calendar
from hubsync.web.shell.reasons import name_source


def booked_through(calendar: Calendar) -> str:
    """The name of the booking source that made the calendar; empty for one with a booking page of its own."""
    return "" if calendar.source == PAGE else name_source(calendar.source)


def hubspot_state(mapping: SavedMapping) -> MappingState:
    """Whether its bookings are posted, as the list of calendars says it."""
    if not mapping.version:
        return MappingState.NOT_SET_UP
    return MappingState.ACTIVE if mapping.edited.active else MappingState.PAUSED


def tell_archived(calendar: Calendar, state: MappingState) -> Markup:
    """What being archived means for the calendar, whose `hubspot_state` is *state*.

    A booking source does not ask us whether it may send on: there the way to stop posting is told, with its link.
    """
    source = booked_through(calendar)
    if not source:
        return escape(_("The calendar is archived: its booking page is closed, and everything is kept."))
    put_away = _("The calendar is archived: it stands apart in the list, and everything is kept.")
    if state == MappingState.ACTIVE:
        goes_on = _("What %(source)s sends for it is still taken and posted.", source=source)
        address = url_for("advanced.show_settings", calendar_id=calendar.id, _anchor="integration")
        link = _("To stop posting, pause HubSpot for this calendar")
        return Markup('{} <a href="{}">{}</a>').format(sentences(put_away, goes_on), address, link)
    if state == MappingState.PAUSED:
        goes_on = _(
            "What %(source)s sends for it is still taken, and not posted: HubSpot is paused.", source=source
        )
    else:
        goes_on = _("What %(source)s sends for it is still taken, and waits: HubSpot is not added.", source=source)
    return escape(sentences(put_away, goes_on))
