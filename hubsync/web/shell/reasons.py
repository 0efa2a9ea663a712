"""Texts for every state, reason and remark that a delivery can carry.

Codes are stored, sentences are not: the tables here are read when a page is shown, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from hubsync.domain.booking import PAGE
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import LeftOutCode
from hubsync.domain.reasons import Reason
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import ACCOUNT_TROUBLES, HubSpotError, HubSyncError, IdleExpired, Scope, family
from hubsync.hubspot.meanings import NO_PERMISSION, refused_for_good
from hubsync.sources.registry import SOURCES
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.web.shell.email_problems import EMAIL_CAUSES

STATES = {
    DeliveryState.PENDING: lazy_gettext("Written down. The first attempt begins within seconds."),
    DeliveryState.SENDING: lazy_gettext("Being posted at this moment. Reload the page to see what came of it."),
    DeliveryState.POSTED: lazy_gettext("What HubSpot did not have yet was registered there."),
    DeliveryState.DUPLICATE: lazy_gettext("HubSpot had all of it already. What is there was left as it is."),
    DeliveryState.PARTIAL: lazy_gettext("One part is in HubSpot, another one could not be posted."),
    DeliveryState.SKIPPED: lazy_gettext("Nothing was posted."),
    DeliveryState.WAITING: lazy_gettext(
        "Not posted yet. The booking is kept until somebody does what is missing."
    ),
    DeliveryState.RETRYING: lazy_gettext("Something that passes was in the way. HubSync tries again by itself."),
    DeliveryState.FAILED: lazy_gettext(
        "Nothing of this booking is in HubSpot, and HubSync does not try again by itself."
    ),
}
"""What each state means."""

HELD = lazy_gettext(
    "Not posted yet. The booking is kept until somebody acts in HubSpot; then it is posted by itself."
)
"""What "retrying" means while HubSpot takes nothing for the account."""

STATE_WORDS = {
    DeliveryState.PENDING: lazy_gettext("pending"),
    DeliveryState.SENDING: lazy_gettext("sending"),
    DeliveryState.POSTED: lazy_gettext("posted"),
    DeliveryState.DUPLICATE: lazy_gettext("duplicate"),
    DeliveryState.PARTIAL: lazy_gettext("partly posted"),
    DeliveryState.SKIPPED: lazy_gettext("skipped"),
    DeliveryState.WAITING: lazy_gettext("waiting"),
    DeliveryState.RETRYING: lazy_gettext("trying again"),
    DeliveryState.FAILED: lazy_gettext("failed"),
}
"""Each state in a word, for files; pages show it with an icon (macros/page.html)."""

REASONS = {
    Reason.PLAN: lazy_gettext("HubSpot integration is available with the Premium Plan."),
    Reason.CIRCUIT_OPEN: lazy_gettext(
        "HubSpot did not answer a moment ago, so the first attempt was left for later."
    ),
    Reason.DAILY_LIMIT: lazy_gettext("HubSpot's limit of calls for this day was reached."),
    Reason.ACCOUNT_MOVING: lazy_gettext("HubSpot is moving the account and takes nothing from it meanwhile."),
    Reason.ABANDONED: lazy_gettext("HubSync was stopped again and again in the middle of it."),
    "no_place": lazy_gettext("HubSpot's rate limits left no room for another call just then."),
    "not_asked": lazy_gettext("There was no time left to ask HubSpot."),
    Reason.NOT_ADDED: lazy_gettext("HubSpot was not added to this calendar."),
    Reason.PAUSED: lazy_gettext("The HubSpot integration of this calendar was paused."),
    Reason.NOTHING_MAPPED: lazy_gettext("No row of the mapping gave anything to post."),
    Reason.NOTHING_TO_POST: lazy_gettext("The booking gave neither a company nor a contact that could be posted."),
    "error": lazy_gettext("HubSync could not go on."),
    "hubspot_error": lazy_gettext("HubSpot did not do what it was asked for."),
    "hubspot_unreachable": lazy_gettext("HubSpot could not be reached."),
    "hubspot_busy": lazy_gettext("HubSpot could not deal with it at that moment."),
    "rate_limited": lazy_gettext("HubSpot's limit of calls was reached."),
    "answer_lost": lazy_gettext("A record was sent and HubSpot's answer did not arrive, so it may exist."),
    "account_trouble": lazy_gettext("HubSpot takes nothing for this account at the moment."),
    "account_full": lazy_gettext(
        "The HubSpot account is full: a limit of its plan is reached, and HubSpot takes no more records."
    ),
    "account_suspended": lazy_gettext("HubSpot has suspended or closed the account and takes nothing for it."),
    "person_erased": lazy_gettext("This person was erased in HubSpot and cannot be entered again."),
    "access_expired": lazy_gettext("HubSpot did not accept the access token."),
    "access_lost": lazy_gettext("HubSync has no access to the HubSpot account any more."),
    "idle_expired": lazy_gettext(
        "Nothing was posted for so long that access to HubSpot has expired. Connecting again ends it."
    ),
    "permission_missing": lazy_gettext("A permission is missing in HubSpot."),
    "app_misconfigured": lazy_gettext("HubSpot refuses the app settings of this installation."),
    "code_refused": lazy_gettext("HubSpot did not take the authorization code of Connect."),
    "values_refused": lazy_gettext("HubSpot does not take a value that the record cannot do without."),
    "required_property_missing": lazy_gettext("HubSpot requires a property that the mapping does not fill."),
    "contact_exists": lazy_gettext("HubSpot has a contact with this e-mail already."),
    "record_conflict": lazy_gettext(
        "HubSpot answered that it has this record already, but it has none when HubSync looks for it."
    ),
    "record_gone": lazy_gettext("A HubSpot record that was referred to does not exist any more."),
    "record_refused": lazy_gettext("HubSpot refused the record."),
    "address_unreadable": lazy_gettext("What the guest gave as e-mail is not an e-mail address."),
    "look_up_refused": lazy_gettext("HubSpot did not take the question whether it has this record."),
    "company_busy": lazy_gettext(
        "This company is just being registered, or was, and HubSpot's answer was lost. "
        "HubSync looks first, then goes on."
    ),
    "not_connected": lazy_gettext("The team was not connected to HubSpot."),
    "another_account": lazy_gettext(
        "The team was connected to another HubSpot account than the one this booking was begun in."
    ),
    "refused": lazy_gettext("HubSync could not do this as asked."),
    "not_found": lazy_gettext("Something that is needed does not exist any more."),
    "role_too_low": lazy_gettext("The role did not allow this."),
    "link_spent": lazy_gettext("The sign-in link was used already or is too old."),
    "invitation_spent": lazy_gettext("The invitation was used already, was withdrawn, or is too old."),
    "identity_refused": lazy_gettext("The sign-in provider's answer proved nobody."),
    "another_address": lazy_gettext("The invitation is for another e-mail address."),
    "other_browser": lazy_gettext("The sign-in was begun in another browser."),
    "provider_unreachable": lazy_gettext("The sign-in provider did not answer as it should."),
    "proof_missing": lazy_gettext("The sender of the booking did not prove who it is."),
    "body_unreadable": lazy_gettext("What the booking source sent could not be read."),
    "secret_not_entered": lazy_gettext("The secret by which the sender proves itself has not been entered yet."),
    "source_error": lazy_gettext("The booking source did not do as asked."),
    "source_unreachable": lazy_gettext("The booking source did not answer."),
    "source_busy": lazy_gettext("The booking source asks for fewer calls. HubSync goes on a little later."),
    "source_token_refused": lazy_gettext("The booking source does not take the token: it is wrong, or has ended."),
    "source_right_missing": lazy_gettext("The token lacks a right, or the plan at the booking source a feature."),
    "source_refused": lazy_gettext("The booking source refused what HubSync asked for."),
    "feed_error": lazy_gettext("The busy calendar could not be read."),
    "feed_address_invalid": lazy_gettext("This is not the address of a calendar."),
    "feed_not_https": lazy_gettext(
        "The address begins with http://, so that anybody on the way could read the calendar."
    ),
    "feed_address_private": lazy_gettext("The address leads to a private network, or to this machine."),
    "feed_redirected": lazy_gettext("The address leads on to another one, which HubSync does not follow."),
    "feed_is_web_page": lazy_gettext("A web page came instead of a calendar, such as one for signing in."),
    "feed_refused": lazy_gettext("The calendar's server does not let HubSync in."),
    "feed_not_found": lazy_gettext("There is no calendar at this address."),
    "feed_busy": lazy_gettext("The calendar's server asks for fewer requests."),
    "feed_server_fault": lazy_gettext("The calendar's server has a fault of its own."),
    "feed_unreachable": lazy_gettext("The calendar's server could not be reached."),
    "feed_too_slow": lazy_gettext("The calendar did not come in time."),
    "feed_too_large": lazy_gettext("The calendar is larger than 5 MB."),
    "feed_not_calendar": lazy_gettext("What came is not a calendar."),
    "feed_cut_off": lazy_gettext("The calendar came in part only."),
    "feed_too_many_events": lazy_gettext("The calendar has more events than HubSync reads."),
    "feed_too_costly": lazy_gettext("Working out the times of this calendar took too much time or memory."),
    "feed_has_no_calendars": lazy_gettext("No calendar with events was found there."),
    "mapping_changed": lazy_gettext("Somebody else saved the mapping meanwhile."),
    "booking_erased": lazy_gettext("This booking was erased."),
    "booking_not_kept": lazy_gettext("The database did not take the booking at that moment."),
    "booking_page_closed": lazy_gettext("The calendar was archived and took no bookings."),
    "mail_not_sent": lazy_gettext("The mail server did not accept the mail."),
    "secret_unreadable": lazy_gettext(
        "The stored access to HubSpot cannot be opened with the keys of this installation."
    ),
}
"""Why: the reasons for which HubSpot is not called at all, then the code of every error there is."""

ADVICE = {
    Reason.PLAN: lazy_gettext("The owner can change the plan in Team Settings; then press Retry."),
    Reason.NOT_ADDED: lazy_gettext("Add HubSpot in the calendar's Advanced settings, then press Retry."),
    Reason.PAUSED: lazy_gettext("Switch it on in the calendar's Advanced settings, then press Retry."),
    Reason.NOTHING_MAPPED: lazy_gettext("If it should have been posted, add rows to the mapping and press Retry."),
    Reason.NOTHING_TO_POST: lazy_gettext(
        "A company needs a name or a domain, a contact needs an e-mail. Map these and press Retry."
    ),
    "secret_unreadable": lazy_gettext("Put the former key back into HUBSYNC_ENCRYPTION_KEYS, or connect again."),
}
"""What to do, where it is not the error that says it."""

FAULTS = {
    "hubspot_busy": lazy_gettext(
        "HubSpot had a fault of its own; nothing is wrong with the booking or the mapping."
    ),
    "answer_lost": lazy_gettext(
        "HubSpot had a fault of its own after a record was sent, so the record may exist."
    ),
}
"""Reasons that HubSpot gave with a 5xx."""
ENDED = (DeliveryState.FAILED, DeliveryState.PARTIAL)
TRY_AGAIN = lazy_gettext(
    "HubSync has tried for days and has stopped. Press Retry to have it tried again, or enter the record in "
    "HubSpot yourself and press Dismiss."
)
USED_UP = {
    "record_conflict": lazy_gettext(
        "Look in HubSpot for a record with this name or e-mail address, among the deleted ones too. Then press "
        "Retry; if it happens again, ask HubSpot's support."
    ),
}
"""What to do once the attempts are used up, where there is more to say than TRY_AGAIN."""

WITHOUT_WORDS = lazy_gettext(
    "HubSpot did not say why. Press Retry; if it happens again, ask HubSpot's support with the correlation id, or "
    "enter the record in HubSpot yourself and press Dismiss."
)
"""What to do about a refusal of which HubSpot said nothing that could be read."""

OUR_NOTES = tuple(
    code
    for code, kind in family().items()
    if kind.scope is Scope.HUBSYNC or not issubclass(kind, HubSpotError) or kind is IdleExpired
    if kind is not HubSyncError
)
"""Errors that HubSync raises without an answer of HubSpot's; their message says what their reason says.

