"""Parser of e-mail addresses: from what a stranger typed to the address, or to why there is none.

What looks the same to whoever typed it is the same here, whatever the width, unseen marks, display name,
``mailto:``, final dot, quotation marks, case of the domain and spelling of an international one. Nothing is
guessed: of two addresses none is taken, and a space stays a space.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import unquote

import email_validator

from hubsync.domain.domain_names import domain_name, shown_domain
from hubsync.domain.normal_forms import nfkc
from hubsync.domain.values import UNSEEN, clean_text

LONGEST_ADDRESS = 254
"""Characters of an address, counted with its domain in A-labels (RFC 5321, 4.5.3.1.3, with erratum 1690)."""
LONGEST_TYPED = 2_000
"""Characters that are looked at: an address with a name and the rest of a ``mailto:`` fit, a letter does not."""


class NoAddress(StrEnum):
    """Why a text is no e-mail address; pages turn it into a sentence."""

    NO_AT = "email_no_at"
    SEVERAL = "email_several"
    SPACE = "email_space"
    NO_LOCAL_PART = "email_no_local_part"
    NO_DOMAIN = "email_no_domain"
    NO_DOT = "email_no_dot"
    NUMBERS = "email_numbers"
    HIDDEN_SIGN = "email_hidden_sign"
    WRONG_SIGN = "email_wrong_sign"
    WIDE = "email_wide"
    BAD_DOMAIN = "email_bad_domain"
    TOO_LONG = "email_too_long"


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """``local@domain``: the local part as typed, the domain in lower case and A-labels."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def shown(self) -> str:
        """The address with an international domain in its own letters."""
        return f"{self.local}@{shown_domain(self.domain)}"


