"""What languages put between words: blanks between sentences, commas of lists, colons, brackets.

English has a blank after a full stop. Japanese has none, for its marks are as wide as a letter with their blank.
Whoever puts sentences in a row therefore asks `sentences`, and templates simply put them beside each other:
`close_up`, which joins what a template makes, drops the blank of the template after such a mark. Nothing of what
people typed is touched: a value is never looked into, only the blank that a template has between two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from babel.lists import format_list
from flask_babel import format_decimal, get_locale, gettext
from jinja2 import Environment
from markupsafe import Markup, escape

from hubsync.places import place_of

WIDE_MARKS = frozenset("。、：；？！")
"""Marks after which no blank stands, in whatever language the page is."""
OPENING = "（"
"""The mark before which none stands either."""
_INLINE_ENDS = r"(?:</(?:a|b|bdi|code|em|q|span|strong|time)>)*"
_NUMBER_AND_WORD = re.compile(r"(?<=\d) (?=[\u3040-\u30ff\u4e00-\u9fff])")
_NAME_AND_NUMBER = re.compile(r"(?<=[^\W\d_]) (?=\d+(?!\S*[A-Za-z\d]))")
_WITHIN_NAME = re.compile(r"(?<=[A-Za-z0-9])([@._])(?=[A-Za-z])")
_ADDRESS_OR_TIMES = re.compile(
    r"\d{1,2}:\d\d[～〜]\d{1,2}:\d\d|(?<![\w.+…\u2060-])[\w.+…\u2060-]++@(?:<wbr>)?(?:[A-Za-z0-9-]|\.(?:<wbr>)?(?=[A-Za-z0-9]))+[?.]?",
    re.ASCII,
)
_KEPT_TOGETHER = re.compile(r"」(?=\w)|…(?=@)")
_BRACKETS = re.compile(r"(?P<gap> ?)\((?P<aside>[^()]*)\)")
_GAP = re.compile(rf"({_INLINE_ENDS}) +")
_GAP_IN_HTML = re.compile(rf"({_INLINE_ENDS})\s+")
_ENDS = re.compile(rf"{_INLINE_ENDS}")
_BEFORE_OPENING = re.compile(r"(?<![ \n])[ \n]+((?:<(?:a|b|bdi|code|em|q|span|strong|time)\b[^<>]*>)*)\Z")
_CLOSED = re.compile(rf"[{''.join(sorted(WIDE_MARKS))}]{_INLINE_ENDS}\Z")


def register(environment: Environment) -> None:
    """Let the templates of *environment* join what they make as the reader's language does."""
    environment.concat = close_up  # type: ignore[method-assign]  # what Jinja's own native environment sets
    shared = (sentences, enumerated, labelled, colon, about, bracketed, in_brackets, from_to)
    environment.globals.update({each.__name__: each for each in shared})
    environment.filters.update(number=format_decimal, place=place_of, breaking_well=break_well)


def sentences(*parts: object) -> str:
    """The *parts* that are there, one after the other: with a blank between them, unless a wide mark is there."""
    text = ""
    for part in filter(None, map(str, parts)):
        text += part if not text or text[-1] in WIDE_MARKS else f" {part}"
    return text


def enumerated(items: Iterable[object]) -> str:
    """The items as a list without “and”: “a, b, c”, or “a、b、c”."""
    narrow: Any = "standard-narrow"  # Babel has it, its annotation lacks it
    kept = list(items)
    if any(hasattr(each, "__html__") for each in kept):
        return Markup(format_list([escape(each) for each in kept], narrow, get_locale() or "en"))  # noqa: S704
    return format_list([str(each) for each in kept], narrow, get_locale() or "en")


def labelled(label: object, value: object) -> str:
    """What something is called, and what it is."""
    return _fill(gettext("%(label)s: %(value)s"), label=label, value=value)


def colon() -> str:
    """What stands between a label and its value, where markup stands around one of them."""
    return labelled("", "")


