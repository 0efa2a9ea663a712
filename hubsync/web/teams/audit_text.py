"""Texts of the audit trail: one sentence for each action.

A sentence names what the entry has kept. Entries of other versions may have kept less; a gap reads as “?”.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from hubsync.domain.audit import AuditAction
from hubsync.domain.domain_names import shown_domain
from hubsync.domain.erased_people import number_of
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.phrases import bracketed, enumerated
from hubsync.services import tools
from hubsync.services.question_words import word_label
from hubsync.store.teams import AuditEntry
from hubsync.web.shell.i18n import name_language
from hubsync.web.shell.labels import PLANS, ROLES, SIGN_IN_WAYS
from hubsync.web.shell.reasons import explain_reason, name_source

MOST_NAMED = 10  # of a list that a sentence tells
MARK = "\N{NULL}"  # stands for what is in brackets; no name has one

SENTENCES = {
    AuditAction.TEAM_MADE: lazy_gettext("The team %(team)s was made; its owner is %(owner)s, its plan %(plan)s."),
    AuditAction.TEAM_RENAMED: lazy_gettext("%(who)s renamed the team from %(before)s to %(after)s."),
    AuditAction.PLAN_CHANGED: lazy_gettext("%(who)s changed the plan from %(before)s to %(after)s."),
    AuditAction.PUBLIC_DETAILS_CHANGED: lazy_gettext(
        "%(who)s changed what booking pages say of the team. "
        "Responsible: %(responsible)s. Privacy notice: %(privacy_notice)s."
    ),
    AuditAction.LANGUAGE_CHANGED: lazy_gettext(
        "%(who)s changed the language of what is written to the team: %(language)s."
    ),
    AuditAction.PARENT_SITES_CHANGED: lazy_gettext(
        "%(who)s changed the sites that may show booking pages: %(sites)s."
    ),
    AuditAction.BLOCKED_GUESTS_CHANGED: lazy_gettext(
        "%(who)s changed the list of blocked guests. Entries now: %(number)s."
    ),
    AuditAction.CHAT_ADDRESS_ADDED: lazy_gettext("%(who)s added an address for chat alerts at %(service)s."),
    AuditAction.CHAT_ADDRESS_REMOVED: lazy_gettext("%(who)s removed an address for chat alerts at %(service)s."),
    AuditAction.SIGNED_IN: lazy_gettext("%(who)s signed in %(way)s."),
    AuditAction.IDENTITY_LINKED: lazy_gettext("%(who)s linked an account at %(provider)s, which signs them in."),
    AuditAction.IDENTITY_UNLINKED: lazy_gettext("%(who)s unlinked the account at %(provider)s."),
    AuditAction.DELIVERIES_EXPORTED: lazy_gettext(
        "%(who)s exported the deliveries, with guests' names and addresses."
    ),
    AuditAction.INVITED: lazy_gettext("%(who)s invited %(email)s as %(role)s."),
    AuditAction.INVITATION_WITHDRAWN: lazy_gettext("%(who)s withdrew the invitation of %(email)s."),
    AuditAction.JOINED: lazy_gettext("%(person)s joined the team as %(role)s."),
    AuditAction.ROLE_CHANGED: lazy_gettext("%(who)s changed the role of %(person)s from %(before)s to %(after)s."),
    AuditAction.REMOVED: lazy_gettext("%(who)s removed %(person)s from the team."),
    AuditAction.HANDED_OVER: lazy_gettext("%(who)s handed the team over to %(person)s."),
    AuditAction.CONNECTED: lazy_gettext("%(who)s connected the HubSpot account %(account)s."),
    AuditAction.ACCOUNT_CHANGED: lazy_gettext(
        "%(who)s connected the HubSpot account %(account)s instead of account %(former_account)s."
    ),
    AuditAction.DISCONNECTED: lazy_gettext("%(who)s disconnected the HubSpot account %(account)s."),
    AuditAction.WATCH_BEGUN: lazy_gettext(
        "%(who)s switched on watch only for the HubSpot account %(account)s: nothing is written there."
    ),
    AuditAction.WENT_LIVE: lazy_gettext(
        "%(who)s went live with the HubSpot account %(account)s: bookings are posted into it."
    ),
    AuditAction.ACCESS_LOST: lazy_gettext("Access to the HubSpot account %(account)s was lost. %(reason)s"),
    AuditAction.ACCESS_REGAINED: lazy_gettext(
        "Access to the HubSpot account %(account)s was not lost after all: HubSpot's answer came late."
    ),
    AuditAction.NOTICE_SENT: lazy_gettext(
        "HubSync mailed the team what needs somebody. Bookings told of: %(number)s."
    ),
    AuditAction.FREE_DOMAINS_CHANGED: lazy_gettext(
        "%(who)s changed the team's own free e-mail domains. Added: %(added)s. Removed: %(removed)s."
    ),
    AuditAction.DELIVERY_UNDONE: lazy_gettext(
        "%(who)s undid the delivery #%(delivery)s: what nobody had touched was taken back in HubSpot."
    ),
    AuditAction.POSTED_AGAIN: lazy_gettext("%(who)s had the undone delivery #%(delivery)s posted again."),
    AuditAction.MAPPING_SAVED: lazy_gettext("%(who)s saved the mapping of the calendar %(calendar)s."),
    AuditAction.MAPPING_PAUSED: lazy_gettext("%(who)s paused HubSpot for the calendar %(calendar)s."),
    AuditAction.MAPPING_RESUMED: lazy_gettext("%(who)s switched HubSpot on for the calendar %(calendar)s."),
    AuditAction.MAPPING_REMOVED: lazy_gettext("%(who)s removed HubSpot from the calendar %(calendar)s."),
    AuditAction.MAPPING_COPIED: lazy_gettext(
        "%(who)s copied the mapping of the calendar %(source)s to %(calendar)s."
    ),
    AuditAction.GUEST_ERASED: lazy_gettext("%(who)s erased what was kept of a guest; bookings: %(number)s."),
    AuditAction.CONTACT_ERASED: lazy_gettext(
        "%(who)s had a guest's contact removed from the HubSpot account %(account)s."
    ),
    AuditAction.GUEST_EXPORTED: lazy_gettext("%(who)s exported what is kept of a guest; bookings: %(number)s."),
    AuditAction.REPLAY_STARTED: lazy_gettext("%(who)s had missed bookings posted: %(number)s."),
    AuditAction.REPLAY_PAUSED: lazy_gettext("%(who)s paused the posting of missed bookings."),
    AuditAction.REPLAY_CONTINUED: lazy_gettext("%(who)s let the posting of missed bookings go on."),
    AuditAction.REPLAY_STOPPED: lazy_gettext("%(who)s stopped the posting of missed bookings."),
    AuditAction.IMPORT_CONFIRMED: lazy_gettext(
        "%(who)s began an import of bookings of before into %(calendar)s; new rows: %(number)s."
    ),
    AuditAction.IMPORT_PAUSED: lazy_gettext("%(who)s paused an import of bookings of before."),
    AuditAction.IMPORT_CONTINUED: lazy_gettext("%(who)s let an import of bookings of before go on."),
    AuditAction.IMPORT_STOPPED: lazy_gettext(
        "%(who)s stopped an import of bookings of before; taken in: %(number)s."
    ),
    AuditAction.IMPORT_FINISHED: lazy_gettext("An import of bookings of before is through; taken in: %(number)s."),
    AuditAction.IMPORT_DISCARDED: lazy_gettext(
        "%(who)s discarded a file of bookings of before; nothing of it was taken in."
    ),
    AuditAction.IMPORT_FORGOTTEN: lazy_gettext(
        "Nobody decided of an import of bookings of before for so long that its file was deleted; taken in: "
        "%(number)s."
    ),
    AuditAction.DISMISSED: lazy_gettext("%(who)s dismissed deliveries: %(number)s."),
    AuditAction.DISMISSAL_TAKEN_BACK: lazy_gettext("%(who)s took the dismissal of deliveries back: %(number)s."),
    AuditAction.HELD_POSTED: lazy_gettext("%(who)s let held bookings go on: %(number)s."),
    AuditAction.HELD_DISMISSED: lazy_gettext("%(who)s dismissed held bookings and freed their times: %(number)s."),
    AuditAction.ANSWERS_CORRECTED: lazy_gettext(
        "%(who)s corrected answers of delivery #%(delivery)s: %(questions)s."
    ),
    AuditAction.TEST_SENT: lazy_gettext(
        "%(who)s sent a test by the mapping of the calendar %(calendar)s. It is marked %(mark)s in HubSpot."
    ),
    AuditAction.CALENDAR_ARCHIVED: lazy_gettext("%(who)s archived the calendar %(calendar)s."),
    AuditAction.CALENDAR_RESTORED: lazy_gettext("%(who)s took the calendar %(calendar)s out of the archive."),
    AuditAction.CALENDAR_DELETED: lazy_gettext(
        "%(who)s deleted the calendar %(calendar)s with everything it had."
    ),
    AuditAction.SOURCE_SECRET_MADE: lazy_gettext("%(who)s set a new secret for the booking source %(source)s."),
    AuditAction.SOURCE_SECRET_ENDED: lazy_gettext(
        "%(who)s ended the former secret of the booking source %(source)s."
    ),
    AuditAction.SOURCE_CHANGED: lazy_gettext("%(who)s changed the set-up of the booking source %(source)s."),
    AuditAction.SOURCE_ENABLED: lazy_gettext("%(who)s switched the booking source %(source)s on."),
    AuditAction.SOURCE_DISABLED: lazy_gettext("%(who)s switched the booking source %(source)s off."),
    AuditAction.SOURCE_REMOVED: lazy_gettext("%(who)s removed an address of the booking source %(source)s."),
    AuditAction.SOURCE_CONNECTED: lazy_gettext("%(who)s connected the account %(account)s of %(source)s."),
    AuditAction.SOURCE_DISCONNECTED: lazy_gettext("%(who)s disconnected the account %(account)s of %(source)s."),
    AuditAction.SOURCE_REFUSED: lazy_gettext(
        "%(source)s no longer lets HubSync into the account %(account)s; the page of the source says why."
    ),
    AuditAction.SOURCE_RENEWED: lazy_gettext(
        "%(source)s had stopped sending the bookings of the account %(account)s; HubSync made it send again."
    ),
    AuditAction.SOURCE_COMPARED: lazy_gettext("%(who)s had the bookings compared with those that %(source)s has."),
}

SPECIAL = {
    (AuditAction.JOINED, "invited"): lazy_gettext(
        "%(person)s joined the team as %(role)s by the invitation of %(invited)s, with a link mailed there."
    ),
    (AuditAction.INVITED, "again"): lazy_gettext("%(who)s sent the invitation of %(email)s again."),
    (AuditAction.NOTICE_SENT, "unconfirmed"): lazy_gettext(
        "HubSync mailed the team what needs somebody, but the mail server's answer was lost. "
        "Bookings told of: %(number)s."
    ),
    (AuditAction.DISMISSED, "delivery"): lazy_gettext("%(who)s dismissed delivery #%(delivery)s."),
    (AuditAction.DISMISSAL_TAKEN_BACK, "delivery"): lazy_gettext(
        "%(who)s took the dismissal of delivery #%(delivery)s back."
    ),
    (AuditAction.HELD_POSTED, "delivery"): lazy_gettext("%(who)s let the held booking #%(delivery)s go on."),
    (AuditAction.HELD_DISMISSED, "delivery"): lazy_gettext(
        "%(who)s dismissed the held booking #%(delivery)s and freed its time."
    ),
    (AuditAction.REMOVED, "left"): lazy_gettext("%(person)s left the team."),
}
"""Sentences for entries that are marked."""

EMPTY = {
    (AuditAction.FREE_DOMAINS_CHANGED, "added"): lazy_gettext(
        "%(who)s changed the team's own free e-mail domains. Removed: %(removed)s."
    ),
    (AuditAction.FREE_DOMAINS_CHANGED, "removed"): lazy_gettext(
        "%(who)s changed the team's own free e-mail domains. Added: %(added)s."
    ),
}
"""Sentences for entries in which one of two lists is empty."""


ABOUT_A_SOURCE = {each for each in AuditAction if each.value.startswith("source_")}
"""What is recorded with the name of a booking source."""


def describe(entry: AuditEntry, calendars: Mapping[int, str] | None = None) -> str:
    """What happened, in a sentence; the bare word for an action of another version.

    *calendars* has the names under which lists tell calendars apart, by their ids.
    """
    if entry.action not in list(AuditAction):
        return gettext("%(who)s did what is called “%(action)s”.", who=_who(entry), action=entry.action)
    action, sentence = AuditAction(entry.action), str(SENTENCES[AuditAction(entry.action)])
    for (of, mark), words in SPECIAL.items():
        if of is action and entry.details.get(mark):
            sentence = str(words)
    for (of, listed), words in EMPTY.items():
        if of is action and entry.details.get(listed) == []:
            sentence = str(words)
    details = {key: _without_erased(value) for key, value in entry.details.items()}
    known = {**details, **_translated(action, entry.details), "who": _who(entry)}
    calendar = (calendars or {}).get(entry.details.get("calendar_id", 0), "")
    # One that was renamed since keeps the name it had: the trail tells what was.
    if calendar.startswith(bracketed(known.get("calendar"), MARK).partition(MARK)[0]):
        known["calendar"] = calendar
    return sentence % _Known(known)


def _who(entry: AuditEntry) -> str:
    return str(_without_erased(entry.person_shown or "HubSync"))


def _without_erased(shown: Any) -> Any:
    """*shown*, or for the mark of a person who was erased the words for that."""
    number = number_of(shown)
    return shown if number is None else gettext("an erased person (%(number)d)", number=number)


def _translated(action: AuditAction, details: Mapping[str, Any]) -> dict[str, str]:
    """Roles, plans and reasons in the reader's language, an account by name and id."""
    words = {each.value: word for each, word in (*PLANS.items(), *ROLES.items())}
    translated = {}
    named = ("role", "plan", "before", "after") if action is not AuditAction.TEAM_RENAMED else ()
    for key in named:
        if details.get(key) in words:
            translated[key] = str(words[details[key]])
    if action in ABOUT_A_SOURCE and "source" in details:
        source, endpoint = name_source(details["source"]), details.get("endpoint")
        translated["source"] = bracketed(source, endpoint) if endpoint else source
    for key in ("added", "removed", "questions", "sites"):
        if isinstance(details.get(key), list):
            more = ["…"] if len(details[key]) > MOST_NAMED else []
            translated[key] = enumerated([*map(_shown(key), details[key][:MOST_NAMED]), *more]) or "–"
    for key in ("responsible", "privacy_notice"):
        if details.get(key) == "":
            translated[key] = "–"
    if "language" in details:
        translated["language"] = name_language(details["language"]) or gettext("as the owner reads")
    if details.get("way") in list(SignInWay):
        translated["way"] = str(SIGN_IN_WAYS[SignInWay(details["way"])])
    if "provider" in details:
        provider = details["provider"]
        translated["provider"] = tools().identity.label_of(provider) or provider.capitalize()
    if "code" in details:
        translated["reason"] = explain_reason(details["code"])
    return translated


def _shown(key: str) -> Callable[[str], str]:
    named: dict[str, Callable[[str], str]] = {"questions": word_label}
    return shown_domain if key in ("added", "removed") else named.get(key, str)


class _Known(dict[str, Any]):
    """What an entry has kept; “?” for the rest."""

    def __missing__(self, key: str) -> str:
        return "?"