Not the root, whose message names what went wrong in HubSync. Of errors that no attempt meets nothing is quoted.
"""

LEFT_OUT: dict[str, Any] = {
    LeftOutCode.NOT_A_NUMBER: lazy_gettext("“%(shown)s” is not a number."),
    LeftOutCode.FREE_EMAIL_DOMAIN: lazy_gettext(
        "“%(shown)s” is a free e-mail domain, which belongs to no company."
    ),
    LeftOutCode.SHARED_HOST: lazy_gettext(
        "“%(shown)s” is a site where many have a page, so it belongs to no company here."
    ),
    LeftOutCode.NO_DOMAIN_IN_IT: lazy_gettext("“%(shown)s” has no domain in it."),
    LeftOutCode.NO_COMPANY_NAME: lazy_gettext("“%(shown)s” is not the name of a company."),
    LeftOutCode.QUESTION_DELETED: lazy_gettext("The question it came from was deleted."),
    LeftOutCode.UNREADABLE: lazy_gettext(
        "What the booking source sent is no answer: neither text, number nor choice."
    ),
    LeftOutCode.NO_TIME: lazy_gettext("The booking has no appointment, so there is no date and time to send."),
    LeftOutCode.CUT: lazy_gettext("The answer was too long; only its beginning was posted."),
}
"""Why a row is not posted as the guest's words would have it; *shown* is how those begin."""

