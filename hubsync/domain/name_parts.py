"""The parts of a person's name: family name, given name, form of address.

They are divided by what is written. With a space the family name is first in Han, Kana and Hangul, else last, with
its particles (van der Berg, de la Cruz) and suffix (King Jr.). Without one `undivided_names` divides what is
Japanese; any other name of one word is a family name.

The parts are pieces of the name as it was typed. Between them they have every letter of it, once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hubsync.domain.honorifics import take_off
from hubsync.domain.undivided_names import find_given_name

_LONGEST = 200
"""Characters of a name that is divided; a longer text is none."""

_FAMILY_FIRST = re.compile(
    r"[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff"
    r"\uff66-\uffdc\U00020000-\U0003ffff]"
)
_KATAKANA = re.compile(r"[ァ-ヺーヽヾｦ-ﾟa-zA-ZＡ-Ｚａ-ｚ.．]+")
_DOTS = re.compile(r"[・･·=＝゠]")
"""What stands between the words of a foreign name in Katakana: ジョン・スミス."""
_ASIDE = re.compile(r"[(（\[［【〔][^()（）\[\]［］【】〔〕]+[)）\]］】〕]")
"""A reading, a nickname or a firm in brackets at the end of a name."""

_PARTICLES = frozenset(
    {
        "van", "von", "der", "den", "ten", "ter", "vom", "zu", "zum", "zur", "de", "del", "della", "degli",
        "dal", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "las", "los", "lo", "el", "al",
        "bin", "ibn", "bint", "abu", "af", "av", "st", "st.", "saint", "mac", "mc", "o'", "بن", "ابن",
        "بنت", "آل", "ダ", "デ", "ド", "ドス", "デル", "デラ", "ディ", "ラ", "ル", "フォン", "ヴァン",
        "ファン", "ビン", "イブン", "アル", "エル",
    }
)  # fmt: skip
_AND = frozenset({"y", "e", "i"})
"""What joins two family names (Ortega y Gasset); in capitals it is an initial."""
_SUFFIXES = frozenset({"jr", "jr.", "jnr", "sr", "sr.", "snr", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name's parts as they were typed; *honorific* is what was taken off it. *family* is empty for no name."""

    family: str = field(repr=False)
    given: str = field(default="", repr=False)
    honorific: str = field(default="", repr=False)


def divide_name(name: str) -> NameParts:
    """The parts of *name*; what cannot be divided with certainty is all family name."""
    line = name.strip()
    if len(line) > _LONGEST:
        return NameParts(line)
    line, honorific = take_off(" ".join(line.splitlines()))
    core, aside = _without_aside(line)
    family, given = _divide(core)
    if aside:
        family, given = (family, f"{given} {aside}") if given else (f"{family} {aside}", "")
    return NameParts(family, given, honorific)


def join_names(given: str, family: str) -> str:
    """Both names on one line as they are written, where `divide_name` finds them again; either may be missing."""
    parts = (family, given) if _FAMILY_FIRST.match(family.strip()) else (given, family)
    return " ".join(part for part in parts if part.strip())


def _without_aside(line: str) -> tuple[str, str]:
    for match in _ASIDE.finditer(line):
        if match.end() == len(line) and line[: match.start()].strip():
            return line[: match.start()].rstrip(), match[0]
    return line, ""


def _divide(core: str) -> tuple[str, str]:
    """Family name and given name."""
    before, comma, after = (part.strip() for part in core.replace("，", ",").partition(","))
    if comma:
        if after.lower() not in _SUFFIXES:
            return _around_comma(core, before, after)
        core = f"{before} {after}"
    words = core.split()
    if len(words) < 2:
        return _one_word(core)
    if _FAMILY_FIRST.match(core):
        return words[0], " ".join(words[1:])
    return _given_first(words, " ")


def _around_comma(core: str, before: str, after: str) -> tuple[str, str]:
    """Smith, John and van Beethoven, Ludwig; but of "John Smith, Acme" and lists nobody knows."""
    words = before.split()
    if not words or not after or "," in after or _given_first(["", *words], " ")[1]:
        return core, ""
    return before, after


def _one_word(word: str) -> tuple[str, str]:
    if _FAMILY_FIRST.match(word) is None:
        return word, ""
    if _DOTS.search(word):
        parts = [part for part in _DOTS.split(word) if part]
        if len(parts) > 1 and all(map(_KATAKANA.fullmatch, parts)):
            return _given_first(parts, "・")
        return word, ""
    place = find_given_name(word)
    return (word, "") if place is None else (word[:place], word[place:])


def _given_first(words: list[str], joint: str) -> tuple[str, str]:
    """The last of *words* with its particles and suffix is the family name; the first one never belongs to it."""
    end = len(words)
    while end > 2 and words[end - 1].lower() in _SUFFIXES:
        end -= 1
    begin = end - 1
    if begin > 2 and words[begin - 1] in _AND:
        begin -= 2
    while begin > 1 and words[begin - 1].lower() in _PARTICLES:
        begin -= 1
    return joint.join(words[begin:]), joint.join(words[:begin])