def about(what: object) -> Markup:
    """The rest of a button's name: what it is about, for whoever only hears it; others see where it stands."""
    rest = _fill(gettext("%(button)s %(what)s"), button="", what=what)
    return Markup('<span class="visually-hidden">{}</span>').format(rest)


def bracketed(text: object, aside: object) -> str:
    """The text with something in brackets behind it."""
    return _fill(gettext("%(text)s (%(aside)s)"), text=text, aside=aside)


def from_to(start: object, end: object) -> str:
    """Two times, or whatever else has a beginning and an end."""
    return _fill(gettext("%(start)s – %(end)s"), start=start, end=end)


def break_well(text: object) -> Markup:
    """The text, large or on a button, whose lines break where a reader would break them on a phone.

    An e-mail address, or a beginning and an end as Japanese writes them, comes to the next line sooner than it
    breaks. It then breaks after its marks, as a scope or a variable does, and neither within a word nor before a
    full stop. A closing bracket keeps the particle after it, which browsers leave for the next line when a name in
    the brackets has a blank, and a name its number.
    """
    kept = _KEPT_TOGETHER.sub(
        "\\g<0>\N{WORD JOINER}", _NAME_AND_NUMBER.sub("\N{NO-BREAK SPACE}", str(escape(text)))
    )
    kept = _WITHIN_NAME.sub(r"\1<wbr>", kept)
    return Markup(_ADDRESS_OR_TIMES.sub(r'<span class="whole">\g<0></span>', kept))  # noqa: S704 - was escaped


def close_numbers(text: str) -> str:
    """What Babel says of a number, without the blank that it has between the number and a wide word: 5分前."""
    return _NUMBER_AND_WORD.sub("", text)


def with_own_brackets(text: str) -> str:
    """What Babel says, with the brackets of the reader's language: 日本語（日本）, 12月7日（月）."""
    return _BRACKETS.sub(_in_own_brackets, text)


def _in_own_brackets(found: re.Match[str]) -> str:
    own = in_brackets(found["aside"])
    return own if own.startswith(OPENING) else found["gap"] + own


def in_brackets(aside: object) -> str:
    """Something in brackets, where markup stands between it and the text before."""
    return _fill(gettext("(%(aside)s)"), aside=aside)


def _fill(pattern: str, **values: object) -> str:
    if any(hasattr(each, "__html__") for each in values.values()):
        return Markup(pattern) % values  # noqa: S704 - a message of the catalogue, which escapes the others
    return pattern % values


def close_up(chunks: Iterable[str]) -> str:
    """Join the *chunks* of a rendered template, without a blank after a wide mark or before a wide bracket.

    In HTML a line break of the template is a blank as well. In plain text it stays: a mail has it on purpose.
    """
    kept = list(chunks)
    whole = "".join(kept)
    if whole.isascii() or not any(mark in whole for mark in (*WIDE_MARKS, OPENING)):
        return whole
    return "".join(_closed_up(_opened_up(kept)))


def _opened_up(chunks: Sequence[str]) -> Iterable[str]:
    """The chunks of the template without the blanks at their ends before a bracket in a value."""
    for chunk, following in zip(chunks, (*chunks[1:], ""), strict=True):
        wide = following.startswith(OPENING) and isinstance(following, Markup) and not isinstance(chunk, Markup)
        yield _BEFORE_OPENING.sub(r"\1", chunk) if wide else chunk


def _closed_up(chunks: Iterable[str]) -> Iterable[str]:
    closed = html = False
    for chunk in chunks:
        if closed and (gap := (_GAP_IN_HTML if html else _GAP).match(chunk)):
            chunk = gap[1] + chunk[gap.end() :]
        yield chunk
        if chunk.isascii():
            closed = closed and _ENDS.fullmatch(chunk) is not None
        else:
            closed = chunk[-1] in WIDE_MARKS or (chunk[-1] == ">" and _CLOSED.search(chunk) is not None)
            html = isinstance(chunk, Markup)  # what a template of HTML says is escaped, of plain text is not
