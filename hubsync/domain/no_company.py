"""Placeholder names that stand for no company: words such as "none" and 個人, template leftovers, only signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources

from hubsync.domain.normal_forms import in_form, nfkc

LONGEST = 100
"""Characters of a name that is looked at; nobody takes more to say that there is no company."""

_SHAPES = re.compile(
    r"\{\{[^{}]*\}\}\}?|\{%[^%]*%\}|[$#@]?\{[^{}]*\}|\$\([^()]*\)|<[^<>]*>|\[\[[^\[\]]*\]\]|\[object\b[^\[\]]*\]"
    r"|\*\|[^|]*\|\*|%\([^()]*\)[sd]|%[0-9]+\$[sd]|(?<![\w%])%[sd](?!\w)|(?<![\w%])%+[^\W\d][^%]*%+"
    r"|\[%[^%]*%\]|@@[^@]+@@|##[^#]+##|\$\$[^$]+\$\$|\\n(?!\w)"
    r"|&nbsp;|#(?:nv\b|ref!|value!|name\?|null!|num!|div/0!|error!)"
)
"""What is left where a template was not filled in or a spreadsheet has an error, in lower case."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of languages that write words without spaces, or join their endings to them."""

_BETWEEN_LETTERS = frozenset("/\\.|_⁄∕-")
_ALIKE = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ё": "е"})
_ACCENTS = re.compile("[\u0300-\u036f]")

Token = tuple[str, str]
"""A word, or a letter of an unspaced language, and what stands between it and the next one."""


def names_no_company(folded: str) -> bool:
    """Whether *folded*, a name in lower case and NFKC, consists of nothing but words that name no company.

    Nothing but signs, and what templates left unfilled, name none either. A word that is not listed makes a name.
    """
    if not any(map(_can_be_read, folded)):
        return True
    if len(folded) > LONGEST:
        return False
    rest = _SHAPES.sub(" ", folded)
    return _all_listed(_tokens(rest)) if any(map(_can_be_read, rest)) else True


def words_by_language() -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The list's lines: a language's code (``*`` for all), words, and whether they only stand around others."""
    lines = resources.files("hubsync.domain").joinpath("data/no_company.txt").read_text("utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            head, _, words = line.partition(": ")
            yield head.removesuffix(" +"), tuple(words.split(" | ")), head.endswith(" +")


def _all_listed(tokens: list[Token]) -> bool:
    """Whether the list's words, at least one of which says "no company" by itself, make up all of *tokens*."""
    listed, longest = _listed()
    reached: list[set[bool]] = [{False}] + [set() for _ in tokens]
    for start, ways in enumerate(reached[:-1]):
        if not ways:
            continue
        for end in range(start + 1, min(start + longest, len(tokens)) + 1):
            words = tuple(word for word, _ in tokens[start:end])
            if words not in listed:
                continue
            around, strict = listed[words]
            gaps = [gap for _, gap in tokens[start : end - 1]]
            if not strict or all(gap.strip() in _BETWEEN_LETTERS for gap in gaps):
                reached[end] |= {said or not around for said in ways}
    return True in reached[-1]


@cache
def _listed() -> tuple[dict[tuple[str, ...], tuple[bool, bool]], int]:
    """The words as tokens, and how many the longest has.

    Each with whether it only stands around others, and whether it is letters with signs between, such as n/a.
    """
    listed: dict[tuple[str, ...], tuple[bool, bool]] = {}
    for _, words, around in words_by_language():
        for word in words:
            folded = nfkc(nfkc(word).casefold())
            tokens = tuple(token for token, _ in _tokens(folded))
            only_around = around and listed.get(tokens, (True,))[0]
            listed[tokens] = (only_around, "/" in word)
    return listed, max(map(len, listed))


def _tokens(text: str) -> list[Token]:
    """*text* in words; lengthening marks count as signs, because people type dashes for them."""
    tokens: list[list[str]] = []
    for sign in text:
        if tokens and not tokens[-1][1] and unicodedata.category(sign)[0] == "M":
            tokens[-1][0] += sign
        elif not _can_be_read(sign):
            if tokens:
                tokens[-1][1] += sign
        elif not tokens or tokens[-1][1] or _UNSPACED.match(tokens[-1][0]) or _UNSPACED.match(sign):
            tokens.append([sign, ""])
        else:
            tokens[-1][0] += sign
    return [(_plain(word), gap) for word, gap in tokens]


def _plain(word: str) -> str:
    """*word* without the accents that people leave out; short words stay, as "nö" is not "no"."""
    if len(word) < 4:
        return word
    decomposed = in_form("NFD", word.translate(_ALIKE))
    return in_form("NFC", _ACCENTS.sub("", decomposed))


def _can_be_read(sign: str) -> bool:
    """Whether *sign* is a letter or a number; lengthening marks such as "ー" are none by themselves."""
    return unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "No")
