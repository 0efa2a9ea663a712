"""Explanations of every state, reason and remark of a delivery, out of `reason_texts` and `remark_texts`."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from flask_babel import gettext, ngettext, pgettext

from hubsync.domain.booking import IMPORT, PAGE
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import Section
from hubsync.domain.meetings import NoMeeting
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import ACCOUNT_TROUBLES, HubSpotError, HubSyncError, IdleExpired, Scope, family
from hubsync.hubspot.meanings import refused_for_good
from hubsync.hubspot.properties import ARTICLE_COMPANY, ARTICLE_CONTACT, STREET
from hubsync.phrases import enumerated, sentences
from hubsync.services.deliveries.details import word_attempt
from hubsync.sources.registry import SOURCES
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.web.shell.email_problems import EMAIL_CAUSES
from hubsync.web.shell.reason_texts import (
    ADVICE,
    FAULTS,
    HELD_BACK,
    PUT_ASIDE,
    REASONS,
    STATES,
    TRY_AGAIN,
    USED_UP,
    WITHOUT_WORDS,
)
from hubsync.web.shell.remark_texts import (
    BOTH_WITHOUT_OWNER,
    DROPPED,
    LEFT_OUT,
    NO_MEETING,
    NOT_DONE,
    NOT_LOOKED_UP,
    OMITTED,
    OWNER_PROBLEMS,
    PARTS,
    REMARKS,
    SECTIONS,
    WITHOUT_OWNER,
)

_ARTICLE = {
    (section.value, name): label
    for section, properties in ((Section.COMPANIES, ARTICLE_COMPANY), (Section.CONTACTS, ARTICLE_CONTACT))
    for name, label in properties
}
ENDED = (DeliveryState.FAILED, DeliveryState.PARTIAL)
OUR_NOTES = tuple(
    code
    for code, kind in family().items()
    if kind.scope is Scope.HUBSYNC or not issubclass(kind, HubSpotError) or kind is IdleExpired
    if kind is not HubSyncError
)
"""Errors that HubSync raises without an answer of HubSpot's; what they tell is what their reason says.

Not the root, whose detail names what went wrong in HubSync. Of errors that no attempt meets nothing is quoted.
"""


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
    if delivery.state == DeliveryState.RETRYING and delivery.dismissed_at is not None:
        return str(PUT_ASIDE)
    if delivery.state == DeliveryState.RETRYING and delivery.reason in ACCOUNT_TROUBLES:
        return str(HELD_BACK)
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
    """What HubSpot answered or how it failed to; empty where there is no more than `explain_reason` says.

    Former versions kept a note with every attempt, which in these cases was for logs.
    """
    unasked = attempt.code == "access_lost" and attempt.http_status is None
    return "" if unasked or attempt.code in OUR_NOTES else word_attempt(attempt)


def explain_detail(fault: HubSyncError) -> str:
    """What exactly happened, of an error that was just met; what is `Refused` says so in words already."""
    return fault.detail.word(gettext) if fault.detail is not None else fault.message


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


def explain_omission(code: str) -> str:
    """Why a row is left out of many bookings: by us, or because HubSpot does not take it."""
    if code in EMAIL_CAUSES:
        return gettext("The answer is not an e-mail address: %(cause)s.", cause=EMAIL_CAUSES[code])
    return str(OMITTED[code]) if code in OMITTED else explain_dropped({"code": code})


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
    named = enumerated(remark["properties"])
    return sentences(reason, gettext("It named: %(properties)s.", properties=named)) if named else reason


def explain_remark(remark: Mapping[str, Any]) -> str:
    """A remark about the whole booking; empty for one that is about a row or of another version."""
    if remark["kind"] == RemarkKind.SEVERAL_COMPANIES:
        return ngettext(
            "%(num)s company in HubSpot fits. A domain counts more than a name, then the lowest id.",
            "%(num)s companies in HubSpot fit. A domain counts more than a name, then the lowest id.",
            remark["count"],
        )
    if remark["kind"] == RemarkKind.NOT_LOOKED_UP:
        return str(NOT_LOOKED_UP.get(remark.get("unasked", ""), NOT_LOOKED_UP["all"]))
    if remark["kind"] == RemarkKind.NOT_DONE:
        words = NOT_DONE.get((remark["step"], remark["section"])) or NOT_DONE.get((remark["step"], ""))
        why = NO_MEETING.get(remark["code"]) or explain_reason(remark["code"])
        return str(words) % {"why": why} if words else ""
    if remark["kind"] == RemarkKind.HUBSPOT_MAY_ADD_COMPANY:
        return gettext(
            "The company was posted without the domain %(domain)s of the e-mail address. If HubSpot's setting "
            "“Create and associate companies with contacts” is on, HubSpot may add a company of its own.",
            domain=remark["domain"],
        )
    if remark["kind"] == RemarkKind.NO_OWNER:
        return sentences(str(WITHOUT_OWNER[remark["section"]]), str(OWNER_PROBLEMS.get(remark["code"], "")))
    return str(REMARKS.get(remark["kind"], ""))


def explain_remarks(delivery: Delivery, unsaid: Container[RemarkKind] = ()) -> list[str]:
    """The remarks about the whole booking, but for those of the kinds *unsaid*; what two share is said once."""
    ownerless = [each for each in delivery.remarks if each["kind"] == RemarkKind.NO_OWNER]
    share = len(ownerless) > 1 and len({each["code"] for each in ownerless}) == 1
    told: list[str] = []
    for each in delivery.remarks:
        if each["kind"] in unsaid or (_is_plain(each) and delivery.state == DeliveryState.FAILED):
            continue
        if share and each is ownerless[0]:
            told.append(sentences(str(BOTH_WITHOUT_OWNER), str(OWNER_PROBLEMS.get(each["code"], ""))))
        elif not (share and each in ownerless):
            told.append(explain_remark(each))
    return [sentence for sentence in told if sentence]


def _is_plain(remark: Mapping[str, Any]) -> bool:
    """Whether the remark says no more than that a further step has nothing to be done to."""
    return bool(remark["kind"] == RemarkKind.NOT_DONE and remark["code"] == NoMeeting.NO_RECORD)


def name_part(part: str) -> str:
    """What people call the company, the contact or the association; empty for anything else."""
    return str(PARTS.get(part, ""))


def name_section(section: str) -> str:
    """What people call the record of a mapping's section; another version's has its stored name."""
    return str(SECTIONS.get(section, section))


def name_property(section: str, name: str, label: str | None = "") -> str:
    """What people call a property of HubSpot's; *label* is what is stored of it.

    Those of the article are stored by their English name and told in the reader's language. An account's own are
    called as they are there.
    """
    if label and label == _ARTICLE.get((section, name)):
        if (section, name) == (Section.CONTACTS, STREET):  # HubSpot calls it by two words in Japanese
            return pgettext("contact", "Street Address")
        return gettext(label)
    return label or name


def name_source(source: str) -> str:
    """What people call the booking source; one that HubSync does not know has its stored name."""
    if source == PAGE:
        return gettext("booking page")
    if source == IMPORT:
        return gettext("imported")
    return gettext(SOURCES[source].label) if source in SOURCES else source
