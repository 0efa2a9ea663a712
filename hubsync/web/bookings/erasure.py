"""Erasure of the guest of one booking: the Privacy page's own erasure, with the address filled in."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from hubsync.domain.roles import Action
from hubsync.services.bookings import erasure
from hubsync.services.deliveries import queries
from hubsync.web.shell.guards import team_page
from hubsync.web.teams.erasure_page import ask_again
from hubsync.web.teams.privacy_form import ErasureForm

pages = Blueprint("erasing_guests", __name__)


@pages.get("/teams/<team_slug>/deliveries/<int:delivery_id>/erase-guest")
@team_page(Action.SEE_ALL_DELIVERIES)
def confirm(delivery_id: int) -> ResponseReturnValue:
    """What would be erased, before it is."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    email = delivery.booking.guest_email
    if not email or not erasure.count_guest(email, g.team.id):
        return render_template("deliveries/no_guest.html", delivery=delivery)
    return ask_again(ErasureForm(formdata=None, email=email))
