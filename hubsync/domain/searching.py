"""Search keys of deliveries: normalized texts, so that spelling does not hide anything."""

from __future__ import annotations

import re

from hubsync.domain.email_address import kept_email
from hubsync.domain.normal_forms import nfkc

LONGEST = 320
LEGAL_FORMS = (
    *("株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "相互会社"),
    *("一般社団法人", "一般財団法人", "公益社団法人", "公益財団法人", "医療法人社団", "医療法人財団", "医療法人"),
    *("社会福祉法人", "学校法人", "宗教法人", "独立行政法人", "国立大学法人", "特定非営利活動法人", "npo法人"),
    *("(株)", "(有)", "(合)", "(同)", "(資)", "(名)", "(相)", "(一社)", "(一財)", "(公社)", "(公財)"),
    *("(医)", "(福)", "(学)", "(宗)", "(独)", "(特非)"),
)
"""Legal forms of Japanese companies and bodies, and their abbreviations, as NFKC has them: ㈱ is (株)."""
_FORM = "|".join(map(re.escape, LEGAL_FORMS))
_LEGAL_FORM = re.compile(rf"^(?:{_FORM})|(?:{_FORM})$")
_LAST = "\U0010ffff"


def as_searched(text: str) -> str:
    """*text* as it is stored and looked for: NFKC, no case, white space trimmed and single, at most 320 long."""
    return " ".join(nfkc(text).casefold().split())[:LONGEST]


def company_as_searched(text: str) -> str:
    """The same for a company's name, without the legal form that Japanese names begin or end with.

    So アクメ finds 株式会社アクメ, (株)アクメ and アクメ株式会社 by the beginning, which one index serves.
    A legal form alone stays.
    """
    name = as_searched(text)
    return _LEGAL_FORM.sub("", name).strip() or name


def is_legal_form(text: str) -> bool:
    """Whether *text* is a legal form and nothing else, by which no Japanese company can be found."""
    return as_searched(text) in LEGAL_FORMS


def email_as_searched(text: str) -> str:
    """The same for an e-mail address, however it is written: as `domain.email_address` reads it where it can."""
    return as_searched(kept_email(text))


def range_of(beginning: str) -> tuple[str, str]:
    """The (first, last) text between which all texts lie that begin with *beginning*, compared by code point."""
    return beginning, beginning + _LAST
