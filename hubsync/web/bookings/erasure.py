"""Erasure of a guest who asks for it: a page that says what goes and what stays, and the press."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.domain.roles import Action
from hubsync.services.bookings import erasure
from hubsync.services.deliveries import queries
from hubsync.web.shell.guards import team_page

pages = Blueprint("erasing_guests", __name__)
PAGE = "/teams/<team_slug>/deliveries/<int:delivery_id>/erase-guest"


@pages.get(PAGE)
@team_page(Action.SEE_ALL_DELIVERIES)
def confirm(delivery_id: int) -> ResponseReturnValue:
    """What would be erased, before it is."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    email = delivery.booking.guest_email
    return render_template(
        "deliveries/erase_guest.html",
        delivery=delivery,
        email=email,
        number=erasure.count_guest(email, g.team.id) if email else 0,
        to_come=erasure.count_to_come(email, g.team.id) if email else 0,
    )


@pages.post(PAGE)
@team_page(Action.SEE_ALL_DELIVERIES)
def erase(delivery_id: int) -> ResponseReturnValue:
    """Erase all bookings of this delivery's guest in this team."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    email = delivery.booking.guest_email
    if not email:
        flash(_("This booking has no e-mail address by which its guest could be found."), "warning")
        return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))
    erased, left = erasure.erase_guest(email, g.team.id, g.person.id)
    if erased or not left:
        flash(ngettext("%(num)s booking was erased.", "%(num)s bookings were erased.", erased), "success")
    if left:
        flash(
            ngettext(
                "%(num)s booking is being posted at this moment and was left. Erase it in a minute.",
                "%(num)s bookings are being posted at this moment and were left. Erase them in a minute.",
                left,
            ),
            "warning",
        )
    return redirect(url_for("deliveries.list_deliveries"))