TAKEN = lazy_gettext("Another record in HubSpot has this value, and no two may have the same one here.")
DROPPED = {
    "INVALID_EMAIL": lazy_gettext("HubSpot does not take this e-mail address."),
    "PROPERTY_DOESNT_EXIST": lazy_gettext("HubSpot has no such property any more."),
    "INVALID_INTEGER": lazy_gettext("HubSpot wants a whole number here."),
    "INVALID_LONG": lazy_gettext("HubSpot wants a whole number here."),
    "INVALID_DATE": lazy_gettext("HubSpot wants a date here."),
    "INVALID_OPTION": lazy_gettext("The answer is none of the options that HubSpot offers."),
    "READ_ONLY_VALUE": lazy_gettext("HubSpot lets nobody write this property."),
    NO_PERMISSION: lazy_gettext("HubSpot does not let HubSync write this property: a permission is missing."),
    "CONFLICTING_UNIQUE_VALUE": TAKEN,
    "CONFLICT": TAKEN,
}
"""HubSpot's codes for a value that it does not take."""

REMARKS = {
    RemarkKind.CANCELLED: lazy_gettext("The booking had been cancelled by then. It was posted all the same."),
    RemarkKind.NO_EMAIL: lazy_gettext("No contact was posted: the booking gave no e-mail address for it."),
    RemarkKind.NO_COMPANY_KEY: lazy_gettext(
        "No company was posted: the booking gave neither its name nor its domain."
    ),
}
"""Remarks that are about the whole booking."""

