"""Lessons: what a team's page asks of this source, options in and options out (`hubsync.sources.teachable`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from hubsync.errors import N_
from hubsync.sources.signed_webhook import pointing
from hubsync.sources.signed_webhook.options import Options, read_options
from hubsync.sources.signed_webhook.paths import place_of, read_path, write_path
from hubsync.sources.signed_webhook.presets import ANOTHER, PRESETS
from hubsync.sources.signed_webhook.proposal import propose as propose_teaching
from hubsync.sources.signed_webhook.read import parse
from hubsync.sources.signed_webhook.schemes import Carrier, Encoding, Scheme, SecretForm, Signed
from hubsync.sources.signed_webhook.teaching import Teaching
from hubsync.sources.signed_webhook.tree import draw_tree
from hubsync.sources.teachable import PresetCard, Role, SchemeField, SchemeInvalid, Teachable

Stored = Mapping[str, Any]

_USUAL = Scheme()
_IN_A_HEADER = ("carrier", (Carrier.SIGNATURE, Carrier.HEADER))
_AS_A_SIGNATURE = ("carrier", (Carrier.SIGNATURE,))
_WITH_A_TIME = ("signed", (Signed.TIME_BODY, Signed.ZOOM, Signed.ID_TIME_BODY))
_FIELDS = (
    SchemeField(
        "carrier",
        N_("What proves the sender"),
        (
            (Carrier.SIGNATURE, N_("A signature in a header")),
            (Carrier.HEADER, N_("The secret itself in a header")),
            (Carrier.ADDRESS, N_("The secret in the address")),
        ),
        _USUAL.carrier,
    ),
    SchemeField("header", N_("Header"), usual=_USUAL.header, needs=_IN_A_HEADER),
    SchemeField("prefix", N_("What stands before it"), needs=_IN_A_HEADER),
    SchemeField(
        "encoding",
        N_("How it is written"),
        (
            (Encoding.HEX, N_("Hexadecimal")),
            (Encoding.HEX_UPPER, N_("Hexadecimal in capitals")),
            (Encoding.BASE64, "Base64"),
        ),
        _USUAL.encoding,
        _AS_A_SIGNATURE,
    ),
    SchemeField(
        "signed",
        N_("What is signed"),
        (
            (Signed.BODY, N_("The body")),
            (Signed.TIME_BODY, N_("Time, dot, body")),
            (Signed.ZOOM, N_("v0, colon, time, colon, body")),
            (Signed.ID_TIME_BODY, N_("Id, dot, time, dot, body (Standard Webhooks)")),
        ),
        _USUAL.signed,
        _AS_A_SIGNATURE,
    ),
    SchemeField("time_header", N_("Header of the time"), needs=_WITH_A_TIME),
    SchemeField("time_key", N_("Name of the time in the signature's header"), needs=_WITH_A_TIME),
    SchemeField(
        "signature_key", N_("Name of the signature beside it"), usual=_USUAL.signature_key, needs=_WITH_A_TIME
    ),
    SchemeField("id_header", N_("Header of the id"), needs=("signed", (Signed.ID_TIME_BODY,))),
    SchemeField(
        "tolerance_seconds",
        N_("Seconds that the time may be off"),
        usual=str(_USUAL.tolerance_seconds),
        needs=_WITH_A_TIME,
    ),
    SchemeField(
        "secret",
        N_("The secret is"),
        ((SecretForm.TEXT, N_("the text itself")), (SecretForm.DECODED, N_("Base64 behind whsec_"))),
        _USUAL.secret,
        _AS_A_SIGNATURE,
    ),
    SchemeField("param", N_("Name in the address"), usual=_USUAL.param, needs=("carrier", (Carrier.ADDRESS,))),
)
_NAME = N_("may have letters, digits, - and _ only")
_MARK = N_("may have 50 letters, digits and signs, without spaces and accents")
_REASONS = {
    **dict.fromkeys(("header", "id_header", "time_header", "param"), _NAME),
    **dict.fromkeys(("prefix", "time_key", "signature_key"), _MARK),
    "tolerance_seconds": N_("must be a whole number from 10 to 86400"),
}
"""What is said of a value that a field cannot have."""


def propose(stored: Stored, sample: Any) -> dict[str, Any]:
    """Options with a teaching for *sample*; a preset that knows it needs none."""
    options = read_options(stored)
    if options.preset != ANOTHER:
        return options.model_copy(update={"teaching": None}).stored()
    return options.model_copy(update={"teaching": propose_teaching(sample)}).stored()


def point(stored: Stored, role: Role, written: str, sample: Any) -> dict[str, Any]:
    """Options in which the branch at this written path of *sample* has *role*."""
    options, path = read_options(stored), read_path(written)
    fitting = {branch.path: branch.roles for branch in draw_tree(sample).walk()}
    if role not in fitting.get(path, ()):
        raise ValueError("this branch cannot be that")
    taught = pointing.point(_taught(options), role, path, sample, options.known().teaching)
    return options.model_copy(update={"teaching": taught}).stored()


def unpoint(stored: Stored, role: Role, written: str | None) -> dict[str, Any]:
    """Options in which that branch, or every branch, has *role* no more."""
    options = read_options(stored)
    taught = pointing.unpoint(_taught(options), role, None if written is None else read_path(written))
    return options.model_copy(update={"teaching": taught}).stored()


def pointed_at(stored: Stored) -> dict[Role, tuple[str, ...]]:
    """The written paths of each role that has any."""
    taught = _taught(read_options(stored))
    paths = {role: tuple(map(write_path, pointing.pointed_at(taught, role))) for role in Role}
    return {role: each for role, each in paths.items() if each}


def describe_path(written: str) -> str:
    """A written path for people, as faults name places."""
    return place_of(read_path(written))


def describe_scheme(stored: Stored) -> dict[str, str]:
    """The values of the scheme's fields as texts."""
    told = read_options(stored).effective().scheme.model_dump(mode="json")
    return {each.name: str(told[each.name] if told[each.name] is not None else "") for each in _FIELDS}


