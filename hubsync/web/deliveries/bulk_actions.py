"""Bulk actions (Dismiss, take back, Retry, Post) on one delivery, chosen ones, or a whole list, once confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.domain.delivery_states import DISMISSABLE, DISMISSED, DeliveryState
from hubsync.services import now
from hubsync.services.bookings import held_bookings
from hubsync.services.deliveries import bulk_retry, dismissals, queries, statistics
from hubsync.services.deliveries.portions import BulkResult
from hubsync.services.deliveries.queries import LARGEST_ID, PAGE
from hubsync.services.deliveries.search import DeliveryFilter, count_up_to
from hubsync.store.deliveries import Delivery
from hubsync.web.deliveries.filters import LogFilter, only, pages, read_narrowing
from hubsync.web.deliveries.retry_message import NOT_BEFORE_LIVE
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.unposted import watches_only

DISMISS, TAKE_BACK, RETRY = "dismiss", "take_back", "retry"
POST, DISMISS_HELD = "post", "dismiss_held"
HELD_ACTIONS = (POST, DISMISS_HELD)
"""What a person decides about bookings that are held for a look, in the list of these alone."""
COUNTED = 2000
"""Up to so many of a search are counted before it says “more than”."""
JUST_NOW = "dismissed_just_now"


@dataclass(frozen=True)
class BulkSelection:
    """What is to be done with which deliveries: *ids*, or all of *wanted*. *beyond* says that there are more than
    *number*, *left* how many of the chosen ones stay as they are."""

    action: str
    ids: tuple[int, ...]
    wanted: DeliveryFilter | None
    number: int
    beyond: bool = False
    left: int = 0


@pages.post("/teams/<team_slug>/deliveries/<int:delivery_id>/dismiss")
@team_page()
def dismiss(delivery_id: int) -> ResponseReturnValue:
    """Mark it as needed no more; its page shows by whom, with a button that takes it back."""
    queries.find_delivery(g.membership, delivery_id)
    if not dismissals.dismiss_these(g.membership, [delivery_id]).number:
        flash(_("This delivery cannot be dismissed as it is now."), "warning")
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))


@pages.post("/teams/<team_slug>/deliveries/<int:delivery_id>/take-back")
@team_page()
def take_back(delivery_id: int) -> ResponseReturnValue:
    """Take the mark off: the delivery counts again as what it is."""
    queries.find_delivery(g.membership, delivery_id)
    dismissals.take_back_these(g.membership, [delivery_id])
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))


@pages.get("/teams/<team_slug>/deliveries/many")
@team_page()
def confirm_many() -> ResponseReturnValue:
    """Say how many it is about, and ask."""
    narrowing = read_narrowing()
    if "do" not in request.args:
        return redirect(url_for("deliveries.list_deliveries", **narrowing.address()))
    asked = now()
    many = _read_many(narrowing, request.args)
    done = max(request.args.get("done", 0, type=int), 0)
    return render_template(
        "deliveries/confirm_many.html",
        many=many,
        narrowing=narrowing,
        most=COUNTED,
        asked=asked.isoformat(),
        done=done if many.action in HELD_ACTIONS else 0,
    )


@pages.post("/teams/<team_slug>/deliveries/many")
@team_page()
def do_many() -> ResponseReturnValue:
    """Do it, and say what came of it; a dismissal comes with a button that takes it back."""
    narrowing = read_narrowing()
    many = _read_many(narrowing, request.form)
    back = redirect(url_for("deliveries.list_deliveries", **narrowing.address()))
    if many.action in HELD_ACTIONS:
        return _decide_on_held(narrowing, many)
    if many.action == RETRY:
        begun = (
            bulk_retry.retry_all(g.membership, many.wanted)
            if many.wanted
            else bulk_retry.retry_these(g.membership, many.ids)
        )
        if begun:
            return redirect(url_for("replays.show_replay"))
        flash(str(NOT_BEFORE_LIVE) if watches_only() else _("There is nothing to try again."), "info")
        return back
    if many.action == DISMISS:
        done = (
            dismissals.dismiss_all(g.membership, many.wanted, _read_moment("asked"))
            if many.wanted
            else dismissals.dismiss_these(g.membership, many.ids)
        )
        if done.number:
            session[JUST_NOW] = [done.since.isoformat(), done.until.isoformat(), done.number]
    else:
        done = (
            dismissals.take_back_all(g.membership, many.wanted)
            if many.wanted
            else dismissals.take_back_these(g.membership, many.ids)
        )
        _tell_taken_back(done)
    if not done.finished:
        flash(_("There were too many for one go; some are left. Press the button once more."), "warning")
    return back


def _decide_on_held(narrowing: LogFilter, many: BulkSelection) -> ResponseReturnValue:
    """Do it, for as long as a page may take; what is left is asked for anew, with how far it is."""
    posts = many.action == POST
    if many.wanted is not None:
        act = held_bookings.post_all if posts else held_bookings.dismiss_all
        done = act(g.membership, many.wanted, _read_moment("asked"))
    else:
        done = (held_bookings.post_these if posts else held_bookings.dismiss_these)(g.membership, many.ids)
    number = done.number + max(request.form.get("done", 0, type=int), 0)
    if not done.finished:
        address = narrowing.address(do=many.action, which="all", done=number)
        return redirect(url_for("deliveries.confirm_many", **address))
    flash(_tell_posted(number) if posts else _tell_held_dismissed(number), "success" if number else "info")
    return redirect(url_for("deliveries.list_deliveries", **narrowing.address()))


def _tell_posted(number: int) -> str:
    return ngettext(
        "%(num)s booking goes on: it is confirmed by mail, and posted in the background.",
        "%(num)s bookings go on: they are confirmed by mail, and posted in the background, one after the other.",
        number,
    )


def _tell_held_dismissed(number: int) -> str:
    return ngettext(
        "%(num)s held booking was dismissed. Its time is free again.",
        "%(num)s held bookings were dismissed. Their times are free again.",
        number,
    )


@pages.post("/teams/<team_slug>/deliveries/undo")
@team_page()
def undo() -> ResponseReturnValue:
    """Take back what this person dismissed in one go just now."""
    narrowing = read_narrowing()
    since, until = _read_moment("since"), _read_moment("until")
    done = dismissals.take_back_since(g.membership, since, until)
    _tell_taken_back(done)
    left = 0 if done.finished else dismissals.count_since(g.membership, since, until)
    if left:
        session[JUST_NOW] = [since.isoformat(), until.isoformat(), left]
        flash(_("There were too many for one go; some are left. Press Undo once more."), "warning")
    return redirect(url_for("deliveries.list_deliveries", **narrowing.address()))


@dataclass(frozen=True)
class BulkActions:
    """Which buttons stand at the list, and how many deliveries those for all of it are about.

    *number* is None while the list is searched, for no number of that is kept.
    """

    names: tuple[str, ...]
    number: int | None

    def take(self, delivery: Delivery) -> bool:
        """Whether a delivery can be chosen for one of the buttons."""
        return any(
            _can(action, delivery.state, dismissed=delivery.dismissed_at is not None) for action in self.names
        )

    def take_any(self, deliveries: Iterable[Delivery]) -> bool:
        """Whether one of the deliveries can be chosen."""
        return any(map(self.take, deliveries))


def actions_on(narrowing: LogFilter, counts: Mapping[str, int]) -> BulkActions:
    """What can be done with many deliveries of this list."""
    if narrowing.state == DISMISSED:
        return BulkActions((TAKE_BACK,), None if not narrowing.is_counted else counts.get(DISMISSED, 0))
    if narrowing.state == DeliveryState.HELD:
        number = None if not narrowing.is_counted else counts.get(DeliveryState.HELD, 0)
        return BulkActions(HELD_ACTIONS, number)
    able = only(narrowing, DISMISSABLE).states
    return BulkActions((RETRY, DISMISS) if able else (), None if not narrowing.is_counted else _sum(counts, able))


def dismissed_just_now() -> dict[str, Any] | None:
    """What the reader dismissed on the page before, for the notice with Undo; told once."""
    kept = session.pop(JUST_NOW, None)
    return dict(zip(("since", "until", "number"), kept, strict=True)) if kept else None


def _read_moment(name: str) -> datetime:
    """A moment that one of our pages sends along; 400 for anything else."""
    try:
        moment = datetime.fromisoformat(request.form[name])
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        pass
    abort(400)


def _tell_taken_back(done: BulkResult) -> None:
    message = ngettext(
        "The dismissal of %(num)s delivery was taken back.",
        "The dismissal of %(num)s deliveries was taken back.",
        done.number,
    )
    flash(message, "success" if done.number else "info")


def _read_many(narrowing: LogFilter, sent: Any) -> BulkSelection:
    """What was pressed; 400 for what no button of ours sends."""
    action, which = sent.get("do", ""), sent.get("which", "")
    if action not in (DISMISS, TAKE_BACK, RETRY, *HELD_ACTIONS) or which not in ("chosen", "all"):
        abort(400)
    if which == "all":
        return _all_of(narrowing, action)
    ids = tuple(dict.fromkeys(each for each in sent.getlist("id", type=int) if 0 < each <= LARGEST_ID))[:PAGE]
    seen = queries.read_visible(g.membership, ids)
    able = [each.id for each in seen if _can(action, each.state, dismissed=each.dismissed_at is not None)]
    return BulkSelection(action, tuple(able), None, len(able), left=len(ids) - len(able))


def _all_of(narrowing: LogFilter, action: str) -> BulkSelection:
    if action == TAKE_BACK:
        wanted = replace(narrowing.wanted, states=(), dismissed=True)
        counted: tuple[str, ...] = (DISMISSED,)
    else:
        wanted = only(narrowing, (DeliveryState.HELD,) if action in HELD_ACTIONS else DISMISSABLE)
        counted = wanted.states
        if wanted.dismissed or not counted:
            return BulkSelection(action, (), None, 0)
    if not narrowing.is_counted:
        number = count_up_to(g.membership, wanted, COUNTED)
        return BulkSelection(action, (), wanted, min(number, COUNTED), beyond=number > COUNTED)
    counts = statistics.count_by_state(g.membership, narrowing.calendar_id)
    return BulkSelection(action, (), wanted, _sum(counts, counted))


def _sum(counts: Mapping[str, int], states: tuple[str, ...]) -> int:
    return sum(counts.get(state, 0) for state in states)


def _can(action: str, state: str, *, dismissed: bool) -> bool:
    if action == TAKE_BACK:
        return dismissed
    able = (DeliveryState.HELD,) if action in HELD_ACTIONS else DISMISSABLE
    return state in able and not dismissed
