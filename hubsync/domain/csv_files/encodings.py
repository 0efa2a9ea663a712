"""Encodings of a CSV file: which one it is in, and its text piece by piece.

A byte order mark says it, and so does what no other encoding would give. Shift_JIS (as Windows writes it, CP932)
and Windows-1252 give each other's bytes a meaning: a short file may be either. Then nothing is sure, and
charset-normalizer only says which one to propose.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from charset_normalizer import from_bytes


class Encoding(StrEnum):
    """What a file may be in. The values are stored; none is ever renamed."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    """With its mark, which says the order of the bytes."""
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    SHIFT_JIS = "cp932"
    WINDOWS_1252 = "cp1252"


@dataclass(frozen=True, slots=True)
class Recognised:
    """The encodings that a file may be in, the likeliest first; *sure* when no other reading makes sense."""

    likely: tuple[Encoding, ...]
    sure: bool


_CODECS = {Encoding.UTF_8: "utf-8-sig"}
_MARKS = (
    (codecs.BOM_UTF8, Encoding.UTF_8),
    (codecs.BOM_UTF16_LE, Encoding.UTF_16),
    (codecs.BOM_UTF16_BE, Encoding.UTF_16),
)
_ONE_BYTE_EACH = (Encoding.UTF_8, Encoding.SHIFT_JIS, Encoding.WINDOWS_1252)
# What CP932 gives for bytes that Japanese text does not have: control signs, a no-break space, private signs.
_NOT_JAPANESE = re.compile("[\x80-\xa0\ue000-\uf8ff]")
# Control signs but for tabs, ends of lines and pages, the escape of old Japanese mail and the end mark of DOS.
_CONTROLS = re.compile("[\0-\x08\x0e-\x19\x1c-\x1f\x7f]")
_NO_SIGNS = ("Cn", "Cs")
_FEW = 50
"""One sign in so many may make no sense in a text: a stray byte is a fault of its row."""
_SAMPLE = 16_384
_BEGINNING = 4_096


def recognise(pieces: Iterable[bytes]) -> Recognised:
    """Which encoding the *pieces* of a file are in, looking at all of them."""
    looks = [_Look(each) for each in _ONE_BYTE_EACH]
    sample = b""
    for number, piece in enumerate(pieces):
        if number == 0 and (marked := _marked(piece)) is not None:
            return Recognised((marked,), sure=True)
        for look in looks:
            look.at(piece)
        if len(sample) < _SAMPLE and not piece.isascii():
            sample += b"\n".join(line for line in piece.splitlines() if not line.isascii())[:_SAMPLE]
    for look in looks:
        look.at(b"", final=True)
    fitting = [look.encoding for look in looks if not look.broken]
    if Encoding.UTF_8 in fitting:
        return Recognised((Encoding.UTF_8,), sure=True)
    if len(fitting) == 1:
        return Recognised((fitting[0],), sure=True)
    if not fitting:  # each has its faults, which are named by row when one is chosen
        ordered = sorted(looks, key=lambda look: look.broken)
        return Recognised(tuple(look.encoding for look in ordered), sure=False)
    best = from_bytes(sample, cp_isolation=[each.value for each in fitting]).best()
    if best is not None and best.encoding == Encoding.WINDOWS_1252:
        fitting.reverse()
    return Recognised(tuple(fitting), sure=False)


def is_text(beginning: bytes) -> bool:
    """Whether a file that begins so may be text in one of the encodings, and no picture, document or archive."""
    marked = _marked(beginning)
    if marked is None:
        text = beginning.decode("latin-1")
        strange = len(_CONTROLS.findall(text))
    else:
        text = beginning.decode(_CODECS.get(marked, marked.value), "replace")
        strange = sum(_makes_no_sense(sign) for sign in text)
    return strange <= max(1, len(text) // _FEW)


def _makes_no_sense(sign: str) -> bool:
    return sign == "\ufffd" or bool(_CONTROLS.match(sign)) or unicodedata.category(sign) in _NO_SIGNS


def decoded(pieces: Iterable[bytes], encoding: Encoding) -> Iterator[str]:
    """The text of the *pieces*; U+FFFD stands where the bytes have no meaning in this encoding."""
    decoder = codecs.getincrementaldecoder(_CODECS.get(encoding, encoding.value))("replace")
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


class _Look:
    """Whether a file can be in *encoding*: how many signs of it make no sense there."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.broken = 0
        self._decoder = codecs.getincrementaldecoder(encoding.value)("replace")

    def at(self, piece: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(piece, final)
        if text.isascii():
            return
        self.broken += text.count("\ufffd")
        if self.encoding is Encoding.SHIFT_JIS:
            self.broken += len(_NOT_JAPANESE.findall(text))


def _marked(piece: bytes) -> Encoding | None:
    """What the first bytes say of it: by a mark, or by the zeros that ASCII has in UTF-16."""
    for mark, encoding in _MARKS:
        if piece.startswith(mark):
            return encoding
    beginning = piece[:_BEGINNING]
    first, second = beginning[::2].count(0), beginning[1::2].count(0)
    if second > len(beginning) / 20 and first * 10 < second:
        return Encoding.UTF_16_LE
    if first > len(beginning) / 20 and second * 10 < first:
        return Encoding.UTF_16_BE
    return None
