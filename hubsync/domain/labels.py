"""Comparison of labels, of questions and of properties, in English and Japanese."""

from __future__ import annotations

import re

from hubsync.domain.normal_forms import nfkc

_NO_LETTERS = re.compile(r"[\W_]+")
_ASIDE = re.compile(r"[(（\[【〔<＜][^(（\[【〔<＜)）\]】〕>＞\n]*[)）\]】〕>＞]")
_ASKED = re.compile(
    r"^(please (enter|tell us|give us)|enter|tell us|what is|whats|your|the)\s+"
    r"|を?(ご記入|ご入力|記入|入力|お聞かせ|お教え|教えて)(して|ください|下さい|くださいませ)*$"
    r"|(は何ですか|はなんですか|をお願いします|をお願いいたします)$"
)
_OF_COMPANY = re.compile(r"^(貴社|御社|会社|企業|法人|勤務先|company|business|organi[sz]ation)(の|s )?\s*(?=\S)")
_POLITE = re.compile(r"^(お|ご)(?=[\u3400-\u9fff])")
_LONGEST = 500
"""Characters of a label from which words of asking are taken, one after the other."""


def normalised(label: str) -> str:
    """*label* without regard to case, width, spaces, punctuation and asides such as "(optional)"."""
    folded = nfkc(label).casefold()
    bare = _ASIDE.sub("", folded)
    return _NO_LETTERS.sub("", bare) or _NO_LETTERS.sub("", folded)


def forms(label: str) -> tuple[str, ...]:
    """What *label* may be looked up by, the closest first: whole, without words of asking, without お or ご."""
    label = label[:_LONGEST]
    spellings = [normalised(label)]
    spoken = " ".join(nfkc(_ASIDE.sub("", label)).casefold().split()).strip(" ?？:：。.")
    while (shorter := _ASKED.sub("", spoken).strip(" ?？:：。.")) and shorter != spoken:
        spoken = shorter
        spellings.append(normalised(spoken))
    spellings += [_POLITE.sub("", form) for form in spellings]
    return tuple(form for form in dict.fromkeys(spellings) if form)


def about_company(label: str) -> tuple[bool, str]:
    """Whether the label says that it is about the company, and what is left without those words."""
    spoken = " ".join(nfkc(label).casefold().split())
    rest = _OF_COMPANY.sub("", spoken)
    # 会社名 and "company name" are names of their own, not a "name" of some company.
    return (rest != spoken, rest)