# No address has these, and they cannot be seen: variation selectors, and what `values` takes off the ends.
_MARKS = frozenset(UNSEEN) | {chr(sign) for sign in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))}
_JOINERS = "\u200c\u200d"
_WITHOUT_JOINERS = dict.fromkeys(map(ord, _JOINERS))
# Hyphens as documents set them, and the full stop that a Japanese keyboard types.
_SAME_AS = str.maketrans({**dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"), "\u3002": "."})
# What can neither begin nor end an address; the pairs may begin one, so that they come off together.
_BEFORE = " \t\n<([“”„«‹「『【〈《〔〖〝‘’,;:、・"
_AFTER = " \t\n.>)]}\"“”»›」』】〉》〕〗〞〟‘’'`,;:!?/、・"
_PAIRS = frozenset({("{", "}"), ('"', '"'), ("'", "'"), ("`", "`")})
_PREFIX = re.compile(r"(?:e-?mail(?: address)?|mail|smtp|メール(?:アドレス)?)[ \t]*:", re.IGNORECASE)
# As Outlook and Markdown write it: Ann Lee [mailto:ann@acme.com], [ann@acme.com](mailto:ann@acme.com)
_LINK_IN_BRACKETS = re.compile(r"[\[(](mailto:[^\[\]()<>]*)[\])]", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:[ \t]*(?://)?", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
_LOCAL = re.compile(r'[^\s"@,:;<>()\[\]\\]+')
_NUMBERS = re.compile(r"\[.*|[0-9.]+")
# A prolonged sound mark after a Latin letter is the hyphen's key, pressed while the keyboard was at kana.
_KANA_HYPHEN = re.compile("(?:^|[\x00-\x7f])ー")
_LAYERS = 8  # a name around a link around brackets is three


def read_email(text: str) -> EmailAddress | NoAddress:
    """The address that *text* names, or why it names none. What was read is read as the same again."""
    return NoAddress.TOO_LONG if len(text) > LONGEST_TYPED else _read(text)


@lru_cache(maxsize=32)  # a booking asks nine times for one address: to write it down, to compare it and to send it
def _read(text: str) -> EmailAddress | NoAddress:
    plain = _bare(_plain(text))
    quoted = _quoted_beginning(plain)
    rest = plain[len(quoted) :]
    if "@" not in rest:
        return NoAddress.NO_AT
    if rest.count("@") > 1:
        return NoAddress.SEVERAL
    if any(map(str.isspace, rest)):
        return NoAddress.SPACE
    local, _at, host = rest.partition("@")
    return _checked(quoted or local.translate(_WITHOUT_JOINERS), host)


def read_typed_email(text: str) -> EmailAddress | NoAddress:
    """The same for somebody at a keyboard who can be asked again.

    Letters of other scripts before the @ are a keyboard that was not switched far more often than an address that
    mail can be sent to (RFC 6531), so half-width ones are asked for.
    """
    address = read_email(text)
    return NoAddress.WIDE if isinstance(address, EmailAddress) and not address.local.isascii() else address


def email_in(text: str) -> EmailAddress | None:
    """The address that *text* names, None where it names none."""
    address = read_email(text)
    return address if isinstance(address, EmailAddress) else None


def other_form(address: str) -> str:
    """An international *address* with its domain in its own letters; empty for one that has no second form."""
    found = email_in(address)
    return found.shown if found is not None and found.shown != str(found) else ""


def is_email(text: str) -> bool:
    """Whether *text* is ``user@domain`` in half-width ASCII and by the book, as people of a team need it.

    Whether mail arrives there is not decided here: no name is looked up, and ``.test`` and ``.example`` will
    do. Refused are names that mail can never be sent to from outside (``.local``, numbers, no dot).
    """
    if not text.isascii() or len(text) > LONGEST_ADDRESS:
        return False
    try:
        email_validator.validate_email(
            text, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except email_validator.EmailNotValidError:
        return False
    return True


def kept_email(text: str) -> str:
    """*text* as an address is kept and compared: as it was read, or in one line as it came where it is none."""
    read = email_in(text)
    return str(read) if read is not None else " ".join(_plain(text[:LONGEST_TYPED]).split())


def _checked(local: str, host: str) -> EmailAddress | NoAddress:
    """The address of both parts, or what is wrong with the first part that is."""
    if not local:
        return NoAddress.NO_LOCAL_PART
    if not host:
        return NoAddress.NO_DOMAIN
    if _hides_something(local):
        return NoAddress.HIDDEN_SIGN
    if not (_LOCAL.fullmatch(local) or _QUOTED.fullmatch(local)) or _is_web_path(local):
        return NoAddress.WRONG_SIGN
    if _NUMBERS.fullmatch(host):
        return NoAddress.NUMBERS
    if _KANA_HYPHEN.search(host):
        return NoAddress.WIDE
    # Some scripts need joiners inside a word, which IDNA knows; elsewhere they are marks like the others.
    domain = domain_name(host) or domain_name(host.translate(_WITHOUT_JOINERS))
    if domain is not None:
        checked = EmailAddress(local, domain)
        return checked if len(str(checked)) <= LONGEST_ADDRESS else NoAddress.TOO_LONG
    if _hides_something(host.translate(_WITHOUT_JOINERS)):
        return NoAddress.HIDDEN_SIGN
    return NoAddress.BAD_DOMAIN if "." in host else NoAddress.NO_DOT


def _hides_something(part: str) -> bool:
    """Whether *part* has a sign that does not show what it is: private, not assigned, or the mark of a loss."""
    return any(unicodedata.category(sign)[0] == "C" or sign in "\ufffc\ufffd" for sign in part)


def _is_web_path(local: str) -> bool:
    """Whether the @ is in the path or query of a web address: ``acme.com/@team``, ``acme.com?to=a@b.com``."""
    host = re.split("[/?#]", local, maxsplit=1)[0]
    inside = local.endswith("/") or "=" in local.partition("?")[2] or host.lower().startswith("www.")
    return local.startswith("//") or (len(host) < len(local) and inside and domain_name(host) is not None)


def _plain(text: str) -> str:
    """*text* in NFKC without control characters and, but for joiners, unseen marks."""
    wide = nfkc(clean_text(text))[:LONGEST_TYPED]  # it makes up to 18 characters of one
    plain = "".join(sign for sign in wide if not _is_mark(sign))
    return nfkc(plain).translate(_SAME_AS).strip()


def _is_mark(sign: str) -> bool:
    if sign.isascii() or sign in _JOINERS:
        return False
    return sign in _MARKS or unicodedata.category(sign) == "Cf" or "\U000e0100" <= sign <= "\U000e01ef"


def _bare(text: str) -> str:
    """*text* without what people and programs put around an address."""
    plain = text
    for _layer in range(_LAYERS):
        before, plain = plain, _trimmed(_decoded(_unnamed(plain)))
        if plain == before:
            break
    return plain


def _unnamed(text: str) -> str:
    """What ``Ann Lee <…>`` and ``… (Ann Lee)`` are around; all of *text* where its two addresses differ."""
    plain = _LINK_IN_BRACKETS.sub(r"<\1>", text).rstrip(_AFTER.replace(">", ""))
    name, opening, inside = plain.removesuffix(">").rpartition("<")
    same = _trimmed(name).casefold() == _decoded(inside).casefold()
    if plain.endswith(">") and opening and (same or "@" not in name):
        text = inside
    address, _opening, name = text.partition("(")
    return address if "@" in address and "@" not in name else text


def _decoded(text: str) -> str:
    """*text* without ``mailto:`` and what follows the address of such a link, its percent signs decoded."""
    plain = text.lstrip()
    if named := _PREFIX.match(plain):
        plain = plain[named.end() :]
    if link := _MAILTO.match(plain):
        return _plain(unquote(re.split(r"[?|]", plain[link.end() :], maxsplit=1)[0]))
    return _plain(unquote(plain)) if "%40" in plain and "@" not in plain else plain


def _trimmed(text: str) -> str:
    """*text* without quotation marks and brackets around it and without signs that cannot be at its ends."""
    plain = text.strip()
    while len(plain) > 1 and (plain[0], plain[-1]) in _PAIRS:
        plain = plain[1:-1].strip()
    plain = plain.lstrip(_BEFORE).rstrip(_AFTER)
    return plain if _quoted_beginning(plain) else plain.lstrip('"')


def _quoted_beginning(text: str) -> str:
    """The local part in quotation marks with which *text* begins, or nothing."""
    match = _QUOTED.match(text)
    return match[0] if match and text[match.end() : match.end() + 1] == "@" else ""