def set_scheme(stored: Stored, told: Mapping[str, str]) -> dict[str, Any]:
    """Options with what was said of the proof; empty texts are as usual. Raises SchemeInvalid."""
    said = {each.name: told.get(each.name, "").strip() for each in _FIELDS}
    try:
        scheme = Scheme.model_validate({name: text for name, text in said.items() if text})
    except ValidationError as invalid:
        places = [str(each["loc"][0]) for each in invalid.errors(include_input=False) if each["loc"]]
        faults = tuple((place, _REASONS.get(place, N_("is none of these"))) for place in places)
        raise SchemeInvalid(faults or tuple(_list_missing(said))) from None
    return read_options(stored).model_copy(update={"scheme": scheme}).stored()


def _list_missing(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a signature of a time, or of an id, cannot do without."""
    if not said["time_header"] and not said["time_key"]:
        yield "time_header", N_("is needed, or else the name of the time in the signature's header")
    if said["signed"] == Signed.ID_TIME_BODY and not said["id_header"]:
        yield "id_header", N_("is needed, as the id is signed")


def has_own_scheme(stored: Stored) -> bool:
    """Whether the team said of the proof what differs from the preset's."""
    options = read_options(stored)
    return options.scheme is not None and options.scheme != options.known().scheme


def drop_scheme(stored: Stored) -> dict[str, Any]:
    """Options in which the proof is the preset's own again."""
    return read_options(stored).model_copy(update={"scheme": None}).stored()


def is_unsigned(stored: Stored) -> bool:
    """Whether nothing but a secret that can be seen proves the sender."""
    return read_options(stored).effective().unsigned


def is_taught(stored: Stored) -> bool:
    """Whether the preset knows the bodies, or a team has pointed at their fields."""
    options = read_options(stored)
    return options.preset != ANOTHER or options.teaching is not None


def _taught(options: Options) -> Teaching:
    """What was taught, else what the preset knows: of another sender nothing is known."""
    return options.teaching or (
        Teaching(guess_guest=True) if options.preset == ANOTHER else options.known().teaching
    )


TEACHABLE = Teachable(
    presets=tuple(
        PresetCard(name, N_("Another") if name == ANOTHER else each.label, each.has_times, each.unsigned)
        for name, each in PRESETS.items()
    ),
    scheme_fields=_FIELDS,
    open_sample=parse,
    draw_tree=draw_tree,
    propose=propose,
    point=point,
    unpoint=unpoint,
    pointed_at=pointed_at,
    describe_path=describe_path,
    describe_scheme=describe_scheme,
    set_scheme=set_scheme,
    has_own_scheme=has_own_scheme,
    drop_scheme=drop_scheme,
    is_taught=is_taught,
    is_unsigned=is_unsigned,
)