NOT_LOOKED_UP = {
    "name": lazy_gettext(
        "HubSpot's search did not take this company's name, so only its domain was looked for. If HubSpot has a "
        "company of this name already, merge the two in HubSpot."
    ),
    "all": lazy_gettext(
        "HubSpot's search did not take this company's name or domain, so nobody could look first. If HubSpot has "
        "this company already, merge the two in HubSpot."
    ),
}
"""What HubSpot could not be asked for before a company was registered."""

PARTS = {
    "company": lazy_gettext("Company"),
    "contact": lazy_gettext("Contact"),
    "association": lazy_gettext("Association"),
}
SECTIONS = {"companies": PARTS["company"], "contacts": PARTS["contact"]}


def explain_state(state: DeliveryState) -> str:
    """What the state means, in a sentence; empty for one of another version."""
    return str(STATES.get(state, ""))


def explain_reason(code: str, http_status: int | None = None) -> str:
    """Why, in a sentence; empty without a code, and the code itself when it is from another version.

    *http_status* is HubSpot's, where it is known: a fault of HubSpot's own is reported as that.
    """
    if not code:
        return ""
    if http_status is not None and http_status >= 500 and code in FAULTS:
        return str(FAULTS[code])
    return str(REASONS.get(code) or gettext("The reason is called “%(code)s”.", code=code))


def explain_state_of(delivery: Delivery) -> str:
    """What the delivery's state means; a problem of the whole account does not pass by itself."""
    if delivery.state == DeliveryState.RETRYING and delivery.reason in ACCOUNT_TROUBLES:
        return str(HELD)
    return explain_state(delivery.state)


