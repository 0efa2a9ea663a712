"""Sealed text: the type of what a `Vault` has sealed, and of the columns that hold it.

A vault opens nothing else, and a column declared as ``Mapped[Sealed]`` has the type by which key rotation finds it
(`sealed.sealed_columns`). So a sealed text that stands in another column is found by the type checker.
"""

from __future__ import annotations

from typing import NewType

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

Sealed = NewType("Sealed", str)
"""A secret as it is stored: sealed for its place, or empty where there is none."""

NOTHING = Sealed("")


class SealedText(TypeDecorator[Sealed]):
    """A column of sealed texts."""

    impl = String
    cache_ok = True
