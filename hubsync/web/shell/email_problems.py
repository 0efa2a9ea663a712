"""Texts on why something is no e-mail address: for guests at the field, for colleagues on a delivery."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from hubsync.domain.email_address import NoAddress

EMAIL_CAUSES = {
    NoAddress.NO_AT.value: lazy_gettext("the @ is missing"),
    NoAddress.SEVERAL.value: lazy_gettext("there is more than one @ in it"),
    NoAddress.SPACE.value: lazy_gettext("there is a space or a line break in it"),
    NoAddress.NO_LOCAL_PART.value: lazy_gettext("the part before the @ is missing"),
    NoAddress.NO_DOMAIN.value: lazy_gettext("the part after the @ is missing"),
    NoAddress.NO_DOT.value: lazy_gettext("the part after the @ is not complete"),
    NoAddress.NUMBERS.value: lazy_gettext("there are numbers after the @ instead of a name"),
    NoAddress.HIDDEN_SIGN.value: lazy_gettext("there is a hidden sign in it, which is gone once it is typed anew"),
    NoAddress.WRONG_SIGN.value: lazy_gettext("there is a sign before the @ that addresses do not have"),
    NoAddress.WIDE.value: lazy_gettext("there are full-width or other letters in it that addresses do not have"),
    NoAddress.BAD_DOMAIN.value: lazy_gettext("the part after the @ is not the name of a mail domain"),
    NoAddress.TOO_LONG.value: lazy_gettext("it is too long"),
}
"""Each cause as the second half of a sentence."""


def explain_no_address(cause: NoAddress) -> str:
    """The sentence at a field in which somebody typed what is no address."""
    return gettext(
        "This is not an e-mail address: %(cause)s. "
        "Write one address in half-width letters, like name@example.com.",
        cause=EMAIL_CAUSES[cause.value],
    )
