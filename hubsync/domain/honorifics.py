"""Forms of address beside a name: Mr., Dr., 様, さん and their like, before or after it, in brackets or not."""

from __future__ import annotations

import re

from hubsync.domain.normal_forms import nfkc

# Full-width ASCII and the space of CJK, sign for sign: a place in one text is the same place in the other.
_HALF_WIDTH = str.maketrans({0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)} | {0x3000: " "})

_DOTTED = "mr|mrs|ms|mx|dr|prof|mme|mlle|sr|sra|srta|rev"
_WORDS = "mr|mrs|ms|miss|mx|dr|prof|professor|doctor|sir|madam|madame|monsieur|mme|mlle|herr|frau"
_OPEN, _CLOSE = r"[(\[【〔]", r"[)\]】〕]"

_IN_FRONT = re.compile(
    rf"({_OPEN} ?)?(?P<title>(?:{_DOTTED})\.|(?:{_WORDS})(?=[ )\]】〕]))(?(1) ?{_CLOSE}) ?", re.IGNORECASE
)
# What no name ends with; the others need two signs before them, as 鵜殿 is a name.
_JAPANESE = "様|さま|さん|先生|教授|님|女士"
_AFTER_TWO = "氏|殿|くん|ちゃん|女史|小姐|씨"
_BEHIND = re.compile(
    rf" ?{_OPEN} ?(?i:(?P<inside>{_JAPANESE}|{_AFTER_TWO}|(?:{_WORDS})\.?)) ?{_CLOSE}\Z"
    rf"| (?i:(?P<apart>{_JAPANESE}|{_AFTER_TWO}|(?:{_DOTTED})\.))\Z"
    rf"|, ?(?i:(?P<comma>(?:{_WORDS})\.?))\Z"
    rf"|(?P<close>{_JAPANESE})\Z|(?<=[^ ][^ ])(?P<two>{_AFTER_TWO})\Z"
    r"|(?<=[a-z])-(?P<hyphen>san|sama|sensei)\Z"
    r"|,? (?P<degree>Ph\.?D\.?|M\.?D\.?|MBA|Esq\.?|DDS|CPA|J\.D\.)\Z"
)
_MOST = 4
"""Forms of address on each side: Prof. Dr. Dr."""
_LONGEST_BEHIND = 16
"""Signs from the end of a name in which a form of address begins."""


def take_off(name: str) -> tuple[str, str]:
    """*name* without its forms of address, and these as they are written, separated by spaces.

    What is nothing else stays a name. *name* is on one line and trimmed.
    """
    front: list[str] = []
    behind: list[str] = []
    while len(front) < _MOST and (match := _IN_FRONT.match(name.translate(_HALF_WIDTH))):
        if not _is_name(name[match.end() :]):
            break
        front.append(name[match.start("title") : match.end("title")])
        name = name[match.end() :]
    while len(behind) < _MOST and (found := _at_the_end(name)):
        name, title = found
        behind.insert(0, title)
    return name, " ".join((*front, *behind))


def _at_the_end(name: str) -> tuple[str, str] | None:
    """*name* without the last form of address behind it, and that one."""
    shape = name.translate(_HALF_WIDTH)
    match = _BEHIND.search(shape, max(1, len(shape) - _LONGEST_BEHIND))
    if match is None:
        return None
    rest, kind = name[: match.start()].rstrip(" \u3000,，"), str(match.lastgroup)
    if not _is_name(rest) or (kind == "hyphen" and " " in rest):  # Tanaka-san, but not Kim Ji-san
        return None
    return rest, name[match.start(kind) : match.end(kind)]


def _is_name(text: str) -> bool:
    return any(sign.isalnum() for sign in nfkc(text[:40]))
