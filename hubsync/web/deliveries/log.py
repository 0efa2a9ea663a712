"""Delivery log: the list, one delivery, and Retry."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _

from hubsync.domain.booking import IMPORT, PAGE, BookingEvent
from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import DISMISSABLE, RETRIABLE, DeliveryState
from hubsync.domain.plans import posts
from hubsync.domain.reasons import OF_THE_MAPPING, Reason
from hubsync.domain.roles import Action
from hubsync.errors import PermissionMissing, Remedy, WatchOnly, codes
from hubsync.services.bookings import held_bookings
from hubsync.services.bookings.corrections import CORRECTABLE
from hubsync.services.connection.blockers import find_posting_blocker
from hubsync.services.deliveries import queries, replays, statistics
from hubsync.services.deliveries.history import last_moves, read_history
from hubsync.services.deliveries.shared_domains import shared_domain
from hubsync.services.deliveries.undoing import read_undoing, undone_among
from hubsync.services.imports import status
from hubsync.services.posting.hubspot_messages import open_said
from hubsync.store.connections import Connection, connection_of
from hubsync.store.deliveries import Delivery
from hubsync.web.deliveries import bulk_actions
from hubsync.web.deliveries.archived_text import archived_of
from hubsync.web.deliveries.arrival_notes import list_notes
from hubsync.web.deliveries.bulk_actions import dismissed_just_now
from hubsync.web.deliveries.existing_text import filled_lines, read_existing
from hubsync.web.deliveries.filters import WAYS, pages, read_narrowing, tabs_of
from hubsync.web.deliveries.held_back_text import tell_since
from hubsync.web.deliveries.meeting_text import meeting_lines
from hubsync.web.deliveries.records_text import begun_elsewhere, record_lines
from hubsync.web.deliveries.retry_message import retry_and_tell, tell, waits_for_going_live
from hubsync.web.deliveries.undo import undoing_facts
from hubsync.web.deliveries.watched_text import show_watched
from hubsync.web.shell import chart as charts
from hubsync.web.shell import reasons
from hubsync.web.shell.guards import allowed, team_page
from hubsync.web.shell.i18n import name_language
from hubsync.web.shell.unposted import watches_only

MENDED_IN_THE_MAPPING = (*OF_THE_MAPPING, *codes(remedies={Remedy.MAPPING}))
MENDED_AT_HUBSPOT = codes(remedies={Remedy.CONNECT, Remedy.HUBSPOT})


@pages.get("/teams/<team_slug>/deliveries")
@team_page()
def list_deliveries() -> ResponseReturnValue:
    """A page at a time; ``state``, ``calendar``, ``find`` and ``before`` narrow it down."""
    narrowing = read_narrowing()
    counts = statistics.count_by_state(g.membership, narrowing.calendar_id)
    before = request.args.get("before", type=int)
    chart = None
    if before is None and narrowing.is_counted:
        chart = charts.chart_of(statistics.count_recent_seen(g.membership, narrowing.calendar_id))
    listed = queries.list_wanted(g.membership, narrowing.wanted, before)
    missed = _count_missed(counts)
    return render_template(
        "deliveries/list_deliveries.html",
        chart=chart,
        listed=listed,
        undone=undone_among([each.id for each in listed.deliveries]),
        moved=last_moves([each.booking_id for each in listed.deliveries]),
        narrowing=narrowing,
        ways=WAYS,
        imports=status.list_imports(g.team.id) if allowed(Action.TEAM_SETTINGS) else (),
        before=before,
        total=sum(counts.values()),
        tabs=tabs_of(counts, narrowing.state),
        actions=bulk_actions.actions_on(narrowing, counts),
        just_now=dismissed_just_now(),
        missed=missed,
        watching=bool(missed) and watches_only(),
        held=counts.get(DeliveryState.HELD, 0) if narrowing.state != DeliveryState.HELD else 0,
        progress=replays.read_progress(g.team.id),
    )


@pages.post("/teams/<team_slug>/deliveries/search")
@team_page()
def search() -> ResponseReturnValue:
    """Lead to what is searched for, by an address that does not say it."""
    return redirect(url_for("deliveries.list_deliveries", **read_narrowing(request.form).address()), 303)


@pages.get("/teams/<team_slug>/deliveries/<int:delivery_id>")
@team_page()
def show_delivery(delivery_id: int) -> ResponseReturnValue:
    """What became of one booking, in words, with everything that was tried."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    connection = connection_of(delivery.team_id)
    history = read_history(delivery.booking_id)
    since = tell_since(delivery, connection)
    reason = delivery.reason if since is None else since.code
    undoing = read_undoing(delivery_id)
    existing = read_existing(delivery, undoing)
    archived = archived_of(delivery, undoing)
    return render_template(
        "deliveries/show_delivery.html",
        blockable=bool(delivery.booking.guest_email) and delivery.booking.source == PAGE,
        delivery=delivery,
        booking=delivery.booking,
        calendar=delivery.booking.calendar,
        parts=[
            *record_lines(delivery, connection, existing, archived),
            *meeting_lines(delivery, connection, archived),
        ],
        existing=existing,
        filled=filled_lines(existing),
        watched=show_watched(delivery, connection),
        begun_elsewhere=begun_elsewhere(delivery, connection),
        labels=queries.property_labels(delivery.calendar_id),
        answers=queries.list_answers(delivery.booking),
        notes=list_notes(delivery.booking),
        history=history,
        moved=any(each.event == BookingEvent.MOVED for each in history),
        guest_language=name_language(delivery.booking.locale),
        shared=shared_domain(delivery),
        can_be_retried=_can_be_retried(delivery, connection) and (undoing is None or undoing.undone_at is None),
        **undoing_facts(delivery, undoing),
        imported=status.find_imported(delivery.id) if delivery.booking.source == IMPORT else None,
        is_held=delivery.dismissed_at is None and delivery.state == DeliveryState.HELD,
        can_be_corrected=delivery.state in CORRECTABLE,
        can_be_dismissed=delivery.dismissed_at is None and delivery.state in DISMISSABLE,
        dismissed_by=queries.name_person(delivery.dismissed_by_id),
        since=since,
        said=open_said(delivery),
        remedy=_remedy(delivery, reason),
        hopeless=reason in codes(remedies={Remedy.DISMISS}),
        mended_elsewhere=_is_mended_elsewhere(reason, connection),
        zone=str(get_timezone()),
        wording=reasons,
    )


