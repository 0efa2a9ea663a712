"""Texts of erasures of guests: what may become of the contact in HubSpot, and what has become of it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.domain.guest_erasures import ContactFate, ContactWish
from hubsync.store.guest_erasures import GuestErasure
from hubsync.web.shell.reasons import explain_reason

WISHES = {
    ContactWish.LEFT: _l("Leave the contact in HubSpot as it is"),
    ContactWish.ARCHIVED: _l("Archive the contact: it can be restored in HubSpot for 90 days"),
    ContactWish.ERASED: _l(
        "Delete the contact for good (GDPR delete): HubSpot takes nobody with this address again"
    ),
}
"""What somebody chooses among, in this order."""


def tell_fate(receipt: GuestErasure) -> str:
    """What has become of the contact, whatever has become of the bookings here."""
    account = receipt.hubspot_account_id
    if receipt.contact_fate == ContactFate.NOT_ASKED:
        return _("Not asked: what HubSpot has of the guest is still there.")
    if receipt.contact_fate == ContactFate.NOT_THERE:
        return _("There is no contact with this address in the account %(account)s.", account=account)
    if receipt.contact_fate == ContactFate.NOT_THEIRS:
        return _(
            "Left: in the account %(account)s the address is a further one of a contact with another main "
            "address, which HubSync did not register. Look at it there.",
            account=account,
        )
    if receipt.contact_fate == ContactFate.DONE:
        if receipt.contact_wish == ContactWish.ERASED:
            return _("The contact in the account %(account)s was deleted for good.", account=account)
        return _("The contact in the account %(account)s was archived.", account=account)
    why = explain_reason(receipt.fault_code)
    if receipt.contact_fate == ContactFate.REFUSED:
        return _(
            "Not done: the contact in the account %(account)s may still be there. %(why)s Remove it there, "
            "or ask for the erasure once more when this is mended.",
            account=account,
            why=why,
        )
    if receipt.fault_code:
        return _("Not done yet. %(why)s It is tried again by itself for some days.", why=why)
    return _("Not done yet; it goes on by itself.")
