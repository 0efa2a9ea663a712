"""Text of a notice, for both of its bodies: what failed, how many bookings wait, what to press."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.config import settings
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.domain.retries import DELIVERIES
from hubsync.errors import ACCOUNT_TROUBLES, family
from hubsync.phrases import sentences
from hubsync.services.connection.access_loss import hubspot_page
from hubsync.services.notices import source_wording
from hubsync.services.notices.open_failures import OpenFailures
from hubsync.services.notices.to_do import ToDo
from hubsync.store.connections import Connection
from hubsync.store.teams import Team


@dataclass(frozen=True)
class NoticeText:
    """The subject, which is one of five; then the lead, a line for each kind of failure, what to do, and why."""

    subject: str
    lead: str
    failed: tuple[str, ...]
    to_do: tuple[ToDo, ...]
    footer: str


def say(
    team: Team, connection: Connection | None, failures: OpenFailures, since: str, time_zone: str = "UTC"
) -> NoticeText:
    """Put *failures* into the words of the present locale; *since* is the beginning of it, for people."""
    name = " ".join(team.name.split())
    lead = _lead(name, connection, failures) if failures.any_of_hubspot else source_wording.lead(name)
    if since:
        lead = sentences(lead, _("Since %(since)s.", since=since))
    failed = (*_failed(failures), *source_wording.lines(failures.sources, time_zone))
    to_do = (*_to_do(team, connection, failures), *source_wording.to_do(team, failures.sources))
    return NoticeText(_subject(failures), lead, failed, to_do, _footer())


def _subject(failures: OpenFailures) -> str:
    if failures.lost_code:
        return _("HubSync has lost access to HubSpot")
    if failures.needing or failures.trouble_code in ACCOUNT_TROUBLES:
        return _("Bookings have not reached HubSpot")
    if failures.gone_alone:
        return _("HubSpot no longer takes a mapped property")
    if not failures.any_of_hubspot:
        return source_wording.subject()
    return _("Bookings are late on their way to HubSpot")


def _lead(team: str, connection: Connection | None, failures: OpenFailures) -> str:
    if connection is None:
        return _("Not every booking of the team %(team)s has reached HubSpot.", team=team)
    account = connection.account_name or connection.hubspot_account_id
    if failures.lost_code == "idle_expired":
        return _(
            "Nothing of the team %(team)s was posted to HubSpot (%(account)s) for so long that access expired.",
            team=team,
            account=account,
        )
    if failures.lost_code:
        return _("HubSpot (%(account)s) no longer lets the team %(team)s in.", team=team, account=account)
    if failures.trouble_code == "account_full":
        return _(
            "HubSpot takes no more records into the account of the team %(team)s (%(account)s): it is full.",
            team=team,
            account=account,
        )
    if failures.trouble_code == "account_suspended":
        return _(
            "HubSpot has suspended or closed the account of the team %(team)s (%(account)s).",
            team=team,
            account=account,
        )
    if failures.gone_alone:
        return _(
            "HubSpot (%(account)s) no longer takes a property that the team %(team)s has mapped.",
            team=team,
            account=account,
        )
    return _(
        "Not every booking of the team %(team)s has reached HubSpot (%(account)s).", team=team, account=account
    )


def _failed(failures: OpenFailures) -> tuple[str, ...]:
    lines = []
    if failures.failed:
        lines.append(
            ngettext("%(num)s booking was not posted.", "%(num)s bookings were not posted.", failures.failed)
        )
    if failures.partial:
        lines.append(
            ngettext(
                "%(num)s booking was posted in part.", "%(num)s bookings were posted in part.", failures.partial
            )
        )
    if failures.waiting:
        lines.append(
            ngettext(
                "%(num)s booking waits for access to HubSpot.",
                "%(num)s bookings wait for access to HubSpot.",
                failures.waiting,
            )
        )
    if failures.retrying:
        lines.append(
            ngettext(
                "%(num)s booking has been tried in vain for an hour or more; HubSync goes on by itself.",
                "%(num)s bookings have been tried in vain for an hour or more; HubSync goes on by itself.",
                failures.retrying,
            )
        )
    if failures.held_back:
        lines.append(
            ngettext(
                "%(num)s booking is kept until HubSpot takes records again.",
                "%(num)s bookings are kept until HubSpot takes records again.",
                failures.held_back,
            )
        )
    lines += [
        _(
            "HubSpot no longer takes the property %(property)s; bookings are posted without it.",
            property=each.label or each.name,
        )
        for each in failures.gone
    ]
    if not lines and failures.any_of_hubspot:
        lines.append(_("No booking waits yet; new ones are taken and kept."))
    return tuple(lines)


def _to_do(team: Team, connection: Connection | None, failures: OpenFailures) -> tuple[ToDo, ...]:
    hubspot, log = hubspot_page(team.slug), f"{settings().base_url}/teams/{team.slug}/deliveries"
    items = []
    if failures.lost_code:
        by_key = connection is not None and connection.method == ConnectMethod.SERVICE_KEY
        items.append(ToDo(_mend_access(by_key), _("Open the HubSpot page"), hubspot))
    elif failures.trouble_code == "permission_missing":
        sentence = _("HubSpot refuses something that HubSync needs. Open the HubSpot page, which says what it is.")
        items.append(ToDo(sentence, _("Open the HubSpot page"), hubspot))
    elif failures.trouble_code in ACCOUNT_TROUBLES:
        items.append(ToDo(_(family()[failures.trouble_code].advice), _("Open the HubSpot page"), hubspot))
    elif failures.trouble_code == "app_misconfigured":
        sentence = _("HubSpot refuses the app settings of this installation. The HubSpot page says what to set.")
        items.append(ToDo(sentence, _("Open the HubSpot page"), hubspot))
    if failures.gone:
        sentence = _(
            "Select another property in the mapping, or put the property right in HubSpot and press Check now."
        )
        items.append(ToDo(sentence, _("Open the HubSpot page"), hubspot))
    if (
        failures.waiting
        and not failures.lost_code
        and connection is not None
        and connection.state == ConnectionState.CONNECTED
    ):
        sentence = _("Access to HubSpot is there: open what waits, then have it posted or dismiss it.")
        items.append(ToDo(sentence, _("Show what waits"), f"{log}?state=waiting"))
    elif failures.waiting and not failures.lost_code:  # Disconnect was pressed after they had begun to wait
        sentence = _(
            "HubSpot is not connected: open the HubSpot page and press “Connect”. Then have the bookings posted "
            "that waited, or dismiss them."
        )
        items.append(ToDo(sentence, _("Open the HubSpot page"), hubspot))
    if failures.failed or failures.partial:
        sentence = _("Open what needs somebody, read why and what to do, then press Retry or Dismiss.")
        items.append(ToDo(sentence, _("Show what needs somebody"), f"{log}?state=needs_a_person"))
    if failures.retrying:
        sentence = ngettext(
            "What is tried again needs nobody yet: HubSync tries for %(num)s day and shows what HubSpot answers.",
            "What is tried again needs nobody yet: HubSync tries for %(num)s days and shows what HubSpot answers.",
            round(sum(pause.total_seconds() for pause in DELIVERIES.pauses) / 86400),
        )
        items.append(ToDo(sentence, _("Show what is tried again"), f"{log}?state=retrying"))
    return tuple(items)


def _mend_access(by_key: bool) -> str:
    if by_key:
        return _("Open the HubSpot page and enter another service key. Then have the bookings posted that waited.")
    return _("Open the HubSpot page and press “Connect again”. Then have the bookings posted that waited.")


def _footer() -> str:
    days = settings().notice_interval_days
    again = ngettext(
        "Every booking is kept. Whatever else fails, there is no other mail like this for %(num)s day; the log "
        "shows every failure at once.",
        "Every booking is kept. Whatever else fails, there is no other mail like this for %(num)s days; the log "
        "shows every failure at once.",
        days,
    )
    to = _(
        "This mail goes to the owner and the administrators of the team, and to whoever connected HubSpot. Nobody "
        "has to answer it."
    )
    return sentences(again, to)
