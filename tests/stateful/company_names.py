"""Names of companies, written in all the ways in which guests write one and the same name."""

from __future__ import annotations

from hypothesis import strategies as st

COMPANIES = (
    "acme",
    "beta",
    "abc 株式会社",
    "㈱青空",
    "アクメ",
    "straße",
    '5" rockets',
    'bob "the" builder',
    '"one',
)
_WRITTEN = {
    " ": (" ", "  ", "\u3000", "\u00a0", " \u200b"),
    '"': ('"', "＂"),
    "ß": ("ß", "ss", "SS", "ｓＳ"),
    "㈱": ("㈱", "(株)", "（株）"),
    "ア": ("ア", "ｱ"),
    "ク": ("ク", "ｸ"),
    "メ": ("メ", "ﾒ"),
}


def written(name: str) -> st.SearchStrategy[str]:
    """*name* in letters of either case and width, with any spaces; first as it is."""
    signs = st.tuples(*(st.sampled_from(_ways(sign)) for sign in name)).map("".join)
    return st.one_of(st.just(name), signs, signs.map(lambda text: f" {text}\u3000"))


def _ways(sign: str) -> tuple[str, ...]:
    if sign in _WRITTEN:
        return _WRITTEN[sign]
    if not ("!" <= sign <= "~"):
        return (sign,)
    return tuple(dict.fromkeys((sign, sign.upper(), chr(ord(sign) + 0xFEE0), chr(ord(sign.upper()) + 0xFEE0))))
