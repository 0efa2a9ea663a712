"""CSV export of the log: what the list shows, filtered as the list is, streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import Response, g, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.csv_cells import line
from hubsync.services import now
from hubsync.services.deliveries.archived_records import Archived, read_archived
from hubsync.services.deliveries.export import ExportedDelivery, note_export, read_portions
from hubsync.services.deliveries.watched import read_watched
from hubsync.store.connections import Connection, connection_of
from hubsync.web.deliveries.filters import LogFilter, pages, read_narrowing
from hubsync.web.deliveries.records_text import ASSOCIATION_WORDS, gone_word, record_link
from hubsync.web.deliveries.watched_text import watched_words
from hubsync.web.shell import reasons
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.reason_texts import STATE_WORDS
from hubsync.web.shell.remark_texts import PARTS

WOULD_BE = ("company", "contact", "association")
"""What a list of watched bookings tells more: what would have become of each."""


@pages.get("/teams/<team_slug>/deliveries/export.csv")
@team_page()
def export() -> ResponseReturnValue:
    """Everything the list of this address would show, page after page."""
    narrowing = read_narrowing()
    note_export(g.membership)
    connection = connection_of(g.team.id)
    name = f"deliveries-{g.team.slug}-{now().date().isoformat()}.csv"
    answer = Response(stream_with_context(_lines(narrowing, connection)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(narrowing: LogFilter, connection: Connection | None) -> Iterator[str]:
    # Without the mark at the beginning Excel takes the file for one of the local code page.
    watched = [str(PARTS[part]) for part in WOULD_BE] if narrowing.watched else []
    yield "\ufeff" + line(
        [*(str(word) for word in _head()), *(_("Would be: %(what)s", what=part) for part in watched)]
    )
    for portion in read_portions(g.membership, narrowing.wanted):
        rows = read_watched([each.delivery.id for each in portion]) if watched else {}
        archived = {
            account: read_archived(account, _records_in(portion, account))
            for account in {each.delivery.hubspot_account_id for each in portion}
        }
        yield "".join(
            line(
                [
                    *_cells(each, connection, archived[each.delivery.hubspot_account_id]),
                    *(watched_words(rows.get(each.delivery.id)) if watched else []),
                ]
            )
            for each in portion
        )


def _head() -> list[str]:
    return [
        _("Delivery"),
        _("Completed at"),
        _("Calendar"),
        _("State"),
        _("Dismissed at"),
        _("Reason"),
        _("Guest"),
        _("E-mail"),
        _("Company"),
        _("HubSpot company id"),
        _("HubSpot company"),
        _("HubSpot contact id"),
        _("HubSpot contact"),
        _("Association"),
        _("Attempts"),
        _("Last attempt at"),
        _("Booking source"),
        _("Starts at"),
        _("Ends at"),
        _("Moved at"),
        _("Cancelled at"),
        _("No-show at"),
    ]


def _records_in(portion: Iterable[ExportedDelivery], account_id: str) -> list[str]:
    ours = [each.delivery for each in portion if each.delivery.hubspot_account_id == account_id]
    return [record_id for each in ours for record_id in (each.company_id, each.contact_id)]


def _cells(row: ExportedDelivery, connection: Connection | None, archived: Archived) -> list[str]:
    delivery, booking = row.delivery, row.delivery.booking
    return [
        str(delivery.id),
        _stamp(delivery.created_at),
        booking.calendar.name,
        str(STATE_WORDS.get(delivery.state, delivery.state)),
        _stamp(delivery.dismissed_at),
        reasons.explain_reason(delivery.reason),
        booking.guest_name,
        booking.guest_email,
        row.company,
        delivery.company_id,
        gone_word(delivery, "company", archived) or record_link(delivery, connection, "company"),
        delivery.contact_id,
        gone_word(delivery, "contact", archived) or record_link(delivery, connection, "contact"),
        str(ASSOCIATION_WORDS.get(delivery.association, "")),
        str(row.attempts),
        _stamp(row.last_attempt_at),
        reasons.name_source(booking.source),
        _stamp(booking.starts_at),
        _stamp(booking.ends_at),
        _stamp(row.moved_at),
        _stamp(booking.cancelled_at),
        _stamp(booking.no_show_at),
    ]


def _stamp(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment is not None else ""
