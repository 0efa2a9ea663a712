"""Kinds of columns: time stamps in UTC, and texts that hold the words of an enum."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, DateTime, String, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import NullType, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A time stamp that is aware and UTC in Python, and naive UTC in the database (SQLite has no zones)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time stamp cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def stored(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """A `UtcDateTime` *column* as the driver gives it, for queries of many rows: `read_stored` reads that."""
    return type_coerce(column, NullType())


def read_stored(value: Any) -> datetime:
    """A time stamp that came from a `stored` column, which is a text on SQLite."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return cast(datetime, moment).replace(tzinfo=UTC)


class EnumText(TypeDecorator[str]):
    """A text column that takes values of a `StrEnum` alone and reads as its members.

    The database knows it as a text: a new word needs no migration. A word that another version stored, before an
    update was taken back, say, is read as it is: one such row must not keep all others from being shown or posted.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        word = value if value is None or isinstance(value, self.words) else self.words(value)
        return None if word is None else word.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        try:
            return None if value is None else self.words(value)
        except ValueError:
            return value


def enum_text(words: type[StrEnum], length: int = 16) -> EnumText:
    """The type of a text column of at most *length* characters that holds values of *words*."""
    return EnumText(words, length)
