"""Known meanings of error codes: the account is full, the person was erased, a property is read-only.

HubSpot documents few of its codes and has several spellings of one, so they are known by the words they are made
of, after everything but letters was taken out. Sentences repeat guests' answers, so whatever was sent is taken out
of one before it is looked at: no guest's word may speak for HubSpot.

Import errors that HubSpot publishes name LIMIT_EXCEEDED, PORTAL_WIDE_CUSTOM_OBJECT_LIMIT_EXCEEDED and
GDPR_BLACKLISTED_EMAIL: https://developers.hubspot.com/docs/api-reference/latest/crm/imports/guide
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hubsync.errors import AccountFull, AccountSuspended, DetailCode, HubSpotError, PersonErased, tell
from hubsync.hubspot.bodies import Json, text
from hubsync.hubspot.calls import Call
from hubsync.hubspot.complaints import codes_of, read_complaints

#: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/402
PAYMENT_REQUIRED = 402
IDENTITY = "email"
"""What makes a contact one: by it HubSpot finds the contact again, and knows a person it was told to forget."""

NO_PERMISSION = "PROPERTY_PERMISSION_MISSING"
"""Our code for a property that a 403 names."""
_LONGEST_SENTENCE = 4_000
_SHORTEST_FORGERY = 4
"""A value shorter than this spells none of the words below."""

_WHOLE = r"(?:account|portal|hub(?!spot)|organi[sz]ation|tenant)"
_ENDED = r"(?:suspen|deactivat|disabled|inactiv|notactive|nolongeractive|closed|cancel|terminat|frozen|blocked)"
_SUSPENDED = re.compile(rf"{_WHOLE}\w{{0,25}}{_ENDED}|{_ENDED}\w{{0,12}}{_WHOLE}|^(?:suspended|deactivated)$")
_GONE = r"(?:black|block|deny|suppress|delet|eras|forg[eo]t|remov|purg)"
_ERASED = re.compile(
    rf"gdpr\w{{0,40}}{_GONE}|{_GONE}\w{{0,40}}gdpr|permanently{_GONE}|privacy{_GONE}|forgottencontact|contactforgotten"
)
_ROOM = r"(?:limit|quota|maximum|capacity|tier)"
_OVER = r"(?:exceed|reach|over|full|hit|maxed)"
_RECORDS = r"(?:contact|compan|record|object|plan|account|portal|subscription)"
_FULL = re.compile(
    rf"{_ROOM}\w{{0,25}}{_OVER}|{_OVER}\w{{0,25}}{_ROOM}|{_RECORDS}\w{{0,25}}{_ROOM}|max(?:imum)?{_RECORDS}|"
    r"(?:account|portal|crm)(?:is)?full|paymentrequired"
)
_FULL_SAID = (
    re.compile(r"\b(?:limit|quota|maximum|capacity|tier|full)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:contacts?|compan(?:y|ies)|records?|objects?|account|portal|plan|subscription)\b", re.IGNORECASE
    ),
    re.compile(r"\b(?:reached|exceed\w{0,3}|over|full|hit|maximum|no more|upgrade)\b", re.IGNORECASE),
)
#: Limits that are none of the account's room for records.
_ANOTHER_LIMIT = re.compile(
    r"rate|second|minute|daily|api|call|request|associat|propert|charact|length|filter|search|query|batch|input|size|"
    r"payload|value|text|option|label|concurren"
)
_ANOTHER_LIMIT_SAID = re.compile(
    r"\b(?:rate|secondly|daily|api|calls?|associations?|propert(?:y|ies)|characters?|length|filters?|search|batch)\b",
    re.IGNORECASE,
)
_FOR_GOOD = re.compile(
    r"propert\w{0,10}(?:doesno?texist|notexist|notfound|unknown|archived|deprecated|hidden|deleted)|"
    r"(?:unknown|nosuch|archived|deprecated|hidden|deleted)propert|readonly|calculated|notwrit|notedit|notmodif|"
    r"immutable|cannotbe(?:set|writ|edit|modif)|permission|notallowedtoedit|notauthori|forbidden|accessdenied|scope|"
    r"sensitive"
)


def known_refusal(
    call: Call, status: int, body: Json, answered: str, facts: dict[str, Any]
) -> HubSpotError | None:
    """Return the error for a refusal that is about the account or an erased person; None for any other.

    One that names a property which was sent is about that property, but for the address of an erased person.
    """
    if status == PAYMENT_REQUIRED:
        return AccountFull(tell(DetailCode.TAKES_NO_MORE, answer=answered), **facts)
    sent = sent_properties(call)
    about = {name for each in read_complaints(body) for name in (*each.names, each.place) if name in sent}
    codes, sentences = [_letters(code) for code in codes_of(body)], _sentences(body, sent)
    texts = [*codes, *map(_letters, sentences)]
    if about <= {IDENTITY} and call.path.rstrip("/").endswith("/contacts") and any(map(_ERASED.search, texts)):
        return PersonErased(tell(DetailCode.PERSON_FORGOTTEN, answer=answered), **facts)
    if about:
        return None
    if any(map(_SUSPENDED.search, texts)):
        return AccountSuspended(tell(DetailCode.NOT_ACTIVE, answer=answered), **facts)
    if call.writes and (any(map(_is_full, codes)) or any(map(_is_said_full, sentences))):
        return AccountFull(tell(DetailCode.TAKES_NO_MORE_RECORDS, answer=answered), **facts)
    return None


def refused_for_good(code: str) -> bool:
    """Whether *code*, about a property, refuses it whatever its value is."""
    return _FOR_GOOD.search(_letters(code)) is not None


def sent_properties(call: Call) -> Mapping[str, Any]:
    """The properties of the record that *call* writes."""
    properties = (call.json or {}).get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _is_full(letters: str) -> bool:
    return _FULL.search(letters) is not None and _ANOTHER_LIMIT.search(letters) is None


def _is_said_full(sentence: str) -> bool:
    return all(each.search(sentence) for each in _FULL_SAID) and _ANOTHER_LIMIT_SAID.search(sentence) is None


def _letters(words: str) -> str:
    return re.sub(r"[^a-z]", "", words.lower())


def _sentences(body: Json, sent: Mapping[str, Any]) -> list[str]:
    """HubSpot's sentences without anything that was sent."""
    texts = [text(body.get("message")) or "", *(each.sentence for each in read_complaints(body))]
    values = [each for each in sent.values() if isinstance(each, str)]
    bare = (_without(each[:_LONGEST_SENTENCE], values) for each in texts)
    return [part for each in bare for part in re.split(r"[.;!?\n]", each) if part.strip()]


def _without(sentence: str, values: Iterable[str]) -> str:
    for value in sorted(values, key=len, reverse=True):
        if _SHORTEST_FORGERY <= len(value) <= _LONGEST_SENTENCE:
            for written in (value, json.dumps(value)[1:-1]):
                # Looked for first, which costs no more than both are long; the expression costs their product.
                if _folded(written) in _folded(sentence):
                    sentence = re.sub(re.escape(written), " ", sentence, flags=re.IGNORECASE)
    return sentence


def _folded(words: str) -> str:
    """*words* without regard to case, the letters too that only look like another one's small or capital form."""
    return words.upper().casefold()
