"""Sending a sample through: what a body would become at an address, shown and not kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hubsync.domain.booking import Booking
from hubsync.domain.received import Result
from hubsync.domain.roles import Action
from hubsync.domain.values import answer_text
from hubsync.errors import BodyUnreadable, BookingNotKept
from hubsync.services.calendars import calendars
from hubsync.services.connection.properties import known_properties
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.mapping.choices import offer_information
from hubsync.services.mapping.preview import preview
from hubsync.services.mapping.storage import load_mapping
from hubsync.services.sources.dry_run import DryRun, NewBooking, try_body
from hubsync.services.sources.endpoints import EndpointView, configured
from hubsync.sources.registry import read_sample
from hubsync.sources.source import LARGEST_BODY, Ignored, Source
from hubsync.store.connections import connection_of
from hubsync.web.deliveries.arrival_notes import NoteShown, list_notes
from hubsync.web.mapping.preview_text import SectionValues, record_lines, sections_of, shorten
from hubsync.web.mapping.text import Labels
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.shell.request_bodies import takes_bytes
from hubsync.web.sources.place import crumbs_to, find_shown, page_of, shown_number, shown_source
from hubsync.web.sources.result_text import FORESEEN, ResultText, explain_event, explain_result

LARGEST_FORM = 3 * LARGEST_BODY
"""A body that is pasted into a form may come larger than it is, and is refused at its field up to here."""
FORM = re.compile(r"[\w.%+*\[\]-]{1,200}=\S*")
"""How a body begins that is encoded as browsers send forms."""
MOST_SHOWN = 100
LONGEST_REPEATED = 200_000
"""A longer body is not sent back to the browser that has it anyway."""


@dataclass(frozen=True)
class OutcomeShown:
    """What would become of a body, in words; *booking* is one that would come in, with what HubSpot would get."""

    text: ResultText
    sentence: str
    event: str
    reason: str = ""
    delivery_id: int | None = None
    count: int = 1
    booking: NewBooking | None = None
    told: Booking | None = field(default=None, repr=False)
    answers: tuple[tuple[str, str, bool], ...] = field(default=(), repr=False)
    answers_left: int = 0
    notes: tuple[NoteShown, ...] = field(default=(), repr=False)
    sections: tuple[SectionValues, ...] = field(default=(), repr=False)
    looks: tuple[RecordLine, ...] = field(default=(), repr=False)


@takes_bytes(LARGEST_FORM)
@team_page(Action.TEAM_SETTINGS)
def try_sample() -> ResponseReturnValue:
    """The source's own sample, or what somebody pasted, all the way to the preview."""
    endpoint = find_shown()
    options = endpoint.options if endpoint is not None else {}
    source = configured(shown_source(), options)
    if request.method == "GET":
        return _try_own(endpoint, source, str(options.get("preset", "")))
    pasted = request.form.get("body", "")
    if not pasted.strip():
        return _render(endpoint, "", faults=[("", gettext("Paste what your booking tool sent."))]), 422
    outcome, faults = _try(source, pasted.encode("utf-8", "replace"))
    if faults and FORM.fullmatch(pasted.strip()):
        faults = [("", gettext("This is a form (name=value), not JSON. Let your booking tool send JSON."))]
    return _render(endpoint, pasted, outcome, faults), (422 if faults else 200)


def _try_own(endpoint: EndpointView | None, source: Source, preset: str) -> str:
    """The source's own sample. Where a team reads its sender in its own way there may be none that fits."""
    sample = read_sample(source, preset)
    if sample is None:
        return _render(endpoint, "")
    outcome, faults = _try(source, sample)
    if faults:
        return _render(endpoint, "")
    return _render(endpoint, sample.decode("utf-8"), outcome, is_own=True)


def _try(source: Source, body: bytes) -> tuple[OutcomeShown | None, list[tuple[str, str]]]:
    try:
        return _show(try_body(g.team.id, source, shown_number(), body)), []
    except BodyUnreadable as unreadable:
        return None, [(place, gettext(reason)) for place, reason in unreadable.faults]
    except BookingNotKept:
        return None, [("", gettext("The database did not answer just now. Try again."))]


def _show(run: DryRun) -> OutcomeShown:
    shown: dict[str, Any] = {}
    if isinstance(run.said, Booking):
        shown["told"] = run.said
    if run.booking is not None:
        answers = [(each.label, shorten(answer_text(each.value)), each.is_new) for each in run.booking.answers]
        shown.update(
            answers=tuple(answers[:MOST_SHOWN]),
            answers_left=max(len(answers) - MOST_SHOWN, 0),
            notes=tuple(list_notes(run.booking.record)[:MOST_SHOWN]),
            **_preview(run.booking),
        )
    return OutcomeShown(
        text=explain_result(run.result),
        sentence=str(FORESEEN[run.result]),
        event="" if run.result is Result.BOOKED else explain_event(getattr(run.said, "event", "")),
        reason=gettext(run.said.reason) if isinstance(run.said, Ignored) else "",
        delivery_id=run.delivery_id,
        count=run.count,
        booking=run.booking,
        **shown,
    )


def _preview(booking: NewBooking) -> dict[str, Any]:
    """What the mapping of the calendar would give HubSpot; nothing where nothing would be posted."""
    if booking.mapping is None or booking.material is None or booking.calendar_id is None:
        return {}
    outcome = preview(g.team, booking.mapping, booking.material)
    calendar = calendars.find_calendar(g.membership, booking.calendar_id)
    labels = Labels(load_mapping(calendar.id), known_properties(g.team.id), offer_information(calendar))
    return {
        "sections": tuple(sections_of(outcome, booking.mapping, labels, read_refused(g.team.id))),
        "looks": tuple(record_lines(outcome, connection_of(g.team.id))),
    }


def _render(
    endpoint: EndpointView | None,
    body: str,
    outcome: OutcomeShown | None = None,
    faults: list[tuple[str, str]] | None = None,
    *,
    is_own: bool = False,
) -> str:
    return render_template(
        "sources/sample.html",
        source=shown_source(),
        endpoint=endpoint,
        crumbs=crumbs_to(endpoint, inside=True),
        body=body if len(body) <= LONGEST_REPEATED else "",
        outcome=outcome,
        faults=faults or [],
        is_own=is_own,
    )


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the view of this module."""
    pages.add_url_rule(f"{page_of(source)}/sample", view_func=try_sample, methods=["GET", "POST"])
