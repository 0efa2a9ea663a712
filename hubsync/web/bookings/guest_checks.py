"""Checks of a guest's address by what calendar and team chose: asked about, refused at its field, or blocked."""

from __future__ import annotations

from flask_babel import gettext as _

from hubsync.domain.domain_names import shown_domain
from hubsync.services.bookings.booking_page import BookingPage
from hubsync.services.unwanted.guests import judge_guest
from hubsync.web.bookings.form import BookingForm


def check_guest(page: BookingPage, form: BookingForm) -> bool:
    """Whether the guest may book at all; what is to be asked or corrected is at the field of the address then."""
    judged = judge_guest(page.team_id, page.calendar_id, form.email)
    if judged.suggestion and judged.suggestion in form.chosen_addresses:
        form.settle_email(judged.suggestion)
        judged = judge_guest(page.team_id, page.calendar_id, form.email)
    elif judged.suggestion and form.email in form.chosen_addresses:
        form.settle_email(form.email)
    elif judged.suggestion:
        form.ask_about_email(judged.suggestion)
    if judged.free_domain:
        form.refuse_email(
            _(
                "Please enter your work e-mail address: %(domain)s is a free mail service.",
                domain=shown_domain(judged.free_domain),
            )
        )
    return not judged.is_blocked


def tell_enough(page: BookingPage) -> str:
    """The sentence at the field of an address that has as many appointments to come as one may have."""
    return _(
        "No further appointment can be booked for this address at the moment. To change one that you have, use "
        "the links in its confirmation, or contact %(host)s.",
        host=page.host,
    )
