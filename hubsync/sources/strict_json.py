"""Read JSON that somebody else wrote: nothing ambiguous gets in, and nothing crashes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hubsync.errors import N_, BodyUnreadable


def load_json(raw: bytes) -> Any:
    """The JSON in *raw* (UTF-8), numbers with a fraction or exponent as Decimal; raises BodyUnreadable.

    Refused besides what is no JSON: a name that occurs twice in an object (two readers would see two
    bookings), NaN and Infinity, integers of thousands of digits, nesting too deep to read. The message
    repeats nothing of the body.
    """
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=Decimal,
        )
    except UnicodeDecodeError:
        reason = N_("is not UTF-8")
    except RecursionError:
        reason = N_("is nested too deeply")
    except _Ambiguous as fault:
        reason = str(fault)
    except (ValueError, ArithmeticError):
        reason = N_("is not JSON")
    raise BodyUnreadable(N_("The body cannot be read."), faults=(("body", reason),))


class _Ambiguous(Exception):
    pass


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise _Ambiguous(N_("has the same name twice in one object"))
    return read


def _refuse_constant(name: str) -> Any:
    raise _Ambiguous(N_("has a number that is none, such as NaN"))
