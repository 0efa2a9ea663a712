"""Texts of the connection's status: what happened, and what to press.

One place for the HubSpot page, the banner above every page of the team, and the log of deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hubsync.config import settings
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.domain.open_troubles import GoneProperty
from hubsync.domain.reasons import Reason
from hubsync.errors import (
    AccessExpired,
    AccessLost,
    AppMisconfigured,
    IdleExpired,
    PermissionMissing,
    Remedy,
    Scope,
    codes,
)
from hubsync.hubspot.oauth import OWNERS_READ
from hubsync.phrases import bracketed, enumerated, sentences
from hubsync.services.connection.problems import NEEDS_SOMEBODY, refused_permission
from hubsync.services.connection.revocation import RevocationResult
from hubsync.services.connection.status import ConnectionStatus
from hubsync.web.shell import reasons

PERMISSION, SETTINGS = PermissionMissing.code, AppMisconfigured.code
PASSING = codes(scopes={Scope.HUBSPOT}, remedies={Remedy.WAIT, Remedy.LOOK})

PERMISSIONS = {
    "oauth": _l("see which account it is, and uninstall HubSync"),
    "crm.objects.contacts.read": _l("read contacts: to know that an address is registered already"),
    "crm.objects.contacts.write": _l("write contacts: to register new ones"),
    "crm.objects.companies.read": _l("read companies: to find a company that is there already"),
    "crm.objects.companies.write": _l("write companies: to register new ones"),
    OWNERS_READ: _l("read users: to know whom new records belong to"),
}
"""What HubSync does with each permission; HubSpot calls them scopes."""


FEATURES = {OWNERS_READ: _l("Owner of new records")}
"""What an optional permission is for."""


def why_lost(code: str, method: str) -> str:
    """Why access was lost, in one sentence."""
    if code == IdleExpired.code:
        days = settings().idle_expiry_days
        return ngettext(
            "Nothing was posted for %(num)s day, so access to HubSpot has expired.",
            "Nothing was posted for %(num)s days, so access to HubSpot has expired.",
            days,
        )
    if code in (AccessLost.code, AccessExpired.code):  # HubSpot said so itself
        if method == ConnectMethod.SERVICE_KEY:
            return _("HubSpot no longer accepts the service key: it was deleted or replaced there.")
        return _("HubSpot no longer accepts HubSync: it was uninstalled there, or its permission was taken back.")
    return reasons.explain_reason(code)


def advise_on_lost(method: str, may_connect: bool = True) -> str:
    """What brings lost access back; *may_connect* says whether Connect can be offered at all."""
    if method == ConnectMethod.SERVICE_KEY:
        return (
            _("Enter another service key, or press Connect.") if may_connect else _("Enter another service key.")
        )
    if may_connect:
        return _("Press Connect again. The mappings are still there.")
    return _("Connect is not possible yet, for the reason above. The mappings are still there.")


def explain_problem(code: str, missing: Sequence[str] = ()) -> str:
    """The problem of a valid connection, in one sentence; *missing* are the permissions, where known."""
    if code == PERMISSION and missing:
        return _("HubSync lacks a permission in HubSpot: %(scopes)s.", scopes=enumerated(missing))
    if code == PERMISSION:
        return _("HubSpot refuses something that HubSync needs: a permission is missing there.")
    if code == SETTINGS:
        return _("HubSpot refuses the app settings of this installation. The connection itself stands.")
    if code in PASSING:
        return _("HubSpot could not be reached at the last check. The connection stands.")
    return reasons.explain_reason(code)


def advise_on_problem(code: str, method: str, missing: Sequence[str] = ()) -> str:
    """What a person can do about it; *missing* are the permissions, where known."""
    if code == PERMISSION and not missing and method == ConnectMethod.SERVICE_KEY:
        return _(
            "Which one is not known. Compare what the service key may do in HubSpot, under Development > Keys, "
            "with the list below; then enter it again."
        )
    if code == PERMISSION and not missing:
        return _(
            "Which one is not known. Compare the app's permissions in HubSpot with the list below, then press "
            "Connect again."
        )
    if code == PERMISSION and method == ConnectMethod.SERVICE_KEY:
        return _("Give the service key this permission in HubSpot, under Development > Keys; then enter it again.")
    if code == PERMISSION:
        return _("Give the app this permission in HubSpot, then press Connect again.")
    if code == SETTINGS:
        return _(
            "Whoever runs HubSync sets %(id)s and %(secret)s to what HubSpot shows for the app, and restarts it.",
            id="HUBSYNC_HUBSPOT_CLIENT_ID",
            secret="HUBSYNC_HUBSPOT_CLIENT_SECRET",  # noqa: S106  the name of a setting
        )
    if code in PASSING:
        return _("Nothing to do: HubSync tries again by itself.")
    return reasons.advise(code)


def refused(status: ConnectionStatus) -> tuple[str, ...]:
    """The permissions that HubSpot refused HubSync, as far as the calls that met it tell."""
    scope = refused_permission(status.code, status.call) if status.state == ConnectionState.CONNECTED else ""
    return (scope,) if scope else ()


def alarm(status: ConnectionStatus) -> str:
    """The sentence for a banner: what happened; "" when nobody has to do anything."""
    if status.state == ConnectionState.LOST:
        return why_lost(status.code, status.method)
    if status.state == ConnectionState.CONNECTED and status.code in NEEDS_SOMEBODY:
        return explain_problem(status.code, refused(status))
    return ""


def alarm_of_gone(gone: Sequence[GoneProperty]) -> str:
    """The sentence for a banner about properties that HubSpot takes no more; "" for none."""
    if not gone:
        return ""
    return _(
        "HubSpot no longer takes what is mapped to it: %(properties)s. Bookings are posted without it.",
        properties=enumerated(name_gone(each) for each in gone),
    )


def name_gone(gone: GoneProperty) -> str:
    """The property with its section."""
    name = reasons.name_property(gone.section.value, gone.name, gone.label)
    return bracketed(name, reasons.name_section(gone.section.value))


def explain_gone(gone: GoneProperty) -> str:
    """What happened to the property, in two sentences."""
    happened = _("HubSpot no longer takes the property %(property)s.", property=name_gone(gone))
    return sentences(happened, reasons.explain_dropped({"code": gone.code}))


def count_without(number: int) -> str:
    """How many bookings were posted without a property, as a sentence."""
    return ngettext("%(num)s booking was posted without it.", "%(num)s bookings were posted without it.", number)


def count_held(number: int) -> str:
    """How many bookings a trouble holds up, as a sentence."""
    return ngettext("It holds up %(num)s booking.", "It holds up %(num)s bookings.", number)


def why_paused(code: str) -> str:
    """Why HubSpot takes nothing from the account for a while."""
    if code == Reason.DAILY_LIMIT:
        return _("HubSpot takes no more calls today: the account's daily limit was reached.")
    if code == Reason.ACCOUNT_MOVING:
        return _("HubSpot is moving the account and takes nothing from it meanwhile.")
    return reasons.explain_reason(code)


def explain_check(status: ConnectionStatus) -> tuple[str, str]:
    """(sentence, kind of message) for what came of Check now."""
    if status.state == ConnectionState.LOST:
        return why_lost(status.code, status.method), "error"
    if status.state != ConnectionState.CONNECTED:
        return _("This team is not connected to HubSpot."), "info"
    if status.code:
        return explain_problem(status.code, refused(status)), "warning"
    return _("Checked just now: HubSpot accepts the connection."), "success"


def explain_revocation(given: RevocationResult, method: str, account: str) -> str:
    """What became of the access to *account*, which the team does not use, and what stays at HubSpot.

    Revoking uninstalls nothing: only somebody in that account ends what HubSpot lists there.
    """
    if method == ConnectMethod.SERVICE_KEY:
        return _(
            "HubSync has forgotten the service key of %(account)s. The key goes on working until somebody deletes "
            "it in HubSpot, under Development > Keys.",
            account=account,
        )
    if given is RevocationResult.IN_USE:
        return _(
            "HubSync has forgotten this access to %(account)s and did not have it revoked: another team here uses "
            "that account, so HubSync stays installed there.",
            account=account,
        )
    if given is RevocationResult.REVOKED:
        done = _("HubSync has had its access to %(account)s revoked and has forgotten it.", account=account)
    elif given is RevocationResult.NOT_TOLD:
        done = _(
            "HubSpot could not be told to revoke the access to %(account)s; HubSync tries again for an hour, and "
            "nobody here can use it meanwhile.",
            account=account,
        )
    else:
        done = _("HubSync has forgotten its access to %(account)s.", account=account)
    stays = _(
        "HubSpot still lists HubSync there until somebody uninstalls it in that account: "
        "Settings > Integrations > Connected apps."
    )
    return sentences(done, stays)


def count_waiting(waiting: int) -> str:
    """How many bookings wait, as a sentence."""
    return ngettext("%(num)s booking waits to be posted.", "%(num)s bookings wait to be posted.", waiting)


def connected_by(method: str) -> str:
    """Which way the team connected."""
    return _("with a service key") if method == ConnectMethod.SERVICE_KEY else _("with Connect")


def name_account(name: str, account_id: str) -> str:
    """The account as people know it: its web domain where HubSpot tells one, and its number."""
    number = _("account %(id)s", id=account_id)
    return bracketed(name, number) if name else number