def explain_delivery(delivery: Delivery) -> str:
    """Why the delivery is as it is, in a sentence."""
    last = delivery.attempts[-1] if delivery.attempts else None
    status = last.http_status if last is not None and last.code == delivery.reason else None
    return explain_reason(delivery.reason, status)


def advise_on(delivery: Delivery, said: Mapping[int, list[str]]) -> str:
    """What a person can do about the delivery; *said* are HubSpot's sentences by attempt."""
    last = delivery.attempts[-1] if delivery.attempts else None
    if delivery.reason == "record_refused" and (last is None or last.id not in said):
        return str(WITHOUT_WORDS)
    return advise(delivery.reason, delivery.state)


def quote_answer(attempt: Attempt) -> str:
    """What HubSpot answered or how it failed to; empty where the attempt kept a note that repeats the reason.

    Such notes are for logs: English whatever the reader's language is, and no more than `explain_reason` says.
    """
    unasked = attempt.code == "access_lost" and attempt.http_status is None
    return "" if unasked or attempt.code in OUR_NOTES else attempt.message


def advise(code: str, state: str = "") -> str:
    """What a person can do about it, in a sentence; empty when there is nothing.

    *state* is the delivery's: what would have passed by itself is tried no more once its attempts are used up.
    """
    fault = family().get(code)
    if state in ENDED and fault is not None and not fault.permanent:
        return str(USED_UP.get(code, TRY_AGAIN))
    if code in ADVICE:
        return str(ADVICE[code])
    # gettext("") would answer with the head of the catalogue.
    return gettext(fault.advice) if fault is not None and fault.advice else ""


def explain_left_out(remark: Mapping[str, Any]) -> str:
    """Why the row is not posted as the guest's words would have it."""
    return explain_code(remark["code"], remark["shown"])


def explain_code(code: str, shown: str) -> str:
    """Why a row is omitted, by the code of a `LeftOutCode` or a `NoAddress`; *shown* is what the guest gave."""
    if code in EMAIL_CAUSES:
        cause = EMAIL_CAUSES[code]
        return gettext("“%(shown)s” is not an e-mail address: %(cause)s.", shown=shown, cause=cause)
    known = LEFT_OUT.get(code)
    return (
        gettext("It could not be sent (%(code)s).", code=code) if known is None else str(known) % {"shown": shown}
    )


def explain_dropped(remark: Mapping[str, Any]) -> str:
    """Why HubSpot did not take the row."""
    known = DROPPED.get(remark["code"])
    if known is None and refused_for_good(remark["code"]):
        return gettext("HubSpot does not let HubSync write this property (%(code)s).", code=remark["code"])
    return str(known or gettext("HubSpot does not take this value (%(code)s).", code=remark["code"]))


def explain_refused(remark: Mapping[str, Any]) -> str:
    """Why HubSpot refused the record or the association, with the properties that it named."""
    if remark["code"] == "values_refused" and list(remark["properties"]) == ["email"]:
        return str(DROPPED["INVALID_EMAIL"])
    reason = explain_reason(remark["code"])
    named = ", ".join(remark["properties"])
    sentence = gettext("It named: %(properties)s.", properties=named)
    return f"{reason} {sentence}" if named else reason


def explain_remark(remark: Mapping[str, Any]) -> str:
    """A remark about the whole booking; empty for one that is about a row or of another version."""
    if remark["kind"] == RemarkKind.SEVERAL_COMPANIES:
        return gettext(
            "%(count)s companies in HubSpot fit. A domain counts more than a name, then the lowest id.",
            count=remark["count"],
        )
    if remark["kind"] == RemarkKind.NOT_LOOKED_UP:
        return str(NOT_LOOKED_UP.get(remark.get("unasked", ""), NOT_LOOKED_UP["all"]))
    if remark["kind"] == RemarkKind.HUBSPOT_MAY_ADD_COMPANY:
        return gettext(
            "The company was posted without the domain %(domain)s of the e-mail address. If HubSpot's setting "
            "“Create and associate companies with contacts” is on, HubSpot may add a company of its own.",
            domain=remark["domain"],
        )
    return str(REMARKS.get(remark["kind"], ""))


def name_source(source: str) -> str:
    """What people call the booking source; one that HubSync does not know has its stored name."""
    if source == PAGE:
        return gettext("booking page")
    return gettext(SOURCES[source].label) if source in SOURCES else source
