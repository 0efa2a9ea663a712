"""Strict JSON parser: nothing ambiguous gets in, and nothing crashes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hubsync.errors import N_, BodyUnreadable

_MOST_DIGITS = 1_000  # well below what Python makes an int of


def load_json(raw: bytes) -> Any:
    """The JSON in *raw* (UTF-8); raises BodyUnreadable.

    Numbers with a fraction or exponent, and those of thousands of digits, are Decimal; one that no Decimal holds
    is the text it was written as. Refused besides what is no JSON: a name that occurs twice in an object (two
    readers would see two bookings), NaN and Infinity, nesting too deep to read. The message repeats nothing of the
    body.
    """
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
            parse_float=_number,
        )
    except UnicodeDecodeError:
        reason = N_("is not UTF-8")
    except RecursionError:
        reason = N_("is nested too deeply")
    except _Ambiguous as fault:
        reason = str(fault)
    except (ValueError, ArithmeticError):
        reason = N_("is not JSON")
    raise BodyUnreadable(faults=(("body", reason),))


class _Ambiguous(Exception):
    pass


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise _Ambiguous(N_("has the same name twice in one object"))
    return read


def _whole_number(written: str) -> int | Decimal:
    return int(written) if len(written) <= _MOST_DIGITS else Decimal(written)


def _number(written: str) -> Decimal | str:
    try:
        return Decimal(written)
    except ArithmeticError:
        return written


def _refuse_constant(name: str) -> Any:
    raise _Ambiguous(N_("has a number that is none, such as NaN"))
