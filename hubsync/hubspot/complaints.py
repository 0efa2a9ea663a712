"""Parser of error bodies: codes, names of properties, and HubSpot's own sentences.

HubSpot lists its complaints in ``errors``, which may hold further lists; older services write them as JSON into
``message``. Every field is optional. https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from hubsync.hubspot.bodies import Json, text, word, words

#: Nobody needs more of them, whatever a body holds.
MOST = 200
DEEPEST = 5
NAMELESS = "INVALID"
LONGEST_SAID = 1_000
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
CODES = ("code", "error", "errorType", "subCategory", "category", "reason")
_NAMING = ("propertyName", "propertyNames", "property", "properties")
#: ``Cannot set PropertyValueCoordinates{portalId=1, …, propertyName=member_no, value=…} on 7. 9 already has that
#: value.``, https://community.hubspot.com/t5/APIs-Integrations
_COORDINATES = re.compile(r"\bpropertyName=([A-Za-z0-9_]{1,100})\b")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that HubSpot complains of: its *codes*, the first being the most telling, the *names* of the
    properties that it is about, *place*, the field of the request in which it was found, and the *sentence*,
    which may repeat a guest's answer.
    """

    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    place: str = ""
    sentence: str = field(default="", repr=False)

    @property
    def code(self) -> str:
        return self.codes[0] if self.codes else NAMELESS


def read_complaints(body: Json) -> tuple[Complaint, ...]:
    """Every complaint of *body*; what the message holds as JSON counts where ``errors`` names no property."""
    complaints = [_read(each) for each in _listed(body)]
    message = text(body.get("message")) or ""
    if not any(each.names for each in complaints):
        complaints += [_read(each) for each in _inside(message)]
    if not any(each.names for each in complaints):
        own = _read({name: value for name, value in body.items() if name != "errors"})
        names = own.names or tuple(dict.fromkeys(_COORDINATES.findall(message)))
        complaints += [Complaint(own.codes[:1] if names else (), names)] if names else []
    return tuple(complaints[:MOST])


def codes_of(body: Json) -> tuple[str, ...]:
    """Every technical word by which *body* says what kind of refusal it is."""
    own = _read({name: value for name, value in body.items() if name != "errors"}).codes
    return tuple(dict.fromkeys((*own, *(code for each in read_complaints(body) for code in each.codes))))


def said_in(body: Json) -> str:
    """HubSpot's sentences in *body*, each once, on a line of its own, without unseen signs, cut at LONGEST_SAID.

    JSON within the message is told by its own sentences.
    """
    message = text(body.get("message")) or ""
    inside = _inside(message)
    head = message[: message.find("[{")].rstrip(" :") if inside else message
    sentences = [head, *(text(each.get("message")) or "" for each in (*inside, *_listed(body)))]
    shown = dict.fromkeys(filter(None, (_shown(each) for each in sentences[:MOST])))
    whole = "\n".join(shown)
    return whole if len(whole) <= LONGEST_SAID else whole[: LONGEST_SAID - 1] + "…"


def _shown(sentence: str) -> str:
    seen = (each if unicodedata.category(each) not in _UNSEEN else " " for each in sentence[: 4 * LONGEST_SAID])
    return " ".join("".join(seen).split())


def _read(each: Json) -> Complaint:
    codes = tuple(dict.fromkeys(code for name in CODES if (code := word(each.get(name)))))
    context = each.get("context")
    holders = [context] if isinstance(context, dict) else []
    names = [name for holder in holders for key in _NAMING for name in words(holder.get(key))]
    if "isValid" in each or "error" in each:  # the form inside a message, whose ``name`` is the property's
        names += words(each.get("name"))
    names += words(each.get("propertyName"))
    place, sentence = word(each.get("in")) or "", text(each.get("message")) or ""
    return Complaint(codes, tuple(dict.fromkeys(names)), place, sentence)


def _listed(body: Json, depth: int = 0) -> Iterator[Json]:
    """The objects in ``errors`` and in the lists within; one object alone counts as a list of it."""
    errors = body.get("errors")
    for each in (errors if isinstance(errors, list) else [errors])[:MOST]:
        if isinstance(each, dict):
            yield each
            if depth < DEEPEST:
                yield from _listed(each, depth + 1)


def _inside(message: str) -> list[Json]:
    """Read the JSON list that older services write into the message: ``…were not valid: [{…}]``."""
    start = message.find("[{")
    if start < 0:
        return []
    try:
        inside, _ = json.JSONDecoder().raw_decode(message, start)
    except (ValueError, RecursionError):
        return []
    return [{"isValid": False, **each} for each in inside if isinstance(each, dict)]
