"""Where the given name begins in a name of Han signs that is written without a space.

A Japanese name is divided by namedivider, which knows how often each sign stands where in a name, and 40,000
family names. It is asked about one division after the other, so that a narrow decision is none; what is not sure
is not divided. https://github.com/rskmoi/namedivider-rs

It is loaded by the first name that needs it, and never by one with a space. Where it is not installed, because it
has no build for the machine, such a name is not divided.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_HAN = r"\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IN_FAMILIES = "ノツヶケの"
"""Kana between two Han signs of a family name: 井ノ原, 三ツ矢, 茅ヶ崎, 木の下."""
_LONGEST_FAMILY = 4
_LONGEST = 7
"""Signs, with three of a given name. A longer text is a firm, two people, a sentence."""

_ALL_HAN = re.compile(rf"[{_HAN}](?:[{_HAN}]|[{_IN_FAMILIES}](?=[{_HAN}])){{1,{_LONGEST - 1}}}")
_HAN_THEN_KANA = re.compile(
    rf"([{_HAN}](?:[{_HAN}]|[{_IN_FAMILIES}](?=[{_HAN}])){{0,3}})([ぁ-ゖゝゞァ-ヺーヽヾ]{{2,6}}[{_HAN}]{{0,2}})"
)
_HIRAGANA_THEN_HAN = re.compile(rf"([ぁ-ゖ]{{2,4}})[{_HAN}]{{2,3}}")

# Signs that are variants of one that the library knows; each is one sign as well, so no place moves.
_VARIANTS = str.maketrans(
    "髙﨑嵜𠮷濵濱栁桒𣘺𡈽德邊邉澤廣眞齊齋國壽惠彌瀨槇冨嶋嶌のケ",
    "高崎崎吉浜浜柳桑橋土徳辺辺沢広真斉斎国寿恵弥瀬槙富島島ノヶ",
)

# Family names of China and Korea that begin no Japanese one, apart from those below.
_ONE_SIGN = frozenset(
    "王李張劉陳楊趙黄周呉徐孫朱胡郭何羅鄭梁謝宋韓鄧馮曹許彭曾蕭蔡潘袁于董余蘇呂魏蔣丁沈姜范傅"
    "鍾盧汪崔廖姚邱賈鄒譚孟閻薛侯郝孔邵龔顧賴嚴尹錢習朴申裵裴權全卞奉"
    # As they are written in China today, and in Taiwan; no Japanese name has these signs.
    "张刘陈杨赵黃吴吳孙马郑谢韩冯邓许苏叶卢钟陆谭邹贾阎龙赖严钱龚吕蒋萧汤罗顾邬闫莫冼"
)
_TWO_SIGNS = (
    "欧陽", "歐陽", "欧阳", "司馬", "司马", "諸葛", "诸葛", "上官", "皇甫", "夏侯", "令狐", "慕容", "尉遅",
    "尉迟",
)  # fmt: skip
_JAPANESE_AFTER_ALL = frozenset(
    {
        "王子", "王丸", "王生", "王寺", "李家", "張本", "張替", "張間", "陳内", "陳野", "楊井", "黄川",
        "黄木", "黄瀬", "黄地", "黄原", "周防", "周藤", "周布", "周東", "呉屋", "呉服", "呉羽", "呉竹",
        "呉山", "呉本", "孫崎", "孫田", "孫野", "朱雀", "胡桃", "胡子", "胡麻", "何森", "羅臼", "梁川",
        "梁田", "梁瀬", "梁井", "梁取", "謝花", "宋田", "許斐", "曾根", "曾我", "曾田", "余語", "余田",
        "余吾", "余村", "蘇我", "蘇武", "蘇原", "丁子", "丁野", "傅田", "申原", "朴木", "朴沢", "全田",
        "奉行", "董木", "韓藤", "姜木", "于久", "莫山", "叶井", "叶内", "叶谷", "叶野", "叶山", "叶岡",
        "叶多", "叶田", "叶原", "叶姉",
    }
)  # fmt: skip

_TAIL = "健"
"""A given name of one sign that ends no family name: what stands whole before it is a family name alone."""
_SURE = 0.2
"""By how much one division has to be better than the next."""
_VERY_SURE = 0.7
"""The same where most are not to be divided: of two signs, which are a family name alone (田中) or a given name
alone (陽菜), and where kana follow of which the given name would not be all."""


def find_given_name(name: str) -> int | None:
    """The place in *name* where the given name begins; None where that cannot be said, or all is a family name."""
    if len(name) > _LONGEST + 4:
        return None
    if _ALL_HAN.fullmatch(name):
        return _in_han(name)
    if match := _HAN_THEN_KANA.fullmatch(name):
        return _before_kana(match[1])
    match = _HIRAGANA_THEN_HAN.fullmatch(name)
    return match.end(1) if match else None


def _in_han(name: str) -> int | None:
    if (place := _of_china_or_korea(name)) is not None:
        return place
    plain = name.translate(_VARIANTS)
    if len(name) <= _LONGEST_FAMILY:
        place, lead = _divide(plain + _TAIL)
        if len(name) == 2:
            return 1 if place == 1 and lead >= _VERY_SURE else None
        if place == len(name):
            return None  # 長谷川, 佐々木
    place, lead = _divide(plain)
    return place if lead >= _SURE else None


def _before_kana(head: str) -> int | None:
    """The end of the family name in *head*, which kana follow: 佐藤 (はなこ), 佐藤 of 佐藤美 (ゆき)."""
    if len(head) == 1:
        return 1
    place, lead = _divide(head.translate(_VARIANTS) + _TAIL)
    return place if place == len(head) or lead >= _VERY_SURE else None


def _of_china_or_korea(name: str) -> int | None:
    """The end of a family name that is Chinese or Korean beyond doubt."""
    if name.startswith(_TWO_SIGNS):
        return 2 if 3 <= len(name) <= 4 else None
    if name[0] in _ONE_SIGN and len(name) <= 3 and name[:2] not in _JAPANESE_AFTER_ALL:
        return 1
    return None


def _divide(name: str) -> tuple[int, float]:
    """The likeliest end of the family name in *name*, of two signs or more, and its lead over the next one."""
    library = divider()
    if library is None:
        return 0, 0.0
    if len(name) == 2:
        return 1, 1.0
    scores = [(library.calc_score(name[:place], name[place:]), place) for place in range(1, len(name))]
    (best, place), (second, _place) = sorted(scores, reverse=True)[:2]
    return place, best - second


@cache
def divider() -> Any:
    """The library with its statistics, or None: 4 MB on disk, 9 MB of memory and 20 ms, once."""
    try:
        from namedivider_core import GBDTNameDivider  # only where a name needs it
    except ImportError:
        return None
    return GBDTNameDivider()
