"""Replay pages: one button, and a page that shows the progress, wherever it was started."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.plans import posts
from hubsync.domain.reasons import Reason
from hubsync.domain.roles import Action
from hubsync.services.deliveries import replays
from hubsync.services.posting import rate_limits
from hubsync.store.connections import connection_of
from hubsync.web.connection import status_text
from hubsync.web.shell import reasons
from hubsync.web.shell.guards import counted_states, team_page
from hubsync.web.shell.unposted import watches_only

pages = Blueprint("replays", __name__)
PAGE = "/teams/<team_slug>/deliveries/missed"


@pages.get(PAGE)
@team_page()
def show_replay() -> ResponseReturnValue:
    """How far the posting of missed bookings is, or how many could be posted."""
    return render_template(
        "deliveries/show_replay.html",
        progress=replays.read_progress(g.team.id),
        missed=replays.count_missed_seen(g.membership),
        waiting=counted_states().get(DeliveryState.WAITING, 0),
        without_plan=not posts(g.team.plan),
        connection=connection_of(g.team.id),
        watching=watches_only(),
        rests=_tell_rest(),
        wording=reasons,
    )


@pages.get(f"{PAGE}/progress.json")
@team_page()
def tell_progress() -> ResponseReturnValue:
    """The same numbers for the page's script."""
    progress = replays.read_progress(g.team.id)
    if progress is None:
        return jsonify(state="none", total=0, done=0)
    replay = progress.replay
    return jsonify(
        state=progress.state,
        total=replay.total,
        done=progress.done,
        told=tell_done(progress),
        posted=replay.posted,
        duplicate=replay.duplicate,
        troubled=replay.troubled,
    )


@pages.post(PAGE)
@team_page(Action.SEE_ALL_DELIVERIES)
def begin() -> ResponseReturnValue:
    """Have everything posted that waits; pressed twice, nothing is posted twice."""
    if replays.replay_missed(g.team.id, g.person.id) is None:
        flash(_("No booking waits that could be posted now."), "info")
    return redirect(url_for("replays.show_replay"))


@pages.post(f"{PAGE}/pause")
@team_page(Action.SEE_ALL_DELIVERIES)
def pause() -> ResponseReturnValue:
    """Let it rest after the booking that is under way."""
    replays.pause(g.team.id, g.person.id)
    return redirect(url_for("replays.show_replay"))


@pages.post(f"{PAGE}/continue")
@team_page(Action.SEE_ALL_DELIVERIES)
def go_on() -> ResponseReturnValue:
    """Let it go on where it was paused."""
    replays.go_on(g.team.id, g.person.id)
    return redirect(url_for("replays.show_replay"))


@pages.post(f"{PAGE}/stop")
@team_page(Action.SEE_ALL_DELIVERIES)
def stop() -> ResponseReturnValue:
    """End it; what was not tried goes on waiting."""
    replays.stop(g.team.id, g.person.id)
    return redirect(url_for("replays.show_replay"))


def _tell_rest() -> tuple[str, datetime] | None:
    """Why it is paused, in a sentence, and until when; None when it does not."""
    found = rate_limits.paused_until(g.team.id)
    if found is None:
        return None
    code, until = found
    if code == Reason.CIRCUIT_OPEN:
        return _("HubSpot did not answer a moment ago, so HubSync leaves it alone for half a minute."), until
    return status_text.why_paused(code), until


def tell_done(progress: replays.Progress) -> str:
    """ "12 of 300 bookings" in the reader's language."""
    return ngettext(
        "%(done)s of %(num)s booking", "%(done)s of %(num)s bookings", progress.replay.total, done=progress.done
    )


pages.app_template_filter("told_done")(tell_done)