@pages.post("/teams/<team_slug>/deliveries/<int:delivery_id>/retry")
@team_page()
def retry(delivery_id: int) -> ResponseReturnValue:
    """Try again now, wait for what comes of it, and tell."""
    queries.find_delivery(g.membership, delivery_id)
    retry_and_tell(delivery_id)
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))


@pages.post("/teams/<team_slug>/deliveries/<int:delivery_id>/post")
@team_page()
def post_held(delivery_id: int) -> ResponseReturnValue:
    """Let a held booking go on now, wait for what comes of it, and tell."""
    queries.find_delivery(g.membership, delivery_id)
    tell(held_bookings.post(g.membership, delivery_id))
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))


def _can_be_retried(delivery: Delivery, connection: Connection | None) -> bool:
    """Whether Retry is offered: not for one whose first post comes at once, nor without the plan or live."""
    if delivery.state not in RETRIABLE or delivery.state == DeliveryState.PENDING:
        return False
    return posts(g.team.plan) and not waits_for_going_live(delivery, connection)


def _is_mended_elsewhere(reason: str, connection: Connection | None) -> bool:
    """Whether Retry cannot help before something else is done: there is still no access to HubSpot."""
    without_access = connection is None or connection.state != ConnectionState.CONNECTED
    return reason in MENDED_AT_HUBSPOT and reason != PermissionMissing.code and without_access


def _count_missed(counts: dict[str, int]) -> int:
    """How many bookings could be posted by one button now; 0 while HubSpot cannot be posted to."""
    connection = connection_of(g.team.id)
    if not counts.get(DeliveryState.WAITING) or find_posting_blocker(g.team, connection):
        return 0
    return replays.count_missed_seen(g.membership)


def _remedy(delivery: Delivery, reason: str) -> tuple[str, str] | None:
    """(address, words) of the page where the reader can do what is missing, if there is one."""
    if reason in MENDED_IN_THE_MAPPING:
        address = url_for("advanced.show_settings", calendar_id=delivery.calendar_id)
        return address, _("Go to Advanced settings")
    if reason in MENDED_AT_HUBSPOT and allowed(Action.CONNECT):
        return url_for("hubspot.show_connection"), _("Go to the HubSpot page")
    if reason in codes(remedies={Remedy.ANSWERS}) and delivery.state in CORRECTABLE:
        return url_for("deliveries.correct", delivery_id=delivery.id), _("Correct the answers")
    if reason == WatchOnly.code and allowed(Action.TEAM_SETTINGS):
        return url_for("hubspot_watch.show_sums"), _("See what would have been posted")
    if reason == Reason.PLAN and allowed(Action.CHANGE_PLAN):
        return url_for("teams.settings"), _("Go to Team Settings")
    return None
