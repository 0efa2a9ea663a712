"""Connection overview (Team Settings > Integrations > HubSpot): how it is connected, whether it works."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.config import settings
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.roles import Action
from hubsync.hubspot.links import account_url, connected_apps_url, service_keys_url
from hubsync.hubspot.oauth import SCOPES
from hubsync.phrases import labelled
from hubsync.services import now
from hubsync.services.calendars import calendars
from hubsync.services.connection import account_switch, oauth_flow, optional_scopes, service_keys, status
from hubsync.services.connection.clients import NEEDED_SETTINGS
from hubsync.services.connection.problems import NEEDS_SOMEBODY
from hubsync.services.connection.refused_properties import read_gone
from hubsync.services.deliveries import replays, statistics
from hubsync.services.mapping import free_domains
from hubsync.services.notices.status import read_notice_status
from hubsync.services.operations import daily_check
from hubsync.store.connections import Connection, connection_of
from hubsync.store.counts import count_held_by
from hubsync.web.connection import status_text
from hubsync.web.shell import chart
from hubsync.web.shell.calendar_names import name_calendars
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.mail_errors import explain_mail_reason

pages = Blueprint("hubspot", __name__)
PAGE = "/teams/<team_slug>/settings/integrations/hubspot"
COUNTED = (
    DeliveryState.POSTED,
    DeliveryState.DUPLICATE,
    DeliveryState.PARTIAL,
    DeliveryState.WAITING,
    DeliveryState.FAILED,
)


@pages.get(PAGE)
@team_page(Action.TEAM_SETTINGS)
def show_connection() -> ResponseReturnValue:
    """Which account, by whom, since when, and whether it works; or what to do to get there."""
    connection = connection_of(g.team.id)
    connection_status = status.read_status(g.team.id)
    counts = (
        statistics.count_recent(g.team.id) if connection_status.state != ConnectionState.DISCONNECTED else None
    )
    return render_template(
        "connection/hubspot.html",
        connection=connection,
        connection_status=connection_status,
        blocker=oauth_flow.find_connect_blocker(g.team),
        parked=account_switch.find_parked(g.team.id),
        needed_settings=NEEDED_SETTINGS,
        redirect_uri=oauth_flow.redirect_uri(),
        base_url=settings().base_url,
        scopes=SCOPES,
        **_permissions(connection, status_text.refused(connection_status)),
        wanted=optional_scopes.wanted_scopes(g.team.id),
        key=service_keys.masked_key(connection) if connection else "",
        staying=_staying(connection_status.expires_at),
        counts=counts,
        chart=chart.chart_of(counts) if counts is not None else None,
        counted=_counted(counts, connection),
        calendars=calendars.list_calendars(g.membership),
        names=name_calendars(g.membership),
        free_domains={"listed": free_domains.count_listed(), "own": free_domains.list_own(g.team.id)[0]},
        links=hubspot_links(connection),
        missed=replays.count_missed(g.team.id),
        watching=connection is not None and connection.watching_since is not None,
        progress=replays.read_progress(g.team.id),
        words=status_text,
        held_up=_held_up(connection_status),
        gone=[
            (each, count_held_by(g.team.id, each.trouble, each.since))
            for each in (read_gone(g.team.id) if connection_status.refuses_properties else [])
        ],
        notices=read_notice_status(g.team.id),
        notice_days=settings().notice_interval_days,
        words_for_mail=explain_mail_reason,
    )


def _held_up(connection_status: status.ConnectionStatus) -> int:
    """How many bookings the connection's trouble holds up, where it is one that somebody has to mend."""
    code = connection_status.code
    is_one = connection_status.state == ConnectionState.CONNECTED and code in NEEDS_SOMEBODY
    return count_held_by(g.team.id, code) if is_one else 0


def _counted(counts: statistics.Counts | None, connection: Connection | None) -> tuple[DeliveryState, ...]:
    """The states whose numbers are shown.

    What is held for a look is one only where there is any, and what is skipped while a team only watches.
    """
    watches = connection is not None and connection.watching_since is not None
    further = (DeliveryState.HELD, DeliveryState.SKIPPED) if watches else (DeliveryState.HELD,)
    return (*COUNTED, *(each for each in further if counts is not None and counts.by_state.get(each)))


@pages.post(f"{PAGE}/check")
@team_page(Action.CONNECT)
def check_now() -> ResponseReturnValue:
    """Ask HubSpot whether the connection works, and say what it answered."""
    sentence, kind = status_text.explain_check(daily_check.check_now(g.team.id))
    flash(sentence, kind)
    return redirect(url_for("hubspot.show_connection"))


def granted(connection: Connection) -> tuple[str, ...]:
    """The permissions that HubSpot gave; what may be written with a service key shows when it has posted."""
    known = tuple(connection.scopes)
    if connection.method != ConnectMethod.SERVICE_KEY or connection.last_posted_at is None:
        return known
    return known + tuple(each for each in service_keys.NEEDED if each not in known)


def missing(connection: Connection) -> tuple[str, ...]:
    """The permissions that HubSpot did not give, where it says which it gave."""
    if connection.method == ConnectMethod.SERVICE_KEY or not connection.scopes:
        return ()
    return tuple(each for each in SCOPES if each not in connection.scopes)


def _permissions(connection: Connection | None, refused: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What the page shows: *granted* with those *refused* among them, *missing*, and both of these as *lacking*.

    A permission that HubSpot lists as given and refuses all the same is no permission that HubSync has.
    """
    given = granted(connection) if connection else ()
    absent = missing(connection) if connection else ()
    return {
        "granted": given + tuple(each for each in refused if each not in (*given, *absent)),
        "refused": refused,
        "missing": absent,
        "lacking": absent + tuple(each for each in refused if each not in absent),
    }


def hubspot_links(connection: Connection | None) -> dict[str, str]:
    """HubSpot's own screens, on the host of the account's region where it is known."""
    start = settings().hubspot_app_url
    if connection is None:
        return {"account": start, "apps": start, "service_keys": start}
    place = (start, connection.ui_domain or None, connection.hubspot_account_id)
    return {
        "account": account_url(*place),
        "apps": connected_apps_url(*place),
        "service_keys": service_keys_url(*place),
    }


def _staying(expires_at: datetime | None) -> str:
    """How long the connection lasts without a post; "" when it never expires or has expired."""
    if expires_at is None:
        return ""
    every = ngettext(
        "Stays connected while something is posted every %(num)s day",
        "Stays connected while something is posted every %(num)s days",
        settings().idle_expiry_days,
    )
    days = (expires_at - now()).days
    left = ngettext("%(num)s day left", "%(num)s days left", days) if days else _("less than a day left")
    return labelled(every, left)
