"""Watch only pages: its sums, the switch, and the question before going live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from hubsync.domain.roles import Action
from hubsync.domain.watched import Watched
from hubsync.errors import NotConnected, Refused
from hubsync.services.connection import watch_only
from hubsync.services.connection.blockers import find_posting_blocker
from hubsync.services.deliveries import going_live, replays, watched
from hubsync.services.deliveries.queries import property_labels_of_team
from hubsync.services.deliveries.watched import WatchedFilter, WatchSums
from hubsync.store.connections import Connection, connection_of
from hubsync.web.connection.overview import PAGE as HUBSPOT_PAGE
from hubsync.web.deliveries.filters import watched_address
from hubsync.web.shell import reasons
from hubsync.web.shell.guards import team_page

pages = Blueprint("hubspot_watch", __name__)
PAGE = f"{HUBSPOT_PAGE}/watch-only"
COLUMNS: Mapping[Watched, LazyString] = {
    Watched.BOOKINGS: _l("Bookings"),
    Watched.NEW_COMPANIES: _l("New companies"),
    Watched.PRESENT_COMPANIES: _l("Companies left alone"),
    Watched.NEW_CONTACTS: _l("New contacts"),
    Watched.PRESENT_CONTACTS: _l("Contacts left alone"),
    Watched.ASSOCIATED: _l("Associations"),
    Watched.FILLED: _l("Records filled in"),
    Watched.MEETINGS: _l("Meetings"),
}
"""What is summed up by day."""
OPT_IN = (Watched.FILLED, Watched.MEETINGS)
"""What has a column only where there is any: further steps, which a calendar switches on."""


@dataclass(frozen=True)
class OmittedShown:
    """A row that would be left out: its property, why, of how many bookings, and where these are listed."""

    section: str
    property: str
    why: str
    number: int
    link: str


@pages.get(PAGE)
@team_page(Action.TEAM_SETTINGS)
def show_sums() -> ResponseReturnValue:
    """What would have been posted, day by day and in all, and the way on."""
    connection = connection_of(g.team.id)
    account_id = connection.hubspot_account_id if connection is not None else ""
    sums = watched.read_sums(g.team.id, account_id)

    def log_of(kind: Watched, day: str = "") -> str:
        return _link(WatchedFilter(account_id, kind, day))

    return render_template(
        "deliveries/watch_only.html",
        connection=connection,
        sums=sums,
        columns={kind: word for kind, word in COLUMNS.items() if kind not in OPT_IN or sums.in_all[kind]},
        kinds=Watched,
        log_of=log_of,
        omitted=_omitted(sums, account_id),
        name_day=_name_day,
        **_way_on(connection),
        progress=replays.read_progress(g.team.id),
    )


@pages.post(f"{PAGE}/begin")
@team_page(Action.CONNECT)
def begin() -> ResponseReturnValue:
    """Watch only from now on."""
    try:
        begun = watch_only.switch_on(g.team.id, g.person.id)
    except NotConnected as fault:
        flash(reasons.explain_reason(fault.code), "warning")
        return redirect(url_for("hubspot.show_connection"))
    if begun:
        flash(
            _("HubSync watches only from now on. What is being sent at this moment is the last that it writes."),
            "success",
        )
    return redirect(url_for("hubspot_watch.show_sums"))


@pages.get(f"{PAGE}/go-live")
@team_page(Action.CONNECT)
def ask() -> ResponseReturnValue:
    """Say how many bookings would be posted, and into which account."""
    connection = connection_of(g.team.id)
    found = _way_on(connection)
    if connection is None or not (found["watching"] or found["number"]):
        return redirect(url_for("hubspot_watch.show_sums"))
    return render_template("deliveries/go_live.html", connection=connection, **found)


@pages.post(f"{PAGE}/go-live")
@team_page(Action.CONNECT)
def go_live() -> ResponseReturnValue:
    """Post from now on, and what was watched too if that was pressed; pressed twice, nothing is posted twice."""
    with_watched = request.form.get("watched") == "post"
    try:
        replay = going_live.go_live(
            g.team.id, g.person.id, request.form.get("account", ""), post_watched=with_watched
        )
    except Refused as refused:
        flash(refused.message, "warning")
        return redirect(url_for("hubspot_watch.show_sums"))
    flash(_("HubSync is live: bookings are posted from now on."), "success")
    return redirect(url_for("replays.show_replay" if replay is not None else "hubspot.show_connection"))


def _way_on(connection: Connection | None) -> dict[str, Any]:
    """Whether the team is *watching*, how many bookings going live would post, and what keeps them from that."""
    account_id = connection.hubspot_account_id if connection is not None else ""
    blocker = find_posting_blocker(g.team, connection)
    return {
        "watching": connection is not None and connection.watching_since is not None,
        "number": watched.count_to_be_posted(g.team.id, account_id),
        "blocked": reasons.explain_reason(blocker) if blocker else "",
    }


def _omitted(sums: WatchSums, account_id: str) -> list[OmittedShown]:
    labels = property_labels_of_team(g.team.id)
    return [
        OmittedShown(
            section=reasons.name_section(each.section),
            property=reasons.name_property(
                each.section, each.property_name, labels.get((each.section, each.property_name))
            ),
            why=reasons.explain_omission(each.code),
            number=number,
            link=_link(WatchedFilter(account_id, Watched.OMITTED, omitted=each)),
        )
        for each, number in sums.omitted
    ]


def _link(wanted: WatchedFilter) -> str:
    address: dict[str, Any] = watched_address(wanted)
    return url_for("deliveries.list_deliveries", **address)


def _name_day(day: str) -> str:
    return str(format_date(date.fromisoformat(day), "medium"))
