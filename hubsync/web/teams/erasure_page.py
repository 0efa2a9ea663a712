"""The page that asks once more before a guest is erased: what goes, what stays, and the address typed again."""

from __future__ import annotations

from flask import g, render_template

from hubsync.errors import HubSyncError
from hubsync.services.bookings import erasure
from hubsync.services.connection.tokens import usable_connection
from hubsync.web.teams.privacy_form import ErasureForm


def ask_again(form: ErasureForm) -> str:
    """The page for the guest whose address the *form* holds."""
    email = form.email.data or ""
    return render_template(
        "teams/confirm_guest_erasure.html",
        form=form,
        number=erasure.count_guest(email, g.team.id),
        to_come=erasure.count_to_come(email, g.team.id),
        account=account_to_ask(),
    )


def account_to_ask() -> str | None:
    """The team's HubSpot account as people know it; None while HubSpot cannot be asked."""
    try:
        connection = usable_connection(g.team.id)
    except HubSyncError:
        return None
    return connection.account_name or connection.hubspot_account_id
